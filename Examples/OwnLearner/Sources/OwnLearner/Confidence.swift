import MetaLearning
import MetaTasks
import Tensors

extension MetricDescription {
  /// The mean probability of the right class.
  static let confidence = MetricDescription(
    "confidence", title: "probability of the right class", .larger, .percent)
}

extension Metric {
  /// The mean probability of the right class.
  static let confidence = Metric(.confidence) { prediction, examples in
    let powers = prediction.values.exp()
    let probabilities = powers / powers.sum(along: [1], keepingAxes: true)
    return (probabilities * examples.targets.oneHot(examples.classCount)).sum(along: [1]).mean()
  }
}
