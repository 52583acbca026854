import MetaTasks
import Tensors

/// Classes that are one vector each, drawn anew for every task: to be named after one sighting.
struct NamedVectorTasks: TaskDistribution {
  let name = "named vectors"
  let width: Int

  var signature: Signature {
    Signature(
      inputs: [InputDescription("inputs", shape: [width])], target: .classes, order: .byClass,
      metrics: [.accuracy])
  }

  func validate(_ shape: EpisodeShape) throws(TaskError) {
    try shape.validate(for: .classes, in: name)
  }

  func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    let ways = shape.ways ?? 0
    let vectors = (0..<ways).map { key.folded($0).normal(count: width) }
    func examples(_ count: Int) -> ExampleValues {
      let classes = (0..<ways).flatMap { [Int](repeating: $0, count: count) }
      return ExampleValues(
        inputs: NamedTree([
          "inputs": TensorValue(classes.flatMap { vectors[$0] }, shape: [classes.count, width])
        ]), targets: TensorValue(classes.map(Int32.init), shape: [classes.count]),
        target: .classes(ways))
    }
    return EpisodeValues(support: examples(shape.shots), query: examples(shape.queries))
  }
}
