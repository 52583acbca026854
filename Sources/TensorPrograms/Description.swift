import Tensors

/// What a program does and needs, known before it runs.
public struct ProgramDescription: Sendable {
  /// A part of the program by the name that networks and loops gave it.
  public struct Part: Sendable {
    /// The name, such as `inner step 3 / block2.convolution`.
    public let scope: String
    /// The steps after all passes.
    public fileprivate(set) var stepCount = 0
    /// Floating-point operations, for one lane.
    public fileprivate(set) var arithmetic = 0.0
    /// The part of it in convolutions (counted as direct ones) and matrix products.
    public fileprivate(set) var productArithmetic = 0.0
    /// Bytes that steps read and write, for one lane.
    public fileprivate(set) var traffic = 0
  }

  /// The parts in the order in which they first run.
  public let parts: [Part]
  /// How often each kind of step occurs, most frequent first.
  public let kinds: [(name: String, count: Int)]
  /// Bytes of memory that each lane at work needs.
  public let laneByteCount: Int
  /// Bytes of memory that all lanes share.
  public let sharedByteCount: Int
  /// Bytes of what enters and leaves, and of what is summed over lanes, for the whole batch.
  public let batchByteCount: Int
  /// Lanes of a batch.
  public let laneCount: Int

  /// The steps after all passes.
  public var stepCount: Int { parts.reduce(0) { $0 + $1.stepCount } }
  /// Floating-point operations of one lane (and of what lanes share).
  public var arithmetic: Double { parts.reduce(0) { $0 + $1.arithmetic } }
  /// The part of it in convolutions (counted as direct ones) and matrix products.
  public var productArithmetic: Double { parts.reduce(0) { $0 + $1.productArithmetic } }
  /// The most bytes in use when so many lanes are at work at a time.
  public func peakByteCount(lanesAtWork: Int) -> Int {
    sharedByteCount + batchByteCount + laneByteCount * min(lanesAtWork, laneCount)
  }

  init(_ program: Program, _ kernels: KernelSet) {
    var parts: [Part] = []
    var positions: [String: Int] = [:]
    var counts: [String: Int] = [:]
    let graph = program.orderedForCPU()
    for step in graph.steps where !step.isInput && !step.isAlias {
      let position = positions[step.scope] ?? parts.count
      if position == parts.count {
        positions[step.scope] = position
        parts.append(Part(scope: step.scope))
      }
      parts[position].stepCount += 1
      parts[position].arithmetic += step.arithmetic(in: graph)
      if step.isProduct { parts[position].productArithmetic += step.arithmetic(in: graph) }
      parts[position].traffic += (step.inputs + step.outputs)
        .reduce(0) { $0 + graph.values[$1].byteCount }
      counts[step.name, default: 0] += 1
    }
    self.parts = parts
    kinds = counts.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
      .map { ($0.key, $0.value) }
    let plan = BoundProgram(program, kernels).plan
    laneByteCount = plan.laneByteCount
    sharedByteCount = plan.sharedByteCount + plan.constantByteCount
    batchByteCount = plan.batchByteCount
    laneCount = graph.laneCount
  }
}

extension Program {
  /// Steps, arithmetic, memory traffic and planned memory, as numbers.
  public func description(_ kernels: KernelSet = .standard()) -> ProgramDescription {
    ProgramDescription(self, kernels)
  }

  /// Steps, arithmetic, memory traffic and planned memory, as a table by the parts that were named.
  public func describe(_ kernels: KernelSet = .standard()) -> String {
    let description = description(kernels)
    let header = """
      \(description.stepCount) steps, \(millions(description.arithmetic)) MFLOP a lane, \
      \(laneCount) lanes
      planned memory: \(megabytes(description.laneByteCount)) MB for each lane at work, \
      \(megabytes(description.sharedByteCount)) MB shared, \
      \(megabytes(description.batchByteCount)) MB for the batch
      """
    let kinds = description.kinds.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
    let rows = description.parts.map { part in
      [
        "\(part.stepCount)", millions(part.arithmetic), megabytes(part.traffic),
        part.scope.isEmpty ? "(unnamed)" : part.scope,
      ]
    }
    let table = [["steps", "MFLOP", "MB moved", "part"]] + rows
    let widths = (0..<3).map { column in table.map { $0[column].count }.max() ?? 0 }
    let lines = table.map { row in
      zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }
        .joined(separator: "  ") + "  " + row[3]
    }
    return ([header, kinds] + lines).joined(separator: "\n")
  }
}

private func millions(_ number: Double) -> String { thousandths(number / 1e3) }
private func megabytes(_ count: Int) -> String { thousandths(Double(count) / 1e3) }

/// A number of thousandths, written with three decimals.
private func thousandths(_ number: Double) -> String {
  let whole = Int(number.rounded())
  let fraction = String(whole % 1000)
  return "\(whole / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
}

extension Graph.Step {
  /// What the step is called in a description.
  var name: String {
    switch kind {
    case .operation(let operation): operation.kind.rawValue
    case .rowProgram: "rowProgram"
    case .windowMaximum: "windowMaximum"
    }
  }

  /// Whether the step is a convolution or a matrix product.
  fileprivate var isProduct: Bool {
    switch operation?.kind {
    case .convolution, .convolutionInputGradient, .convolutionWeightGradient, .matrixProduct: true
    default: false
    }
  }

  /// Floating-point operations for one lane.
  fileprivate func arithmetic(in graph: Graph) -> Double {
    func elements(_ value: Graph.ValueID) -> Double {
      Double(graph.values[value].shape.elementCount)
    }
    let output = graph.values[outputs[0]].shape
    switch kind {
    case .rowProgram(let program):
      return Double(program.rows * program.columns)
        * Double(program.steps.count + program.outputs.count { $0.access != .full })
    case .operation(.convolution(let window)):
      return 2 * elements(outputs[0])
        * Double(window.height * window.width * graph.values[inputs[0]].shape[3])
    case .operation(.convolutionInputGradient(let window, _)):
      return 2 * elements(inputs[0]) * Double(window.height * window.width * output[3])
    case .operation(.convolutionWeightGradient(let window)):
      return 2 * elements(inputs[1])
        * Double(window.height * window.width * graph.values[inputs[0]].shape[3])
    case .operation(.matrixProduct(let left, _)):
      let a = graph.values[inputs[0]].shape
      return 2 * elements(outputs[0]) * Double(left ? a[-2] : a[-1])
    case .operation(.cholesky): return elements(outputs[0]) * Double(output[-1]) / 3
    case .operation(.triangularSolve):
      return elements(outputs[0]) * Double(graph.values[inputs[0]].shape[-1])
    case .operation(let operation) where operation.isMovement: return 0
    default: return inputs.map(elements).max() ?? elements(outputs[0])
    }
  }
}

extension Operation {
  /// Whether the operation only moves numbers.
  fileprivate var isMovement: Bool {
    switch self {
    case .input, .literal, .fill, .iota, .reshape, .barrier, .broadcast, .transpose, .slice, .pad,
      .concatenate, .gather, .convert, .windowGather:
      true
    default: false
    }
  }
}
