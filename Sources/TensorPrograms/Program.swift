public import Tensors

/// A compiled set of expressions: outputs as functions of named inputs.
///
/// A program is data and knows no machine: a `Runner` prepares it for the one at hand and runs it
/// any number of times.
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
  package struct Output: Sendable {
    package let name: String
    package let shape: Shape
    package let elementType: ElementType
    package let variesByLane: Bool
  }

  /// An output that becomes an input of the next run, by position.
  package struct Carry: Hashable, Sendable {
    /// The position of the output.
    package let output: Int
    /// The position of the input.
    package let input: Int
  }

  /// The number of lanes.
  public let laneCount: Int
  /// The lanes over which `sumOverLanes` sums: more than `laneCount` where several processes share
  /// them.
  public let totalLaneCount: Int
  /// What the program must be given: what an output depends on or is carried to.
  public let inputs: [Input]
  /// What it may be given besides, though no output depends on it.
  public let unreadInputs: [Input]
  /// The outputs, in the order of `graph.outputs`.
  package let outputs: [Output]
  /// The operations after rewriting.
  package let graph: Graph
  /// The values of `graph` that stand for the inputs.
  package let inputValues: [Graph.ValueID]
  /// What is copied to inputs for the next run; an input that stays as it is needs no copy.
  package let carries: [Carry]
  /// What the program may trade.
  package let options: Options

  /// Compiles outputs, each with a name; stops where two share one, and where a carry cannot be.
  ///
  /// - Parameters:
  ///   - outputs: what to compute.
  ///   - laneCount: how many lanes the program runs over.
  ///   - totalLaneCount: how many lanes all processes run over together, where each has `laneCount`
  ///     of them (a power of two); nil: this one has all.
  ///   - carries: outputs whose values become inputs of the next run, such as parameters; both are
  ///     shared by all lanes and of one shape.
  ///   - declared: inputs that callers may set whether or not an output depends on them; inputs
  ///     that one depends on need not be among them.
  ///   - options: what may be traded.
  public init(
    _ outputs: [(name: String, tensor: Tensor)], laneCount: Int = 1,
    ofTotal totalLaneCount: Int? = nil,
    carrying carries: [(output: String, input: String)] = [], declaring declared: [Tensor] = [],
    options: Options = Options()
  ) {
    guard Set(outputs.map(\.name)).count == outputs.count else {
      fatalError("Two outputs have one name: \(outputs.map(\.name).joined(separator: ", ")).")
    }
    let total = totalLaneCount ?? laneCount
    Program.checkShare(laneCount, of: total)
    let carriedTo = Set(carries.map(\.input))
    graph = Rewriting.graph(
      of: outputs.map(\.tensor), laneCount: laneCount, totalLaneCount: total,
      keeping: declared.filter { Input($0).map { carriedTo.contains($0.name) } ?? false })
    Verification.check(graph, after: "rewriting")
    Stage.check(graph)
    self.laneCount = laneCount
    self.totalLaneCount = total
    self.options = options
    self.outputs = outputs.map { name, tensor in
      Output(
        name: name, shape: tensor.shape, elementType: tensor.elementType,
        variesByLane: tensor.variesByLane)
    }
    inputValues = graph.steps.filter(\.isInput).map { $0.outputs[0] }
    inputs = graph.inputs
    unreadInputs = Program.unread(declared, inputs)
    self.carries = Program.carries(carries, self.outputs, inputs, graph, inputValues)
  }

  /// The names of the outputs, in order.
  public var outputNames: [String] { outputs.map(\.name) }
}

extension Program {
  /// Only such shares are subtrees of the tree in which lanes are summed.
  private static func checkShare(_ laneCount: Int, of total: Int) {
    let isPowerOfTwo = laneCount > 0 && laneCount & (laneCount - 1) == 0
    guard laneCount == total || isPowerOfTwo && total % laneCount == 0 else {
      fatalError(
        "\(laneCount) of \(total) lanes are no share that sums over lanes can be made of; give each "
          + "process the same power of two.")
    }
  }

  /// Those of the declared inputs that are not read.
  private static func unread(_ declared: [Tensor], _ read: [Input]) -> [Input] {
    var known = Dictionary(uniqueKeysWithValues: read.map { ($0.name, $0) })
    return declared.compactMap { tensor in
      guard let input = Input(tensor) else {
        fatalError("Only inputs can be declared, not \(tensor.operation).")
      }
      if let same = known.updateValue(input, forKey: input.name) {
        guard same == input else { stopForTwoInputs(named: input.name) }
        return nil
      }
      return input
    }
  }

  fileprivate static func stopForTwoInputs(named name: String) -> Never {
    fatalError("Two inputs of different shapes, element types or lanes are named '\(name)'.")
  }

  /// Carries by position, without those of an input to itself.
  private static func carries(
    _ names: [(output: String, input: String)], _ outputs: [Output], _ inputs: [Input],
    _ graph: Graph, _ inputValues: [Graph.ValueID]
  ) -> [Carry] {
    let roots = graph.roots
    return names.compactMap { names in
      guard let output = outputs.firstIndex(where: { $0.name == names.output }),
        let input = inputs.firstIndex(where: { $0.name == names.input }),
        case (let from, let to) = (outputs[output], inputs[input]),
        !from.variesByLane, !to.variesByLane, from.shape == to.shape,
        from.elementType == to.elementType
      else { fatalError("'\(names.output)' cannot be carried to '\(names.input)'.") }
      let source = roots[graph.outputs[output]]
      if source == inputValues[input] { return nil }
      guard !inputValues.contains(source) else {
        fatalError(
          "'\(names.output)' is an input and cannot be carried to '\(names.input)': what arrives "
            + "would depend on which is copied first.")
      }
      return Carry(output: output, input: input)
    }
  }
}

extension Program.Input {
  /// What an expression is given; nil where it is no input.
  fileprivate init?(_ tensor: Tensor) {
    guard case .input(let name) = tensor.operation else { return nil }
    self.init(
      name: name, shape: tensor.shape, elementType: tensor.elementType,
      variesByLane: tensor.variesByLane)
  }
}

extension Graph {
  /// What the graph is given, in the order of its steps; stops where two have one name.
  fileprivate var inputs: [Program.Input] {
    var names: Set<String> = []
    return steps.compactMap { step in
      guard case .input(let name) = step.operation else { return nil }
      guard names.insert(name).inserted else { Program.stopForTwoInputs(named: name) }
      let value = values[step.outputs[0]]
      return Program.Input(
        name: name, shape: value.shape, elementType: value.elementType,
        variesByLane: value.variesByLane)
    }
  }
}
