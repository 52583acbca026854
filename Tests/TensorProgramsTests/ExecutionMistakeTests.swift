import TensorPrograms
import Tensors
import Testing

/// What callers of a runner can get wrong, and a word of the message that they are stopped with.
enum ExecutionMistake: String, CaseIterable, Codable, Sendable {
  case unknownInput = "no input 'y'"
  case shapeOfInput = "is float32[2], not float32[3]"
  case shapeOfDeclaredInput = "is int32[], not float32[]"
  case missingInput = "'x' was not set"
  case inputBeforeAnotherProgram = "'x' was not set since another program"
  case outputBeforeRun = "run the program first"
  case outputAfterAnotherProgram = "Outputs are gone"
  case carryAfterAnotherProgram = "gone: another program"
  case unknownOutput = "no output 'total'"
  case persistentInput = "set it there"
  case shapeOfPersistentInput = "the persistent value of this name float32[5]"
  case unknownPersistentValue = "no persistent value 'w'; there are x"
  case shapeOfPersistentValue = "'x' is float32[2], not float32[2, 1]"
  case lanesThatNoTreeHas = "3 of 6 lanes"
  case declaredExpression = "Only inputs can be declared"

  private static var program: Program {
    Program(
      [("sum", Tensor.input("x", shape: [2]).sum())],
      declaring: [.input("unread", shape: .scalar, elementType: .int32)])
  }

  private static let two = TensorValue([1, 2] as [Float], shape: [2])

  /// Makes the mistake.
  func make() {
    switch self {
    case .unknownInput, .shapeOfInput, .shapeOfDeclaredInput, .missingInput,
      .inputBeforeAnotherProgram:
      makeWithInputs()
    case .outputBeforeRun, .outputAfterAnotherProgram, .carryAfterAnotherProgram, .unknownOutput:
      makeWithOutputs()
    case .persistentInput, .shapeOfPersistentInput, .unknownPersistentValue,
      .shapeOfPersistentValue:
      makeWithPersistentValues()
    case .lanesThatNoTreeHas:
      _ = Program([("x", Tensor.input("x", shape: [2]))], laneCount: 3, ofTotal: 6)
    case .declaredExpression:
      _ = Program([("x", Tensor.input("x", shape: [2]))], declaring: [Tensor.fill(1)])
    }
  }

  /// Two executions of one runner.
  private static func executions() -> (Execution, Execution) {
    let runner = Runner(.init(threads: 1))
    return (runner.execution(of: program), runner.execution(of: program))
  }

  private static func run(_ execution: Execution) {
    execution.set("x", two)
    execution.run()
  }

  private func makeWithInputs() {
    let (execution, other) = Self.executions()
    switch self {
    case .unknownInput: execution.set("y", Self.two)
    case .shapeOfInput: execution.set("x", TensorValue(repeating: 0, shape: [3]))
    case .shapeOfDeclaredInput: execution.set("unread", TensorValue(0))
    case .inputBeforeAnotherProgram:
      execution.set("x", Self.two)
      Self.run(other)
      execution.run()
    default: execution.run()
    }
  }

  private func makeWithOutputs() {
    let (execution, other) = Self.executions()
    execution.set("x", Self.two)
    guard self != .outputBeforeRun else { return _ = execution.value("sum") }
    execution.run()
    switch self {
    case .outputAfterAnotherProgram:
      other.set("x", Self.two)
      _ = execution.value("sum")
    case .carryAfterAnotherProgram:
      Self.run(other)
      execution.carry()
    default: _ = execution.value("total")
    }
  }

  private func makeWithPersistentValues() {
    let persistent = PersistentValues([("x", Self.two)])
    let runner = Runner(.init(threads: 1))
    switch self {
    case .persistentInput:
      runner.execution(of: Self.program, persistent: persistent).set("x", Self.two)
    case .shapeOfPersistentInput:
      let longer = PersistentValues([("x", TensorValue(repeating: 0, shape: [5]))])
      _ = runner.execution(of: Self.program, persistent: longer)
    case .unknownPersistentValue: _ = persistent.value("w")
    default: persistent.set("x", Self.two.reshaped([2, 1]))
    }
  }
}

@Suite struct ExecutionMistakeTests {
  @Test(arguments: ExecutionMistake.allCases)
  func `stops with a message that says what is wrong`(_ mistake: ExecutionMistake) async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [mistake = mistake as ExecutionMistake] in
      mistake.make()
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains(mistake.rawValue), "\(message)")
  }

  @Test func `an input that was declared may be set though nothing reads it`() {
    let program = Program(
      [("sum", Tensor.input("x", shape: [2]).sum())],
      declaring: [.input("x", shape: [2]), .input("unread", shape: .scalar)])
    let execution = Runner(.init(threads: 1)).execution(of: program)
    execution.set("unread", TensorValue(1))
    execution.set("x", TensorValue([1, 2] as [Float], shape: [2]))
    execution.run()
    #expect(execution.value("sum").scalar == 3)
    #expect(program.inputs.map(\.name) == ["x"])
    #expect(program.unreadInputs.map(\.name) == ["unread"])
  }
}
