private import CTensorKernels
public import Tensors

/// A compiled set of expressions: outputs as functions of named inputs.
///
/// Compiling takes milliseconds; an `Execution` then runs the program any number of times without
/// allocating.
public struct Program: Sendable {
  /// A value that the program is given.
  public struct Input: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// Its shape, for one lane.
    public let shape: Shape
    /// Its element type.
    public let elementType: ElementType
    /// Whether each lane has its own.
    public let variesByLane: Bool
  }

  /// What a program may trade.
  public struct Options: Hashable, Sendable {
    /// Forbids convolutions that trade rounding for speed.
    public var isExact: Bool
    /// Merges elementwise work; off only to find faults.
    public var fuses: Bool

    /// Makes options; the standard ones are fastest.
    public init(isExact: Bool = false, fuses: Bool = true) {
      self.isExact = isExact
      self.fuses = fuses
    }
  }

  /// An output's name, shape and lanes, as the expression had them.
  struct Output: Sendable {
    let name: String
    let shape: Shape
    let elementType: ElementType
    let variesByLane: Bool
    let value: Graph.ValueID
  }

  /// The number of lanes.
  public let laneCount: Int
  /// What the program must be given.
  public let inputs: [Input]
  let outputs: [Output]
  let graph: Graph
  let inputValues: [String: Graph.ValueID]
  /// Outputs that become inputs of the next run: (output, input).
  let carries: [(output: String, input: String)]
  let options: Options

  /// Compiles outputs, each with a name.
  ///
  /// - Parameters:
  ///   - outputs: what to compute.
  ///   - laneCount: how many lanes the program runs over.
  ///   - carries: outputs whose values become inputs of the next run, such as parameters; both are
  ///     shared by all lanes and of one shape.
  ///   - options: what may be traded.
  public init(
    _ outputs: [(name: String, tensor: Tensor)], laneCount: Int = 1,
    carrying carries: [(output: String, input: String)] = [], options: Options = Options()
  ) {
    guard Set(outputs.map(\.name)).count == outputs.count else {
      fatalError("Two outputs have one name: \(outputs.map(\.name).joined(separator: ", ")).")
    }
    let rewritten = Rewriting.graph(of: outputs.map(\.tensor), laneCount: laneCount)
    Verification.check(rewritten, after: "rewriting")
    let fused = options.fuses ? Fusion.fused(rewritten) : rewritten
    Verification.check(fused, after: "fusion")
    graph = Ordering.ordered(fused)
    Verification.check(graph, after: "ordering")
    self.laneCount = laneCount
    self.carries = carries
    self.options = options
    self.outputs = zip(outputs, graph.outputs).map { output, value in
      Output(
        name: output.name, shape: output.tensor.shape, elementType: output.tensor.elementType,
        variesByLane: output.tensor.variesByLane, value: value)
    }
    var inputs: [Input] = []
    var inputValues: [String: Graph.ValueID] = [:]
    for step in graph.steps {
      guard case .input(let name) = step.operation else { continue }
      let value = graph.values[step.outputs[0]]
      guard inputValues.updateValue(step.outputs[0], forKey: name) == nil else {
        fatalError("Two inputs of different shapes, element types or lanes are named '\(name)'.")
      }
      inputs.append(
        Input(
          name: name, shape: value.shape, elementType: value.elementType,
          variesByLane: value.variesByLane))
    }
    self.inputs = inputs
    self.inputValues = inputValues
  }
}

extension Program {
  /// The number of steps after all passes.
  public var stepCount: Int { graph.steps.count }

  /// The names of the outputs, in order.
  public var outputNames: [String] { outputs.map(\.name) }
}
