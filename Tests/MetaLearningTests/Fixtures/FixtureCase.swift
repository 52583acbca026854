import TensorPrograms
import Tensors

/// Expressions that should give outputs of a fixture, and the numbers of their inputs.
struct FixtureCase {
  /// What is computed, by the fixture's names.
  var outputs: [(name: String, tensor: Tensor)]
  /// The numbers of all inputs; those of each lane stacked along a first axis.
  var values: [String: TensorValue]
  var laneCount = 1

  /// Numbers with their shape, the lanes in front where each lane has its own.
  struct Result {
    let shape: Shape
    let elements: [Double]
  }

  /// Compiles the case once and runs it in single precision under some configurations.
  func computed(
    _ configurations: [Runner.Configuration], options: Program.Options = .init()
  ) -> [[TensorValue]] {
    let program = Program(outputs, laneCount: laneCount, options: options)
    let read = Set(program.inputs.map(\.name))
    return configurations.map { configuration in
      let execution = Runner(configuration).execution(of: program)
      for (name, value) in values where read.contains(name) { execution.set(name, value) }
      execution.run()
      return outputs.map { execution.value($0.name) }
    }
  }

  /// Evaluates the case in double precision.
  func evaluated() -> [String: Result] {
    let results = ReferenceExecutor(laneCount: laneCount).evaluate(sharedTensors, values: values)
    return named(
      zip(outputs, results).map { output, result in
        let lanes: Shape = output.tensor.variesByLane ? [laneCount] : []
        return Result(shape: lanes + result.shape, elements: result.lanes.flatMap { $0 })
      })
  }

  /// Results in the order of the outputs, by name.
  func named(_ results: [Result]) -> [String: Result] {
    Dictionary(uniqueKeysWithValues: zip(outputs.map(\.name), results))
  }
}
