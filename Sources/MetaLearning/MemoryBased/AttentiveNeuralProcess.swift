public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// A neural process whose predictions for a point look at the support points that are like it, and
/// depend on a latent variable that all points of a task share.
///
/// Kim, Mnih, Schwarz, Garnelo, Eslami, Rosenbaum, Vinyals and Teh, Attentive neural processes,
/// 2019, arXiv 1901.05761, section 3.
///
/// Deterministic path: r(x) is what attention sees of encoder([x_i, y_i]) from position(x) at
/// position(x_i). Latent path: latentHead(mean over points of latentEncoder([x, y])) gives mean and
/// raw deviation of z, whose deviation is σ₀ + (1 - σ₀) sigmoid(raw). decoder([r(x), z, x]) gives
/// mean and deviation as with the conditional process.
///
/// Meta-training draws z once for each task from what support and query points together say of it
/// (the posterior), and descends on the negative log-likelihood of all of them plus KL(posterior ‖
/// prior) / (points · numbers), where the prior is what the support points say. Adapting draws some
/// z from the prior. The encoders do not attend to themselves; the paper's may. An outer step costs
/// what one of the conditional process does, a second encoder, and the attention of all points to
/// the support points.
public struct AttentiveNeuralProcess: MetaLearner {
  /// The networks.
  public let networks: Networks
  /// What looks from points at support points.
  public let attention: MultiHeadAttention
  /// What is seen.
  public let inputs: [InputDescription]
  /// How many z of the prior predictions are the mean of.
  public let samples: Int
  /// The smallest deviation of predictions.
  public let leastDeviation: Double
  /// The smallest deviation of the latent variable, σ₀.
  public let leastLatentDeviation: Double

  /// Makes a learner of networks; stops where heads do not divide the representation.
  public init(
    networks: Networks, heads: Int, inputs: [InputDescription], samples: Int = 10,
    leastDeviation: Double = 0.1, leastLatentDeviation: Double = 0.1
  ) {
    let width = networks.encoder.featureCount
    guard width % heads == 0 else {
      fatalError("\(heads) heads do not share a representation of \(width) evenly.")
    }
    self.networks = networks
    attention = MultiHeadAttention(
      heads: heads, keyWidth: width / heads, outputWidth: width, bias: false)
    self.inputs = inputs
    self.samples = samples
    self.leastDeviation = leastDeviation
    self.leastLatentDeviation = leastLatentDeviation
  }

  /// The parameters of all networks, and of the attention as `attention/`.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = ParameterValues()
    for (name, network) in networks.named {
      parameters.append(network.initialParameters(key.folded(name)), as: name)
    }
    let (keys, values) = (networks.position.featureCount, networks.encoder.featureCount)
    parameters.append(
      attention.parameterDefinitions(queries: keys, keys: keys, values: values)
        .initialValues(key.folded("attention")), as: "attention")
    return parameters
  }

  /// What predictions need of the parameters; the support points as keys and values of attention,
  /// with their weights; and z `[samples, latents]` of the prior.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    let prior = latent(of: support, parameters)
    let count = context.choose(training: 1, adapting: samples)
    let noise = context.key.folded(0).normal([count, prior.mean.shape[0]])
    var adapted = Parameters()
    for name in ["position", "attention", "decoder"] {
      adapted.append(parameters.subtree(name), as: name)
    }
    adapted.append(seen(of: support, parameters), as: "support")
    adapted.append(.init(name: "latent", leaf: prior.mean + prior.deviation * noise))
    return adapted
  }

  /// Means and variances, for each z where there are several.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    let points = inputs.joined(self.inputs)
    let seen = attended(from: points, at: adapted.subtree("support"), adapted)
    return decoded(points, seen, latent: adapted["latent"], adapted)
  }

  /// The bound on the negative log-likelihood of all points; metrics are those of the queries with a
  /// z of the prior.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    let adapted = adapted(parameters, to: episode.support, context)
    let queries = Objective(
      predictions(for: episode.query.inputs, with: adapted), on: episode.query, context)
    let noise = context.key.folded(1).normal([networks.latentHead.featureCount / 2])
    return Objective(
      loss: bound(parameters, on: episode, noise: noise).loss, reportedLoss: queries.loss,
      metrics: queries.metrics)
  }
}

// MARK: Parts

extension AttentiveNeuralProcess {
  /// A normal latent variable, mean and deviation `[latents]`.
  package typealias Latent = (mean: Tensor, deviation: Tensor)

  /// What meta-training descends on, and what it is made of.
  package struct Bound {
    /// The negative log-likelihood and the divergence over points.
    package let loss: Tensor
    /// KL(posterior ‖ prior).
    package let divergence: Tensor
    /// What the support points say.
    package let prior: Latent
    /// What all points say.
    package let posterior: Latent
    /// What attention sees from all points.
    package let attended: Tensor
    /// What is predicted for all points.
    package let prediction: Prediction
  }

