import Tensors

/// Merges elementwise work, the broadcasts that feed it and the sums and windows that end it into
/// row programs, so that each large value is read and written as few times as possible.
///
/// First `Materialization` decides which elementwise values must exist in memory; all others are
/// computed by each program that reads them. Then each value that must exist, and each sum, is
/// a sink: a row program that reaches back to values in memory. Sinks over the same rows and
/// columns that share what they read become outputs of one program.
package struct Fusion {
  private let graph: Graph
  private let producers: [Int]
  private let materialization: Materialization
  private let stages: [Stage]
  private var result: Graph
  private var groups: [RowProgramBuilder] = []
  /// The group that makes a value, by value.
  private var groupOfValue: [Graph.ValueID: Int] = [:]
  /// Groups by the position at which they run.
  private var groupsAtPosition: [Int: [Int]] = [:]
  /// Recent groups by number of elements, where partners are looked for.
  private var candidates: [Int: [Int]] = [:]

  /// The graph with its elementwise work merged.
  package static func fused(_ graph: Graph) -> Graph {
    let paired = WindowPairing.paired(graph)
    var fusion = Fusion(paired.withSmallStepsEarly())
    fusion.formGroups()
    return fusion.emit().withoutDeadSteps()
  }

  private init(_ graph: Graph) {
    self.graph = graph
    producers = graph.producers
    materialization = Materialization(graph)
    stages = Stage.ofSteps(in: graph)
    result = Graph(
      values: graph.values, steps: [], outputs: graph.outputs, laneCount: graph.laneCount)
  }

  private mutating func formGroups() {
    for (position, step) in graph.steps.enumerated() {
      guard let sink = sink(step) else { continue }
      join(sink, at: position)
    }
  }

  /// The row program that a step alone would be; nil where it is not elementwise or a sum.
  private func sink(_ step: Graph.Step) -> RowProgramBuilder? {
    let value = step.outputs[0]
    if step.isElementwise {
      guard materialization.isMaterialized[value] else { return nil }
      var builder = RowProgramBuilder(count: graph.values[value].shape.elementCount)
      let register = builder.register(of: value, in: self, isRoot: true)
      return register.flatMap { builder.appendOutput($0, .full, value) ? builder : nil }
    }
    if let accesses = step.windowOutputs, let windows = graph.tiledWindows(step) {
      return windowSink(step, windows, accesses)
    }
    guard let (rows, columns, access) = graph.rowSum(step) else { return nil }
    var builder = RowProgramBuilder(count: rows * columns)
    builder.columns = columns
    let register = builder.register(of: step.inputs[0], in: self)
    return register.flatMap { builder.appendOutput($0, access, value) ? builder : nil }
  }

  /// The row program over pictures that ends with their windows.
  private func windowSink(
    _ step: Graph.Step, _ windows: TiledWindows, _ accesses: [RowProgram.Access]
  ) -> RowProgramBuilder? {
    var builder = RowProgramBuilder(count: graph.values[step.inputs[0]].shape.elementCount)
    guard builder.meet(windows, step.inputs.dropFirst().first),
      let register = builder.register(of: step.inputs[0], in: self),
      zip(step.outputs, accesses).allSatisfy({ builder.appendOutput(register, $1, $0) })
    else { return nil }
    return builder
  }

  private mutating func join(_ sink: RowProgramBuilder, at position: Int) {
    let stage = stages[position]
    let varies = graph.values[sink.outputs[0].value].variesByLane
    for candidate in (candidates[sink.count] ?? []).suffix(Tuning.fusionCandidates).reversed() {
      let group = groups[candidate]
      guard group.stage == stage, group.variesByLane == varies,
        let merged = group.merging(sink, available: { availability($0) < group.position })
      else { continue }
      groups[candidate] = merged
      for output in sink.outputs { groupOfValue[output.value] = candidate }
      return
    }
    var group = sink
    (group.position, group.stage, group.variesByLane) = (position, stage, varies)
    group.scope = graph.steps[position].scope
    groups.append(group)
    let index = groups.count - 1
    for output in sink.outputs { groupOfValue[output.value] = index }
    groupsAtPosition[position, default: []].append(index)
    candidates[sink.count, default: []].append(index)
  }

  /// The position at which a value comes to be.
  private func availability(_ value: Graph.ValueID) -> Int {
    groupOfValue[value].map { groups[$0].position } ?? producers[value]
  }

  private mutating func emit() -> Graph {
    for (position, step) in graph.steps.enumerated() {
      for group in groupsAtPosition[position] ?? [] { emit(groups[group]) }
      guard groupOfValue[step.outputs[0]] == nil, !step.isElementwise else { continue }
      result.steps.append(step)
    }
    return result
  }

  private mutating func emit(_ group: RowProgramBuilder) {
    var operands: [Graph.ValueID] = []
    for input in group.inputs {
      switch input.source {
      case .value(let id): operands.append(id)
      case .constant(let number):
        let id = result.add(
          Graph.Value(shape: .scalar, elementType: .float32, variesByLane: false))
        result.steps.append(
          Graph.Step(
            kind: .operation(.fill(number)), inputs: [], outputs: [id], scope: group.scope))
        operands.append(id)
      }
    }
    result.steps.append(
      Graph.Step(
        kind: .rowProgram(group.program), inputs: operands, outputs: group.outputs.map(\.value),
        scope: group.scope))
  }

  // MARK: What a row program's builder asks

  /// What stands behind a value: the step that computes it in place, or memory.
  func resolve(_ value: Graph.ValueID, isRoot: Bool) -> Resolution {
    var id = value
    while producers[id] >= 0 {
      let step = graph.steps[producers[id]]
      switch step.operation {
      case .reshape: id = step.inputs[0]
      case .fill(let number): return .constant(number)
      case .broadcast(let target):
        guard let (access, columns) = graph.broadcastAccess(step, target) else {
          return .memory(id, .full, nil)
        }
        return .memory(step.inputs[0], access, columns)
      case .windowScatter:
        guard let windows = graph.tiledWindows(step) else { return .memory(id, .full, nil) }
        return .scattered(id, values: step.inputs[0], positions: step.inputs[1], windows)
      default:
        let isInside = step.isElementwise && (isRoot || !materialization.isMaterialized[id])
        return isInside ? .step(id, step) : .memory(id, .full, nil)
      }
    }
    return .memory(id, .full, nil)
  }

  /// The element type of a value.
  func elementType(_ value: Graph.ValueID) -> ElementType { graph.values[value].elementType }

  /// What stands behind a value.
  enum Resolution {
    case step(Graph.ValueID, Graph.Step)
    case memory(Graph.ValueID, RowProgram.Access, Int?)
    /// Memory that holds a number for each window, and where in the window it belongs.
    case scattered(
      Graph.ValueID, values: Graph.ValueID, positions: Graph.ValueID, TiledWindows)
    case constant(Double)
  }
}

