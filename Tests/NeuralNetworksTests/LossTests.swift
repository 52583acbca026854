import NeuralNetworks
import TensorPrograms
import Testing
import Tensors

@Suite struct LossTests {
  private let logits = literal([1, 2, 3, 0, -1, 4], [2, 3])
  private let targets = labels([2, 0])
  // log(e + e^2 + e^3) - 3 and log(1 + e^-1 + e^4).
  private let losses = [0.40760596444438013, 4.024744890138822]

  @Test func `cross-entropy is the mean of -log softmax of the labels`() {
    #expect(distance(evaluated(crossEntropies(logits, targets)), losses) < 1e-9)
    #expect(
      distance(evaluated(crossEntropy(logits, targets)), [(losses[0] + losses[1]) / 2]) < 1e-9)
  }

  @Test func `weights make a weighted mean`() {
    let weighted = crossEntropy(logits, targets, weights: literal([3, 1], [2]))
    #expect(distance(evaluated(weighted), [(3 * losses[0] + losses[1]) / 4]) < 1e-9)
    let one = crossEntropy(logits, targets, weights: literal([0, 2], [2]))
    #expect(distance(evaluated(one), [losses[1]]) < 1e-9)
  }

  @Test func `label smoothing mixes the losses of all classes in`() {
    let smooth = evaluated(crossEntropies(logits, targets, labelSmoothing: 0.3))
    // The mean loss over classes is the log-sum minus the mean logit.
    let spread = [losses[0] + 3 - 2, losses[1] + 0 - 1]
    #expect(distance(smooth, zip(losses, spread).map { 0.7 * $0 + 0.3 * $1 }) < 1e-9)
  }

  @Test func `large logits neither overflow nor lose the loss`() {
    let large = literal([1e4, -1e4, -1e4, 1e4], [2, 2])
    #expect(evaluated(crossEntropies(large, labels([0, 0]))) == [0, 2e4])
  }

  @Test func `logits with leading axes share the labels`() {
    let stacked = Tensor.concatenating([logits, logits * 2], along: 0).reshaped([2, 2, 3])
    let apart =
      evaluated(crossEntropies(logits, targets))
      + evaluated(crossEntropies(logits * 2, targets))
    #expect(distance(evaluated(crossEntropies(stacked, targets)), apart) < 1e-12)
  }

  @Test func `binary cross-entropy is its formula on the probabilities`() {
    let result = binaryCrossEntropy(
      literal([0, 2, -3, 50], [2, 2]), literal([1, 0, 1, 0], [2, 2]))
    // log 2, log(1 + e^2), log(1 + e^3), 50.
    let expected = (0.693147180559945 + 2.126928011042972 + 3.048587351573742 + 50) / 4
    #expect(distance(evaluated(result), [expected]) < 1e-9)
  }

  @Test func `squared errors are averaged over components and examples`() {
    let (found, wanted) = (literal([1, 2, 3, 4], [2, 2]), literal([1, 4, 0, 0], [2, 2]))
    #expect(evaluated(meanSquaredError(found, wanted)) == [29.0 / 4])
    let weighted = meanSquaredError(found, wanted, weights: literal([3, 1], [2]))
    #expect(evaluated(weighted) == [4.625])
    let vectors = meanSquaredError(literal([1, 2], [2]), literal([0, 4], [2]))
    #expect(evaluated(vectors) == [2.5])
  }

  @Test func `the Huber loss is quadratic near the target and linear beyond`() {
    let differences = [-3, -0.5, 0, 0.5, 1, 4] as [Double]
    let result = differences.map { evaluated(huber(literal([$0], [1]), literal([0], [1]))) }
    #expect(result == [[2.5], [0.125], [0], [0.125], [0.5], [3.5]])
    let wide = huber(literal([3], [1]), literal([0], [1]), threshold: 2)
    #expect(evaluated(wide) == [4])
  }

  @Test func `absolute errors are averaged over components and examples`() {
    let (found, wanted) = (literal([1, 2, 3, 4], [2, 2]), literal([1, 4, 0, 0], [2, 2]))
    #expect(evaluated(meanAbsoluteError(found, wanted)) == [9.0 / 4])
    let weighted = meanAbsoluteError(found, wanted, weights: literal([3, 1], [2]))
    #expect(evaluated(weighted) == [1.625])
  }

  @Test func `the normal likelihood is that of the density`() {
    let loss = gaussianNegativeLogLikelihood(
      mean: literal([0, 1], [2]), logVariance: literal([0, 2], [2]), literal([0, 3], [2]))
    // log √2π, and log √2π + 1 + 2² e^-2 / 2.
    let expected = 0.918938533204673 + (1 + 2 * 0.135335283236613) / 2
    #expect(distance(evaluated(loss), [expected]) < 1e-9)
  }

  @Test func `the likelihood of Laplace is that of the density`() {
    let loss = laplaceNegativeLogLikelihood(
      mean: literal([0, 1], [2]), logVariance: literal([0, 2], [2]), literal([0, 3], [2]))
    // log 2b with b = √½, and log 2b + 2 / b with b = e √½.
    let expected = (0.346573590279973 + 1.346573590279973 + 1.040520190045778) / 2
    #expect(distance(evaluated(loss), [expected]) < 1e-9)
  }

  @Test(arguments: 0..<9)
  func `a loss's first and second derivatives are those of differences`(_ row: Int) {
    let inputs = Tensor.input("inputs", shape: [4, 3])
    let weights = Tensor.input("weights", shape: [4])
    let classes = labels([2, 0, 1, 1])
    let real = literal((0..<12).map { Double($0 % 5) / 4 }, [4, 3])
    let loss = [
      crossEntropy(inputs, classes), crossEntropy(inputs, classes, labelSmoothing: 0.1),
      crossEntropy(inputs, classes, weights: weights), binaryCrossEntropy(inputs, real),
      meanSquaredError(inputs, real, weights: weights), huber(inputs, real, threshold: 0.7),
      meanAbsoluteError(inputs, real, weights: weights),
      gaussianNegativeLogLikelihood(mean: inputs, logVariance: inputs.sine(), real),
      laplaceNegativeLogLikelihood(mean: inputs, logVariance: inputs.sine(), real),
    ][row]
    let point = [
      "inputs": normalValue([4, 3], RandomKey(seed: 1)),
      "weights": ReferenceValue(shape: [4], [1, 0.5, 2, 0.25]),
    ]
    let check = DerivativeCheck(loss: loss, variables: [inputs, weights], point: point)
    #expect(check.firstOrderError() < 1e-6)
    #expect(check.secondOrderError() < 1e-6)
  }
}
