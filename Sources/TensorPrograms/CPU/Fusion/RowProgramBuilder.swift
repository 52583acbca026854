import CTensorKernels
import Tensors

/// A row program in the making, with the values behind its registers.
struct RowProgramBuilder {
  /// Where a register is filled from.
  enum Source: Hashable {
    case value(Graph.ValueID)
    case constant(Double)
  }

  /// What fills a register, and how.
  struct Input: Hashable {
    let source: Source
    let access: RowProgram.Access

    /// Whether it is about as large as the program's rows and columns.
    var isLarge: Bool { access == .full || access == .scattered }
  }

  /// A step on registers: inputs are numbered from 0, results from `firstResult`.
  private struct Step {
    let operation: Operation
    let registers: [Int]
    let operandType: ElementType
  }

  /// A value that leaves the program.
  struct Output {
    let value: Graph.ValueID
    let register: Int
    let access: RowProgram.Access
  }

  /// The most inputs that a program may have.
  static let inputLimit = Int(ML_ROW_PROGRAM_INPUTS)
  /// The most steps.
  static let stepLimit = Int(ML_ROW_PROGRAM_STEPS)
  /// The most outputs.
  static let outputLimit = Int(ML_ROW_PROGRAM_OUTPUTS)
  private static let firstResult = 1000

  /// Rows times columns.
  let count: Int
  /// The columns, where something fixes them.
  var columns: Int?
  /// The windows of operands that have them, and the value that names a position in each.
  private var windows: TiledWindows?
  private var positions: Graph.ValueID?
  /// What fills the first registers.
  private(set) var inputs: [Input] = []
  private var steps: [Step] = []
  /// What leaves the program.
  private(set) var outputs: [Output] = []
  private var registers: [Graph.ValueID: Int] = [:]
  /// Where the program runs, and for whom.
  var position = 0
  var stage = Stage.lane
  var variesByLane = false
  var scope = ""

  /// A program without steps.
  init(count: Int) { self.count = count }

  /// The register of a value; nil when the program would grow beyond its limits.
  mutating func register(
    of value: Graph.ValueID, in fusion: Fusion, isRoot: Bool = false
  ) -> Int? {
    let register: Int
    switch fusion.resolve(value, isRoot: isRoot) {
    case .constant(let number): register = input(.constant(number), .single)
    case .memory(let id, var access, let columns):
      var source = id
      if let columns, access == .row || access == .column {
        if self.columns == nil { self.columns = columns }
        if self.columns != columns { (source, access) = (value, .full) }
      }
      register = input(.value(source), access)
    case .scattered(let id, let values, let positions, let windows):
      register =
        meet(windows, positions)
        ? input(.value(values), .scattered) : input(.value(id), .full)
    case .step(let id, let step):
      if let known = registers[id] { return known }
      var operands: [Int] = []
      for operand in step.inputs {
        guard let register = self.register(of: operand, in: fusion) else { return nil }
        operands.append(register)
      }
      guard let operation = step.operation else { return nil }
      steps.append(
        Step(
          operation: operation, registers: operands,
          operandType: fusion.elementType(step.inputs[0])))
      register = RowProgramBuilder.firstResult + steps.count - 1
      registers[id] = register
    }
    return inputs.count <= RowProgramBuilder.inputLimit
      && steps.count <= RowProgramBuilder.stepLimit ? register : nil
  }

  /// Takes up operands with windows, and the positions that they are read at; says whether these
  /// fit what is there.
  mutating func meet(_ windows: TiledWindows, _ positions: Graph.ValueID?) -> Bool {
    guard columns ?? windows.columns == windows.columns, self.windows ?? windows == windows,
      positions == nil || self.positions ?? positions == positions
    else { return false }
    columns = windows.columns
    self.windows = windows
    guard let positions else { return true }
    self.positions = positions
    _ = input(.value(positions), .positions)
    return true
  }

  private mutating func input(_ source: Source, _ access: RowProgram.Access) -> Int {
    let input = Input(source: source, access: access)
    if let known = inputs.firstIndex(of: input) { return known }
    inputs.append(input)
    return inputs.count - 1
  }

  /// Adds an output; says whether there was room.
  mutating func appendOutput(
    _ register: Int, _ access: RowProgram.Access, _ value: Graph.ValueID
  ) -> Bool {
    outputs.append(Output(value: value, register: register, access: access))
    return outputs.count <= RowProgramBuilder.outputLimit
  }

  /// This program with the outputs of another, or nil where they do not fit together: they must
  /// share something large that they read, and what the other reads must be there in time.
  func merging(
    _ other: RowProgramBuilder, available: (Graph.ValueID) -> Bool
  ) -> RowProgramBuilder? {
    guard count == other.count else { return nil }
    if let columns, let otherColumns = other.columns, columns != otherColumns { return nil }
    var merged = self
    merged.columns = columns ?? other.columns
    if let windows = other.windows, !merged.meet(windows, other.positions) { return nil }
    var translation: [Int: Int] = [:]
    var sharesLargeInput = false
    for (index, input) in other.inputs.enumerated() {
      if case .value(let value) = input.source {
        if let own = outputs.first(where: { $0.value == value && $0.access == .full }) {
          guard input.access == .full else { return nil }
          translation[index] = own.register
          sharesLargeInput = true
          continue
        }
        if outputs.contains(where: { $0.value == value }) || !available(value) { return nil }
        if input.isLarge, inputs.contains(input) { sharesLargeInput = true }
      }
      translation[index] = merged.input(input.source, input.access)
    }
    guard sharesLargeInput else { return nil }
    for (index, step) in other.steps.enumerated() {
      translation[RowProgramBuilder.firstResult + index] = merged.step(step, translation)
    }
    for output in other.outputs {
      guard
        merged.appendOutput(
          translation[output.register] ?? output.register, output.access, output.value)
      else { return nil }
    }
    return merged.inputs.count <= RowProgramBuilder.inputLimit
      && merged.steps.count <= RowProgramBuilder.stepLimit ? merged : nil
  }

  /// The register of a translated step; equal steps are shared.
  private mutating func step(_ step: Step, _ translation: [Int: Int]) -> Int {
    let operands = step.registers.map { translation[$0] ?? $0 }
    let known = steps.firstIndex {
      $0.operation == step.operation && $0.registers == operands
        && $0.operandType == step.operandType
    }
    if let known { return RowProgramBuilder.firstResult + known }
    steps.append(
      Step(operation: step.operation, registers: operands, operandType: step.operandType))
    return RowProgramBuilder.firstResult + steps.count - 1
  }

  /// The finished program.
  var program: RowProgram {
    let columns = columns ?? count
    func final(_ register: Int) -> Int {
      register < RowProgramBuilder.firstResult
        ? register : register - RowProgramBuilder.firstResult + inputs.count
    }
    return RowProgram(
      rows: columns == 0 ? 0 : count / columns, columns: columns, inputs: inputs.map(\.access),
      steps: steps.map {
        RowProgram.Step(
          operation: $0.operation, registers: $0.registers.map(final), operandType: $0.operandType)
      },
      outputs: outputs.map {
        RowProgram.Output(register: final($0.register), access: $0.access)
      }, windows: windows)
  }
}
