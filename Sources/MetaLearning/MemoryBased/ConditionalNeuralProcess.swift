public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// A mean of what a network makes of each support example, from which another network predicts a
/// mean and a variance for each input.
///
/// Garnelo et al., Conditional neural processes, 2018, arXiv 1807.01613.
///
/// r = mean over the support of encoder([x, y]); decoder([r, x]) gives mean and raw, and
/// σ = σ₀ + (1 - σ₀) softplus(raw). Meta-training descends on the negative log-likelihood of
/// support and query examples together; with the density of Laplace means become medians.
public struct ConditionalNeuralProcess: MetaLearner {
  /// Maps an input and its target to a representation.
  public let encoder: Network
  /// Maps the representation and an input to mean and raw deviation.
  public let decoder: Network
  /// What is seen.
  public let inputs: [InputDescription]
  /// The numbers to predict.
  public let outputCount: Int
  /// The smallest deviation.
  public let leastDeviation: Double
  /// By which density meta-training judges predictions.
  public let density: NumberDensity

  /// Makes a learner of networks; stops where they do not fit the inputs.
  public init(
    encoder: Network, decoder: Network, inputs: [InputDescription], outputCount: Int,
    leastDeviation: Double = 0.1, density: NumberDensity = .normal
  ) {
    self.density = density
    self.encoder = encoder
    self.decoder = decoder
    self.inputs = inputs
    self.outputCount = outputCount
    self.leastDeviation = leastDeviation
  }

  /// Makes a learner of dense networks.
  public init(
    inputs: [InputDescription], outputCount: Int, encoderHidden: [Int], representation: Int,
    decoderHidden: [Int], leastDeviation: Double = 0.1, density: NumberDensity = .normal
  ) {
    let width = inputs.reduce(0) { $0 + $1.shape.elementCount }
    self.init(
      encoder: multilayerPerceptron(
        inputs: [width + outputCount], hidden: encoderHidden, outputs: representation),
      decoder: multilayerPerceptron(
        inputs: [representation + width], hidden: decoderHidden, outputs: 2 * outputCount),
      inputs: inputs, outputCount: outputCount, leastDeviation: leastDeviation, density: density)
  }

  /// The parameters of both networks.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = ParameterValues(
      encoder.initialParameters(key.folded("encoder")), as: "encoder")
    parameters.append(decoder.initialParameters(key.folded("decoder")), as: "decoder")
    return parameters
  }

  /// The decoder, and the representation of the support set.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    let each = encoder(support.pairs(inputs), parameters.subtree("encoder"))
    var adapted = Parameters(parameters.subtree("decoder"), as: "decoder")
    adapted.append(.init(name: "representation", leaf: support.mean(of: each)))
    return adapted
  }

  /// Means and variances.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    let points = inputs.joined(self.inputs)
    let representation = adapted["representation"]
    let repeated = representation.insertingAxis(at: 0)
      .broadcast(to: [points.shape[0], representation.shape[0]])
    return Prediction(
      normal: decoder(
        Tensor.concatenating([repeated, points], along: 1), adapted.subtree("decoder")),
      leastDeviation: leastDeviation)
  }

  /// The negative log-likelihood of all examples; metrics are those of the queries.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    let adapted = adapted(parameters, to: episode.support, context)
    let all = Examples.joining(episode.support, episode.query)
    let queries = Objective(
      predictions(for: episode.query.inputs, with: adapted), on: episode.query, context)
    return Objective(
      loss: density.loss(of: predictions(for: all.inputs, with: adapted), on: all),
      reportedLoss: queries.loss, metrics: queries.metrics)
  }
}

extension ConditionalNeuralProcess {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "cnp", "conditional neural process: a mean and a variance for each input (Garnelo et al. 2018)"
  ) { (settings) throws(SettingsError) in
    let sizes = try NeuralProcessSizes(settings)
    let density = try settings.numberDensity()
    return LearnerPlan(needs: LearnerNeeds(.ownNetwork, targets: [.numbers])) { parts in
      ConditionalNeuralProcess(
        inputs: parts.signature.inputs, outputCount: parts.outputCount,
        encoderHidden: sizes.encoderHidden, representation: sizes.representation,
        decoderHidden: sizes.decoderHidden, leastDeviation: sizes.leastDeviation,
        density: density)
    }
  }
}