  /// The bound on support and query points, with z drawn by noise `[latents]` from the posterior.
  package func bound(_ parameters: Parameters, on episode: Episode, noise: Tensor) -> Bound {
    let all = Examples.joining(episode.support, episode.query)
    let points = all.inputs.joined(inputs)
    let prior = latent(of: episode.support, parameters)
    let posterior = latent(of: all, parameters)
    let seen = attended(from: points, at: seen(of: episode.support, parameters), parameters)
    let sample = (posterior.mean + posterior.deviation * noise).insertingAxis(at: 0)
    let prediction = decoded(points, seen, latent: sample, parameters)
    let divergence = divergence(of: posterior, from: prior)
    return Bound(
      loss: loss(of: prediction, on: all) + divergence / Double(all.targets.shape.elementCount),
      divergence: divergence, prior: prior, posterior: posterior, attended: seen,
      prediction: prediction)
  }

  /// KL(a ‖ b) of normal variables, summed over their components.
  private func divergence(of a: Latent, from b: Latent) -> Tensor {
    let squares = a.deviation.square() + (a.mean - b.mean).square()
    return ((b.deviation / a.deviation).log() + squares / b.deviation.square() * 0.5 - 0.5).sum()
  }

  /// What points say of the latent variable.
  private func latent(of points: Examples, _ parameters: Parameters) -> Latent {
    let each = networks.latentEncoder(
      points.pairs(inputs), parameters.subtree("latentEncoder"))
    let mean = points.mean(of: each).insertingAxis(at: 0)
    let outputs = networks.latentHead(mean, parameters.subtree("latentHead"))
    let (center, raw) = outputs.reshaped([-1]).halves
    return (center, raw.sigmoid() * (1 - leastLatentDeviation) + leastLatentDeviation)
  }

  /// The `keys` and `values` `[points, representation]` of support points, and their `weights`
  /// where they have any.
  private func seen(of support: Examples, _ parameters: Parameters) -> Parameters {
    let keys = networks.position(
      support.inputs.joined(inputs), parameters.subtree("position"))
    let values = networks.encoder(support.pairs(inputs), parameters.subtree("encoder"))
    var seen = Parameters(["keys": keys, "values": values])
    if let weights = support.weights { seen.append(.init(name: "weights", leaf: weights)) }
    return seen
  }

  /// What attention sees from each point: `[points, representation]`.
  private func attended(
    from points: Tensor, at support: Parameters, _ parameters: Parameters
  ) -> Tensor {
    let queries = networks.position(points, parameters.subtree("position"))
    let seen = attention.results(
      for: queries.insertingAxis(at: 0), keys: support["keys"].insertingAxis(at: 0),
      values: support["values"].insertingAxis(at: 0),
      mask: support.leaf(named: "weights").map { $0.reshaped([1, 1, 1, $0.shape[0]]) },
      parameters.subtree("attention"))
    return seen.reshaped([points.shape[0], -1])
  }

  /// What is predicted for points `[points, features]` with z `[samples, latents]`: samples have an
  /// axis in front where there are several.
  private func decoded(
    _ points: Tensor, _ seen: Tensor, latent: Tensor, _ parameters: Parameters
  ) -> Prediction {
    let (samples, count) = (latent.shape[0], points.shape[0])
    func all(_ tensor: Tensor, at axis: Int) -> Tensor {
      tensor.insertingAxis(at: axis).broadcast(to: [samples, count, tensor.shape[1]])
    }
    let rows = Tensor.concatenating(
      [all(seen, at: 0), all(latent, at: 1), all(points, at: 0)], along: 2)
    let outputs = networks.decoder(rows, parameters.subtree("decoder"))
    return Prediction(
      normal: samples == 1 ? outputs.reshaped([count, -1]) : outputs,
      leastDeviation: leastDeviation)
  }
}

extension AttentiveNeuralProcess {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "anp", "attentive neural process: looks at the points that are like one (Kim et al. 2019)"
  ) { (settings) throws(SettingsError) in
    let sizes = try NeuralProcessSizes(settings)
    let latents = try settings.integer(
      "latents", "The extent of the latent variable.", default: 128, in: 1...4096)
    let heads = try settings.integer(
      "heads", "How many look at the support points, each in its way.", default: 8, in: 1...256)
    guard sizes.representation % heads == 0 else {
      throw settings.error(
        "heads",
        "must divide \(settings.full("representation")), \(sizes.representation), not be \(heads)")
    }
    let samples = try settings.integer(
      "samples", "How many draws of the latent variable predictions are the mean of.",
      default: 10, in: 1...1000)
    return LearnerPlan(needs: LearnerNeeds(.ownNetwork, targets: [.numbers])) { parts in
      let inputs = parts.signature.inputs
      return AttentiveNeuralProcess(
        networks: Networks(
          points: inputs.reduce(0) { $0 + $1.shape.elementCount }, numbers: parts.outputCount,
          sizes, latents: latents),
        heads: heads, inputs: inputs, samples: samples, leastDeviation: sizes.leastDeviation)
    }
  }
}
