import Tensors

// Values that windows scatter are zero but for one position in each: products with them, their sums
// with each other and over all positions are those of one number for each window.
extension Rewriting {
  /// A scattered value times a factor for each channel, and a sum of two such values, as a
  /// scattering of what is computed for each window; nil for other work.
  mutating func beforeScattering(
    _ function: BinaryFunction, _ operands: [Graph.ValueID], _ shape: Shape, scope: String
  ) -> Graph.ValueID? {
    let (a, b) = (operands[0], operands[1])
    switch function {
    case .multiply:
      for (value, factor) in [(a, b), (b, a)] {
        guard let windows = scatteredOnce(value),
          let row = channelRow(factor, channels: windows.pictures[-1])
        else { continue }
        let each = operations[root(value)].operands[0]
        let product = apply(
          .binary(.multiply), [each, repeated(row, over: self.shape(each), scope: scope)],
          self.shape(each), .float32, scope: scope)
        return scattered(product, by: windows, shape, scope: scope)
      }
    case .add:
      if let sum = scatteredTogether(a, b, shape, scope: scope) { return sum }
      // (rest + scattered) + scattered
      for (sum, value) in [(a, b), (b, a)] {
        guard case (.binary(.add), let parts) = operations[sum] else { continue }
        for (rest, other) in [(parts[0], parts[1]), (parts[1], parts[0])] {
          guard let joined = scatteredTogether(other, value, shape, scope: scope) else { continue }
          return apply(.binary(.add), [rest, joined], shape, .float32, scope: scope)
        }
      }
    default: break
    }
    return nil
  }

  /// The windows of a value that is scattered to positions of their own.
  private func scatteredOnce(_ value: Graph.ValueID) -> Windows? {
    let source = root(value)
    guard case .windowScatter(let window, let pictures) = operations[source].operation else {
      return nil
    }
    let windows = Windows(
      window: window, index: operations[source].operands[1], pictures: pictures)
    return isScattering(source, windows) ? windows : nil
  }

  private mutating func scatteredTogether(
    _ a: Graph.ValueID, _ b: Graph.ValueID, _ shape: Shape, scope: String
  ) -> Graph.ValueID? {
    guard let windows = scatteredOnce(a), isScattering(root(b), windows) else { return nil }
    let parts = [a, b].map { operations[root($0)].operands[0] }
    let sum = apply(.binary(.add), parts, self.shape(parts[0]), .float32, scope: scope)
    return scattered(sum, by: windows, shape, scope: scope)
  }

  private mutating func scattered(
    _ each: Graph.ValueID, by windows: Windows, _ shape: Shape, scope: String
  ) -> Graph.ValueID {
    let pictures = apply(
      .windowScatter(windows.window, inputShape: windows.pictures), [each, windows.index],
      windows.pictures, .float32, scope: scope)
    return apply(.reshape(shape), [pictures], shape, .float32, scope: scope)
  }

  // MARK: Sums

  /// The windows to whose positions a product is limited by a factor, where a sum over all
  /// positions leaves one number for each channel.
  func scattering(in value: Graph.ValueID, summedTo reduced: Shape) -> Windows? {
    guard let windows = scattering(in: value, depth: 0), !windows.window.isPadded,
      reduced.elementCount == windows.pictures[-1], reduced.dimensions.last == windows.pictures[-1]
    else { return nil }
    return windows
  }

  private func scattering(in value: Graph.ValueID, depth: Int) -> Windows? {
    let (operation, operands) = operations[root(value)]
    if case .windowScatter(let window, let pictures) = operation {
      return Windows(window: window, index: operands[1], pictures: pictures)
    }
    return carrier(of: value, depth: depth).flatMap {
      scattering(in: operands[$0], depth: depth + 1)
    }
  }

  /// The operand of a product that holds zeros where its windows' positions are not.
  private func carrier(of value: Graph.ValueID, depth: Int) -> Int? {
    let (operation, operands) = operations[root(value)]
    guard depth < 6 else { return nil }
    switch operation {
    case .scale: return 0
    case .binary(.gate): return 1
    case .binary(.multiply):
      return operands.indices.first { scattering(in: operands[$0], depth: depth + 1) != nil }
    default: return nil
    }
  }

  /// The sum of such a product over all positions, as one over all windows.
  mutating func scatteredSum(
    of value: Graph.ValueID, by windows: Windows, to reduced: Shape, scope: String
  ) -> Graph.ValueID {
    let each = unscattered(value, windows, depth: 0, scope: scope)
    let channels: Shape = [1, 1, 1, windows.pictures[-1]]
    let sum = apply(.sum(axes: [0, 1, 2]), [each], channels, .float32, scope: scope)
    return apply(.reshape(reduced), [sum], reduced, .float32, scope: scope)
  }

  /// The numbers, one for each window, that such a product holds at the windows' positions.
  private mutating func unscattered(
    _ value: Graph.ValueID, _ windows: Windows, depth: Int, scope: String
  ) -> Graph.ValueID {
    let (operation, operands) = operations[root(value)]
    guard let carrier = carrier(of: value, depth: depth) else { return operands[0] }
    let kept = unscattered(operands[carrier], windows, depth: depth + 1, scope: scope)
    let parts = operands.indices.map { index in
      index == carrier
        ? kept : gathered(operands[index], by: windows, shape(kept), scope: scope)
    }
    return apply(operation, parts, shape(kept), .float32, scope: scope)
  }
}
