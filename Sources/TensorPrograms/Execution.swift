public import Tensors

/// A program that a runner has made ready: give it its inputs, run it, read its outputs.
///
/// Running allocates nothing. Inputs and outputs lie in the runner's memory, so they hold until
/// another program of the runner is given an input or runs; see `Runner`.
public final class Execution {
  private let prepared: any PreparedProgram
  /// The persistent values that the program reads and writes.
  let persistent: PersistentValues
  private let tenancy: MemoryTenancy
  private let signature: Signature
  /// The number under which the memory was last taken.
  private var tenant: Int?
  /// Which inputs are there, by position.
  private var isSet: [Bool]
  private var hasRun = false

  init(
    _ program: Program, _ prepared: any PreparedProgram, _ persistent: PersistentValues,
    _ tenancy: MemoryTenancy
  ) {
    self.prepared = prepared
    self.persistent = persistent
    self.tenancy = tenancy
    signature = Signature(program, persistent.layout)
    isSet = signature.isPersistent
  }

  /// The same program with other persistent values of the same names and shapes.
  init(_ other: Execution, _ persistent: PersistentValues) {
    prepared = other.prepared
    self.persistent = persistent
    tenancy = other.tenancy
    signature = other.signature
    isSet = signature.isPersistent
  }

  /// The names of the outputs, in order.
  public var outputNames: [String] { signature.outputs.map(\.name) }

  /// Bytes of the memory that the program computes in, and of its constants.
  public var byteCount: Int { prepared.memoryByteCount }

  /// Bytes of what is kept for this program alone.
  var ownByteCount: Int { prepared.ownByteCount }

  /// Gives an input; one that each lane has its own of has the lanes as its first axis.
  ///
  /// Stops where the program has no such input, read or declared, where the value has another shape
  /// or type, and where the input is a persistent value, which is set there.
  public func set(_ name: String, _ value: TensorValue) {
    guard let known = signature.inputs[name] else { signature.stopWithoutInput(name) }
    let input = known.input
    let shape = input.variesByLane ? [signature.laneCount] + input.shape : input.shape
    guard value.shape == shape, value.elementType == input.elementType else {
      fatalError(
        "Input '\(name)' is \(input.elementType)\(shape), not \(value.elementType)\(value.shape).")
    }
    guard let position = known.position else { return }
    guard !signature.isPersistent[position] else {
      fatalError("Input '\(name)' is a persistent value; set it there.")
    }
    takeMemory()
    prepared.write(value, input: position)
    isSet[position] = true
  }

  /// Gives every input below a prefix, as `Parameters.inputs(like:prefix:)` names them.
  public func set(_ values: ParameterValues, prefix: String) {
    for entry in values.entries { set("\(prefix).\(entry.name)", entry.leaf) }
  }

  /// Runs the program once and carries what is to be carried.
  public func run() {
    compute()
    carry()
  }

  /// Computes the outputs, and carries nothing yet; stops where an input is missing.
  public func compute() { prepareRun().compute(persistent) }

  /// The prepared program, about to run; stops where an input is missing.
  func prepareRun() -> any PreparedProgram {
    takeMemory()
    if let missing = isSet.firstIndex(of: false) {
      fatalError(
        "Input '\(signature.inputNames[missing])' was not set since another program of the runner "
          + "used the memory; set all inputs before a run.")
    }
    hasRun = true
    return prepared
  }

  /// Makes carried outputs the inputs of the next run.
  public func carry() {
    checkOutputs()
    prepared.carry(persistent)
  }

  /// The value of an output after a run; one that each lane has its own of has the lanes as its
  /// first axis.
  ///
  /// Stops where there is none of that name, and where another program has used the memory since.
  public func value(_ name: String) -> TensorValue {
    guard let output = signature.outputs.firstIndex(where: { $0.name == name }) else {
      fatalError(
        "The program has no output '\(name)'; it has "
          + "\(outputNames.sorted().joined(separator: ", ")).")
    }
    checkOutputs()
    return prepared.value(output: output, persistent)
  }

  /// Takes the memory, if another execution has it.
  private func takeMemory() {
    guard tenant != tenancy.current else { return }
    tenant = tenancy.begin()
    isSet = signature.isPersistent
    hasRun = false
    prepared.takeMemory()
  }

  private func checkOutputs() {
    guard hasRun, tenant == tenancy.current else {
      fatalError(
        hasRun
          ? "Outputs are gone: another program of the runner used the memory since the run; read them "
            + "before that."
          : "There are no outputs yet: run the program first.")
    }
  }
}

/// What an execution must know of a program.
private struct Signature {
  /// The inputs by name, with their position where the program reads them.
  let inputs: [String: (input: Program.Input, position: Int?)]
  /// The names of the inputs that are read, by position.
  let inputNames: [String]
  /// Whether an input is a persistent value, by position.
  let isPersistent: [Bool]
  let outputs: [Program.Output]
  let laneCount: Int

  /// Stops where an input is another than the persistent value of its name.
  init(_ program: Program, _ persistent: PersistentValues.Layout) {
    inputs = Dictionary(
      uniqueKeysWithValues: program.inputs.enumerated().map { ($1.name, ($1, $0)) }
        + program.unreadInputs.map { ($0.name, ($0, nil)) })
    inputNames = program.inputs.map(\.name)
    isPersistent = program.inputs.map { input in
      guard let value = persistent.entries[input.name] else { return false }
      guard value.shape == input.shape, value.elementType == input.elementType, !input.variesByLane
      else {
        fatalError(
          "Input '\(input.name)' is \(input.elementType)\(input.shape)"
            + "\(input.variesByLane ? " for each lane" : ""), the persistent value of this name "
            + "\(value.elementType)\(value.shape) for all lanes.")
      }
      return true
    }
    outputs = program.outputs
    laneCount = program.laneCount
  }

  /// Stops where there is no input of a name.
  func stopWithoutInput(_ name: String) -> Never {
    fatalError(
      "The program has no input '\(name)'; it has \(inputs.keys.sorted().joined(separator: ", ")). "
        + "Inputs that no output depends on are known where the program declares them.")
  }
}
