import MetaTasks
import Settings
import Tensors

// What neural processes have in common: points with their numbers, means over them, and numbers
// that are predicted with a variance.

extension NamedTree where Leaf == Tensor {
  /// Inputs `[n, ...]` beside one another as `[n, features]`, in the order of their descriptions.
  func joined(_ descriptions: [InputDescription]) -> Tensor {
    let flat = descriptions.map { input in
      let value = self[input.name]
      return value.reshaped([value.shape[0], input.shape.elementCount])
    }
    return flat.count == 1 ? flat[0] : Tensor.concatenating(flat, along: 1)
  }
}

extension Examples {
  /// What is seen of each example and its numbers: `[n, features + numbers]`.
  func pairs(_ inputs: [InputDescription]) -> Tensor {
    Tensor.concatenating([self.inputs.joined(inputs), targets], along: 1)
  }
}

extension Tensor {
  /// The two halves of the last axis.
  var halves: (first: Tensor, second: Tensor) {
    let count = shape[-1] / 2
    return (
      slice(along: -1, from: 0, to: count), slice(along: -1, from: count, to: 2 * count)
    )
  }
}

extension Prediction {
  /// Numbers with a variance, from outputs `[..., 2 · numbers]`: means, and then what gives
  /// deviations σ₀ + (1 - σ₀) softplus(raw), where σ₀ is the least.
  init(normal outputs: Tensor, leastDeviation: Double) {
    let (mean, raw) = outputs.halves
    let deviation = raw.softplus() * (1 - leastDeviation) + leastDeviation
    self.init(mean, .numbers, logVariance: deviation.log() * 2)
  }
}

/// How large the networks of a neural process are.
struct NeuralProcessSizes {
  let encoderHidden: [Int]
  let representation: Int
  let decoderHidden: [Int]
  let leastDeviation: Double

  init(_ settings: SettingsSection) throws(SettingsError) {
    encoderHidden = try settings.integers(
      "encoderHidden", "Units of the encoder's hidden layers.", default: [128, 128, 128],
      in: 1...4096, count: 1...16)
    representation = try settings.integer(
      "representation", "The extent of the representation.", default: 128, in: 1...4096)
    decoderHidden = try settings.integers(
      "decoderHidden", "Units of the decoder's hidden layers.", default: [128, 128],
      in: 1...4096, count: 1...16)
    leastDeviation = try settings.number(
      "leastDeviation", "The smallest deviation that is predicted.", default: 0.1,
      .within(1e-6...1))
  }
}
