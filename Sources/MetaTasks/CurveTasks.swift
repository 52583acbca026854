import Settings
import Tensors

// What all tasks of regression to curves of one variable have in common.

extension Signature {
  /// Points of which the value of the curve is to be told, and perhaps how sure that is.
  static let ofCurves = Signature(
    inputs: [InputDescription("x", shape: [1])], target: .numbers(1), order: .none,
    metrics: [.squaredError, .negativeLogLikelihood, .coverage90])
}

extension ExampleSet where Value == TensorValue {
  /// Points with the values of a curve there.
  init(points: [Float], values: [Double]) {
    let shape: Shape = [points.count, 1]
    self.init(
      inputs: NamedTree(["x": TensorValue(points, shape: shape)]),
      targets: TensorValue(values.map(Float.init), shape: shape), target: .numbers(1))
  }
}

extension SettingsSection {
  /// The key `tasks` of a set of curves.
  func curveCount() throws(SettingsError) -> Int? {
    try optionalInteger(
      "tasks", "Different training tasks; null: no end of them.", in: 1...1_000_000)
  }
}
