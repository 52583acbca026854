public import MetaTasks
public import NeuralNetworks
public import Tensors

/// Prototypical Networks (Snell, Swersky and Zemel 2017, Algorithm 1): a class is the mean of its
/// examples' features, and a query belongs to the nearest one by squared Euclidean distance.
public struct PrototypicalNetworks: MetaLearner {
  /// Maps inputs to features.
  public let network: Network
  /// Whether meta-training normalises queries by their own statistics where layers measure the
  /// support set.
  public let trainsTransductively: Bool

  /// Makes a learner on the features of a network.
  public init(network: Network, trainsTransductively: Bool = false) {
    self.network = network
    self.trainsTransductively = trainsTransductively
  }

  /// The parameters of the network.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    network.initialParameters(key)
  }

  /// The network and the prototype of each class.
  public func adapted(
    _ parameters: Parameters, to support: Examples, key: SymbolicKey
  ) -> Parameters {
    var adapted = network.withStatistics(of: support, parameters)
    let features = network.inductivePredictions(for: support.inputs, with: adapted)
    adapted.append(.init(name: "prototypes", leaf: prototypes(features, of: support)))
    return adapted
  }

  /// Minus the squared distances to the prototypes.
  public func predictions(for inputs: Tensor, with adapted: Parameters) -> Tensor {
    squaredDistanceLogits(
      network.inductivePredictions(for: inputs, with: adapted), adapted["prototypes"])
  }

  /// The same with inputs normalised by themselves; nil where no layer measures the support set.
  public func transductivePredictions(for inputs: Tensor, with adapted: Parameters) -> Tensor? {
    guard network.measuresSupport else { return nil }
    return squaredDistanceLogits(network(inputs, adapted), adapted["prototypes"])
  }

  /// The cross-entropy of the queries' distances to the prototypes.
  ///
  /// Where no layer measures the support set, supports and queries go through the network as one
  /// batch, whose statistics running ones follow.
  public func objective(
    _ parameters: Parameters, on episode: Episode, key: SymbolicKey
  ) -> Objective {
    guard !network.measuresSupport else {
      let adapted = adapted(parameters, to: episode.support, key: key)
      let inputs = episode.query.inputs
      let together =
        trainsTransductively ? transductivePredictions(for: inputs, with: adapted) : nil
      return Objective(
        predictions: together ?? predictions(for: inputs, with: adapted), on: episode.query)
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
