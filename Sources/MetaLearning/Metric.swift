import Foundation
public import MetaTasks
import NeuralNetworks
public import Settings
public import Tensors

/// A figure of predictions: how it is made.
public struct Metric: CatalogueItem {
  /// Its name, direction and format.
  public let figure: MetricDescription
  /// The mean over examples, a scalar, of a prediction without samples; nil where the prediction
  /// lacks what the metric needs, such as a variance.
  public let value: @Sendable (Prediction, Examples) -> Tensor?

  /// Makes a metric.
  public init(
    _ figure: MetricDescription, value: @escaping @Sendable (Prediction, Examples) -> Tensor?
  ) {
    self.figure = figure
    self.value = value
  }

  /// The name in files.
  public var name: String { figure.name }
  /// The name for people.
  public var summary: String { figure.title }
  /// There is nothing to set.
  public func describe(in section: SettingsSection) {}
}

/// The metrics that come with this package: one line each.
public enum MetricCatalogue {
  /// All of them.
  public static let standard = Catalogue(
    "metric",
    [
      Metric(.accuracy) { accuracy($0.values, $1.targets, weights: $1.weights) },
      Metric(.squaredError) { meanSquaredError($0.values, $1.targets, weights: $1.weights) },
      Metric(.logSquaredError) { prediction, examples in
        let error = meanSquaredError(
          prediction.values, examples.targets, weights: examples.weights)
        return (error + 1e-30).log() / Foundation.log(10)
      },
      Metric(.absoluteError) { meanAbsoluteError($0.values, $1.targets, weights: $1.weights) },
      Metric(.negativeLogLikelihood) { prediction, examples in
        prediction.meaning == .numbers && prediction.logVariance == nil
          ? nil : loss(of: prediction, on: examples)
      },
      Metric(.entropy) { prediction, examples in
        prediction.meaning == .logits
          ? meanEntropy(prediction.values, weights: examples.weights) : nil
      },
      Metric(.coverage90) { prediction, examples in
        prediction.logVariance.map {
          intervalCoverage(
            mean: prediction.values, logVariance: $0, examples.targets, probability: 0.9,
            weights: examples.weights)
        }
      },
      Metric(.meanReciprocalRank) {
        meanReciprocalRank($0.values, $1.targets, weights: $1.weights)
      },
      Metric(.hits(at: 1)) { hitRate($0.values, $1.targets, at: 1, weights: $1.weights) },
      Metric(.hits(at: 10)) { hitRate($0.values, $1.targets, at: 10, weights: $1.weights) },
      Metric(.nDCG(at: 5)) {
        normalizedDiscountedGain($0.values, $1.targets, at: 5, weights: $1.weights)
      },
      Metric(.nDCG(at: 10)) {
        normalizedDiscountedGain($0.values, $1.targets, at: 10, weights: $1.weights)
      },
      Metric(.ratingGain(at: 5)) { ratingGain($0.values, $1.targets, at: 5, weights: $1.weights) },
      Metric(.areaUnderCurve) { prediction, examples in
        prediction.scoresOfSecondClass.map {
          areaUnderCurve($0, examples.targets, weights: examples.weights)
        }
      },
    ])
}

extension Prediction {
  /// By how much the second of two classes is likelier than the first `[n]`; nil for other numbers
  /// of classes.
  fileprivate var scoresOfSecondClass: Tensor? {
    guard values.shape[-1] == 2 else { return nil }
    let (first, second) = (
      values.slice(along: 1, from: 0, to: 1), values.slice(along: 1, from: 1, to: 2)
    )
    return (second - first).reshaped([values.shape[0]])
  }
}

extension Catalogue<Metric> {
  /// The metrics of tasks; throws where one is not among those that there are.
  public func metrics(of signature: Signature) throws(TaskError) -> [Metric] {
    var metrics: [Metric] = []
    for description in signature.metrics {
      guard let metric = self[description.name] else {
        throw TaskError(
          "metric: the tasks are judged by '\(description.name)', and the metrics that there are: "
            + "\(names.joined(separator: ", ")); add it to the catalogue of metrics.")
      }
      metrics.append(metric)
    }
    return metrics
  }
}
