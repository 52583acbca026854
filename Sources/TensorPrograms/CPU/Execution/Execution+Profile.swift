import Tensors

extension Execution {
  /// What one step of a program took.
  public struct StepTime: Sendable {
    /// What the step does, such as `convolution`.
    public let name: String
    /// The part of the program, such as `inner step 3 / block2.convolution`.
    public let scope: String
    /// What it reads, does and writes, such as `588x64: full, row -> subtract[0, 1] -> full r2`.
    public let form: String
    /// Seconds over all lanes.
    public let seconds: Double
  }

  /// Runs the program once on the calling thread, kernel by kernel, and tells what each step took.
  ///
  /// Nothing is carried. Lanes run one after the other, as in chunks of one.
  ///
  /// - Parameter program: the program that this is the execution of; what its steps are is not
  ///   kept.
  public func profile(_ program: Program) -> [StepTime] {
    guard let cpu = prepareRun() as? CPUProgram else {
      fatalError("Only programs that run on processor cores tell their steps.")
    }
    return cpu.profile(program, persistent)
  }
}

extension CPUProgram {
  fileprivate func profile(
    _ program: Program, _ persistent: PersistentValues
  ) -> [Execution.StepTime] {
    let bound = bound(program)
    let calls = [Stage.before, .lane, .laneSum, .after].flatMap { bound.calls[$0] ?? [] }
    var ofSteps: [Int: Double] = [:]
    for (call, seconds) in zip(calls, timedRun(persistent)) {
      ofSteps[call.step, default: 0] += seconds
    }
    return ofSteps.sorted { $0.key < $1.key }.map { position, seconds in
      let step = bound.graph.steps[position]
      return Execution.StepTime(
        name: step.name, scope: step.scope, form: step.form(in: bound.graph), seconds: seconds)
    }
  }
}

extension Graph.Step {
  /// The shapes of what a step reads and writes; of a row program the steps between.
  fileprivate func form(in graph: Graph) -> String {
    guard case .rowProgram(let program) = kind else {
      func shapes(_ values: [Graph.ValueID]) -> String {
        values.map { "\(graph.values[$0].shape)" }.joined(separator: ", ")
      }
      return "\(shapes(inputs)) -> \(shapes(outputs))"
    }
    let accesses = program.inputs.map { "\($0)" }.joined(separator: ", ")
    let results = program.outputs.map { "\($0.access) r\($0.register)" }.joined(separator: ", ")
    let steps = program.steps.map { "\($0.name)\($0.registers)" }.joined(separator: " ")
    return "\(program.rows)x\(program.columns): \(accesses) -> \(steps) -> \(results)"
  }
}

extension RowProgram.Step {
  fileprivate var name: String {
    switch operation {
    case .unary(let function): function.rawValue
    case .binary(let function): function.rawValue
    case .compare(let comparison): comparison.rawValue
    default: "\(operation)"
    }
  }
}
