public import MetaTasks
public import NeuralNetworks
public import Tensors

/// Prototypical Networks (Snell, Swersky and Zemel 2017, Algorithm 1): a class is the mean of its
/// examples' features, and a query belongs to the nearest one by squared Euclidean distance.
public struct PrototypicalNetworks: MetaLearner {
  /// Maps inputs to features.
  public let network: Network
  /// Whether meta-training sends supports and queries through the network as one batch, whose
  /// statistics running ones follow; else queries are normalised as a trained learner does.
  public let embedsTogether: Bool

  /// Makes a learner on the features of a network.
  public init(network: Network, embedsTogether: Bool = true) {
    self.network = network
    self.embedsTogether = embedsTogether
  }

  /// The parameters of the network.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    network.initialParameters(key)
  }

  /// The network and the prototype of each class.
  public func adapted(
    _ parameters: Parameters, to support: Examples, key: SymbolicKey
  ) -> Parameters {
    var context = NetworkContext(exampleWeights: support.weights, usesRunningStatistics: true)
    let features = network.apply(support.inputs, parameters, &context)
    var adapted = parameters
    adapted.append(context.measuredStatistics, below: Network.statisticsName)
    adapted.append(.init(name: "prototypes", leaf: prototypes(features, of: support)))
    return adapted
  }

  /// Minus the squared distances to the prototypes.
  public func predictions(for inputs: Tensor, with adapted: Parameters) -> Tensor {
    squaredDistanceLogits(
      network.inductivePredictions(for: inputs, with: adapted), adapted["prototypes"])
  }

  /// The cross-entropy of the queries' distances to the prototypes.
  public func objective(
    _ parameters: Parameters, on episode: Episode, key: SymbolicKey
  ) -> Objective {
    guard embedsTogether else {
      let adapted = adapted(parameters, to: episode.support, key: key)
      return Objective(
        predictions: predictions(for: episode.query.inputs, with: adapted), on: episode.query)
    }
    let examples = Examples.joining(episode.support, episode.query)
    var context = NetworkContext(exampleWeights: examples.weights, key: key)
    let count = episode.support.inputs.shape[0]
    let features = network.apply(examples.inputs, parameters, &context)
    let support = features.slice(along: 0, from: 0, to: count)
    let query = features.slice(along: 0, from: count, to: features.shape[0])
    return Objective(
      predictions: squaredDistanceLogits(query, prototypes(support, of: episode.support)),
      on: episode.query, statistics: context.updatedStatistics)
  }
}
