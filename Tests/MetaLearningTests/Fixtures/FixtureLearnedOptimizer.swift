import MetaLearning
import NeuralNetworks
import Tensors

/// Optimizers that are learned.
extension FixtureFamilies {
  /// Where a learned rule leads on quadratic functions, the sum of the losses after each step, and
  /// its gradient.
  static func learnedOptimizer(of fixture: Fixture) throws -> FixtureCase {
    let learner = try fixture.learnedOptimizer()
    var values: [String: TensorValue] = [:]
    func input(_ name: String, ofEachTask: Bool) throws -> Tensor {
      let value = try fixture.input(name)
      values[name] = value
      let shape = ofEachTask ? Shape(Array(value.shape.dimensions.dropFirst())) : value.shape
      return Tensor.input(name, shape: shape, ofEachTask ? .perLane : .shared)
    }
    var optimizer = Parameters()
    for name in learner.rule.initialParameters(RandomKey(seed: 0)).names {
      optimizer.append(.init(name: name, leaf: try input(weightName(name), ofEachTask: false)))
    }
    let (matrix, vector) = (
      try input("W", ofEachTask: true), try input("y", ofEachTask: true)
    )
    let start = Parameters(["network/theta": try input("theta0", ofEachTask: true)])
    let course = learner.course(
      ofSteps: learner.steps, from: start, optimizer.perLane()
    ) { fast, _ in
      let products = matrixProduct(matrix, fast["network/theta"].insertingAxis(at: 1))
      return (products.reshaped(vector.shape) - vector).square().sum()
    }
    let loss = course.reduce(Tensor.fill(0)) { $0 + $1.loss }
    let count = values["y"].map { $0.shape[0] } ?? 0
    let mean = sumOverLanes(loss) / Double(count)
    let places = course.map { $0.place["network/theta"].insertingAxis(at: 0) }
    let slope = gradient(of: mean, withRespectTo: optimizer)
    return FixtureCase(
      outputs: [
        ("meta_loss", mean), ("task_loss", loss), ("step_objective", joined(course.map(\.loss))),
        ("theta", Tensor.concatenating(places, along: 0)),
      ] + slope.entries.map { ("grad.\(weightName($0.name))", $0.leaf) }, values: values,
      laneCount: count)
  }

  /// The fixture's name of a rule's weight, such as `meta.lstm1.weight_x` of `lstm1.inputWeight`.
  private static func weightName(_ own: String) -> String {
    let parts = own.split(separator: ".").map(String.init)
    return (["meta"] + parts.map { memoryNames[$0] ?? $0 }).joined(separator: ".")
  }
}

extension Fixture {
  fileprivate func learnedOptimizer() throws -> LearnedOptimizer {
    LearnedOptimizer(
      network: linearNetwork(inputs: [try input("theta0").shape[1]], outputs: 1),
      rule: CoordinatewiseLSTM(
        units: try input("meta.lstm1.weight_h").shape[0],
        preprocessing: try hyper.number("preprocess_p"),
        outputScale: try hyper.number("output_scale")),
      steps: try hyper.integer("steps"), isFirstOrder: try hyper.boolean("detach_gradient"))
  }
}
