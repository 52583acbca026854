public import NeuralNetworks
import Tensors

extension AttentiveNeuralProcess {
  /// The networks of a process.
  public struct Networks: Sendable {
    /// Maps a point and its numbers to what attention sees.
    public var encoder: Network
    /// Maps a point to what attention compares.
    public var position: Network
    /// Maps a point and its numbers to what tells of the latent variable.
    public var latentEncoder: Network
    /// Maps the mean of these to mean and raw deviation of the latent variable.
    public var latentHead: Network
    /// Maps r(x), z and x to mean and raw deviation.
    public var decoder: Network

    /// Puts networks together.
    public init(
      encoder: Network, position: Network, latentEncoder: Network, latentHead: Network,
      decoder: Network
    ) {
      self.encoder = encoder
      self.position = position
      self.latentEncoder = latentEncoder
      self.latentHead = latentHead
      self.decoder = decoder
    }

    /// Each with its name among parameters.
    var named: [(name: String, network: Network)] {
      [
        ("encoder", encoder), ("position", position), ("latentEncoder", latentEncoder),
        ("latentHead", latentHead), ("decoder", decoder),
      ]
    }
  }
}

extension AttentiveNeuralProcess.Networks {
  /// Dense networks for points of so many features and numbers.
  init(points: Int, numbers: Int, _ sizes: NeuralProcessSizes, latents: Int) {
    let width = sizes.representation
    let encoder = multilayerPerceptron(
      inputs: [points + numbers], hidden: sizes.encoderHidden, outputs: width)
    self.init(
      encoder: encoder,
      position: multilayerPerceptron(inputs: [points], hidden: [width], outputs: width),
      latentEncoder: encoder,
      latentHead: multilayerPerceptron(
        inputs: [width], hidden: [(width + latents) / 2], outputs: 2 * latents),
      decoder: multilayerPerceptron(
        inputs: [width + latents + points], hidden: sizes.decoderHidden, outputs: 2 * numbers))
  }
}
