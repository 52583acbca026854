import Tensors

// Pooling: elementwise work around it is done on one number for each window instead of on whole
// pictures, and positions are looked for where the numbers lie in memory.
extension Rewriting {
  /// Windows with a position named in each.
  struct Windows {
    let window: WindowGeometry
    let index: Graph.ValueID
    /// The shape of the pictures.
    let pictures: Shape
  }

  /// The value behind changes of shape.
  func root(_ value: Graph.ValueID) -> Graph.ValueID {
    if case .reshape = operations[value].operation { operations[value].operands[0] } else { value }
  }

  /// The numbers, one for each of so many channels, that a value repeats; nil where it does not.
  ///
  /// Reshaped values have the same channels where the last axis has the same extent.
  func channelRow(_ value: Graph.ValueID, channels: Int) -> Graph.ValueID? {
    guard let source = repeatedValue(value), shape(value).dimensions.last == channels,
      shape(source)[-1] == channels, shape(source).elementCount == channels
    else { return nil }
    return source
  }

  mutating func repeated(
    _ row: Graph.ValueID, over target: Shape, scope: String
  ) -> Graph.ValueID {
    let aligned = Shape([Int](repeating: 1, count: target.rank - 1) + [target[-1]])
    let reshaped = apply(.reshape(aligned), [row], aligned, .float32, scope: scope)
    return apply(.broadcast(target), [reshaped], target, .float32, scope: scope)
  }

  // MARK: Positions

  /// The positions of the largest numbers, found before what keeps the order of a channel's
  /// numbers, or reverses it; nil where nothing of the kind stands before them.
  mutating func windowIndex(
    _ window: WindowGeometry, of pictures: Graph.ValueID, _ shape: Shape, _ type: ElementType,
    scope: String
  ) -> Graph.ValueID? {
    var source = root(pictures)
    var factors: [Graph.ValueID] = []
    while let step = beforeMonotone(source, channels: shape[-1]) {
      source = root(step.operand)
      if let factor = step.factor { factors.append(factor) }
    }
    guard source != root(pictures) else { return nil }
    let extents = self.shape(pictures)
    let picture = apply(.reshape(extents), [source], extents, .float32, scope: scope)
    var signs = factors.map { direction(of: $0, scope: scope) }
    guard var sign = signs.popLast() else {
      return apply(.windowIndex(window), [picture], shape, type, scope: scope)
    }
    for other in signs {
      sign = apply(.binary(.multiply), [sign, other], self.shape(sign), .float32, scope: scope)
    }
    let directed = apply(
      .binary(.multiply), [picture, repeated(sign, over: extents, scope: scope)], extents,
      .float32, scope: scope)
    let index = emit(.windowIndex(window), [directed], shape, type, scope: scope)
    let largest = emit(.windowGather(window), [directed, index], shape, .float32, scope: scope)
    // Times 1 or -1 twice: the same bits.
    gatherings[Gathering(source: source, index: index)] = apply(
      .binary(.multiply), [largest, repeated(sign, over: shape, scope: scope)], shape,
      .float32, scope: scope)
    return index
  }

  /// The operand of a step that keeps the order of each channel's numbers, and the factor for each
  /// channel that may reverse it.
  private func beforeMonotone(
    _ value: Graph.ValueID, channels: Int
  ) -> (operand: Graph.ValueID, factor: Graph.ValueID?)? {
    let (operation, operands) = operations[value]
    let rows = operands.map { channelRow($0, channels: channels) }
    switch operation {
    case .shift, .unary(.relu): return (operands[0], nil)
    case .scale(let factor): return factor > 0 ? (operands[0], nil) : nil
    case .binary(.subtract): return rows[1] == nil ? nil : (operands[0], nil)
    case .binary(.add):
      if rows[1] != nil { return (operands[0], nil) }
      return rows[0] == nil ? nil : (operands[1], nil)
    case .binary(.multiply):
      if let factor = rows[1] { return (operands[0], factor) }
      return rows[0].map { (operands[1], $0) }
    default: return nil
    }
  }