extension Graph.Step {
  /// Whether the step can be part of a row program.
  var isElementwise: Bool {
    switch operation {
    case .unary, .binary, .compare, .select, .scale, .shift: true
    default: false
    }
  }
}

extension Graph {
  /// How a broadcast meets rows and columns; nil where it does neither by rows nor by columns.
  func broadcastAccess(_ step: Step, _ target: Shape) -> (RowProgram.Access, Int?)? {
    guard target.elementCount > 0 else { return nil }
    let source = values[step.inputs[0]].shape
    let repeated = target.dimensions.indices.filter { source[$0] != target[$0] }
    let kept = target.dimensions.indices.filter { source[$0] == target[$0] && target[$0] > 1 }
    guard let firstKept = kept.first, let lastKept = kept.last else { return (.single, nil) }
    guard let firstRepeated = repeated.first, let lastRepeated = repeated.last else { return nil }
    func count(_ axes: [Int]) -> Int { axes.reduce(1) { $0 * target[$1] } }
    if lastRepeated < firstKept { return (.row, count(kept)) }
    if lastKept < firstRepeated { return (.column, count(repeated)) }
    return nil
  }

  /// The rows, columns and kind of a sum that a row program can end with.
  func rowSum(_ step: Step) -> (rows: Int, columns: Int, RowProgram.Access)? {
    guard case .sum(let axes) = step.operation, let first = axes.first, let last = axes.last else {
      return nil
    }
    guard values[step.inputs[0]].shape.elementCount > 0 else { return nil }
    let extents = values[step.inputs[0]].shape.dimensions
    let outer = extents[..<first].reduce(1, *)
    let extent = extents[first...last].reduce(1, *)
    let inner = extents[(last + 1)...].reduce(1, *)
    if inner == 1 { return (outer, extent, .sumColumns) }
    return outer == 1 ? (extent, inner, .sumRows) : nil
  }
}