  /// For each channel 1, or -1 where a factor is negative; factors that never are do not count, so
  /// that positions need not wait for them.
  private mutating func direction(of factor: Graph.ValueID, scope: String) -> Graph.ValueID {
    var source = factor
    while case (.binary(.multiply), let operands) = operations[source] {
      guard let positive = operands.firstIndex(where: isNeverNegative) else { break }
      source = operands[1 - positive]
    }
    let channels: Shape = [shape(source).elementCount]
    let row = apply(.reshape(channels), [source], channels, .float32, scope: scope)
    func constant(_ number: Double) -> Graph.ValueID {
      emit(.fill(number), [], channels, .float32, scope: scope)
    }
    let isNegative = apply(
      .compare(.less), [row, constant(0)], channels, .float32, scope: scope)
    return apply(
      .select, [isNegative, constant(-1), constant(1)], channels, .float32, scope: scope)
  }

  private func isNeverNegative(_ value: Graph.ValueID) -> Bool {
    switch operations[root(value)].operation {
    case .unary(.reciprocalSquareRoot), .unary(.exp), .unary(.squareRoot), .unary(.sigmoid): true
    default: false
    }
  }

  // MARK: Gathering

  /// What windows take from a value at their positions.
  ///
  /// Elementwise work is done afterwards where that needs no more to be gathered.
  mutating func gathered(
    _ value: Graph.ValueID, by windows: Windows, _ shape: Shape, scope: String
  ) -> Graph.ValueID {
    var seen: Set<Graph.ValueID> = []
    let isWorthIt = gatheringCount(value, windows, &seen) <= 1
    return taken(value, windows, shape, isWorthIt: isWorthIt, scope: scope)
  }

  private mutating func taken(
    _ value: Graph.ValueID, _ windows: Windows, _ shape: Shape, isWorthIt: Bool, scope: String
  ) -> Graph.ValueID {
    let source = root(value)
    let key = Gathering(source: source, index: windows.index)
    if let known = gatherings[key] { return known }
    let (operation, operands) = operations[source]
    let result: Graph.ValueID
    if let number = constant(source) {
      result = emit(.fill(number), [], shape, .float32, scope: scope)
    } else if let row = channelRow(source, channels: windows.pictures[-1]) {
      result = repeated(row, over: shape, scope: scope)
    } else if isScattering(source, windows) {
      result = operands[0]
    } else if isWorthIt, operation.isElementwiseArithmetic {
      let taken = operands.map {
        self.taken($0, windows, shape, isWorthIt: true, scope: scope)
      }
      result = apply(operation, taken, shape, .float32, scope: scope)
    } else {
      let picture = apply(
        .reshape(windows.pictures), [source], windows.pictures, .float32, scope: scope)
      result = emit(
        .windowGather(windows.window), [picture, windows.index], shape, .float32, scope: scope)
    }
    gatherings[key] = result
    return result
  }

  /// How many values in memory an elementwise value needs gathered that are not yet.
  private func gatheringCount(
    _ value: Graph.ValueID, _ windows: Windows, _ seen: inout Set<Graph.ValueID>
  ) -> Int {
    let source = root(value)
    guard seen.insert(source).inserted, constant(source) == nil,
      channelRow(source, channels: windows.pictures[-1]) == nil, !isScattering(source, windows),
      gatherings[Gathering(source: source, index: windows.index)] == nil
    else { return 0 }
    // So large an expression is gathered whole.
    guard seen.count < 24 else { return 2 }
    guard operations[source].operation.isElementwiseArithmetic else { return 1 }
    return operations[source].operands.reduce(0) { $0 + gatheringCount($1, windows, &seen) }
  }

  /// Whether a value holds one number for each window at its position, and zeros elsewhere.
  func isScattering(_ value: Graph.ValueID, _ windows: Windows) -> Bool {
    let window = windows.window
    guard case .windowScatter(window, inputShape: windows.pictures) = operations[value].operation
    else { return false }
    return operations[value].operands[1] == windows.index && !window.isPadded
      && window.verticalStride >= window.height && window.horizontalStride >= window.width
  }
}

extension WindowGeometry {
  /// Whether windows reach beyond pictures.
  var isPadded: Bool { [top, bottom, left, right] != [0, 0, 0, 0] }
}

extension Operation {
  /// Whether it is arithmetic on floats, element by element.
  fileprivate var isElementwiseArithmetic: Bool {
    switch self {
    case .unary(.unitFromBits): false
    case .unary, .binary, .scale, .shift: true
    default: false
    }
  }
}
