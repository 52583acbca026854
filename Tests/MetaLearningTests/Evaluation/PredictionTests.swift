import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `A prediction of several samples` {
  private func tensor(_ numbers: [Float], _ shape: Shape) -> Tensor {
    .literal(TensorValue(numbers, shape: shape))
  }

  private func doubles(_ tensor: Tensor) -> [Double] {
    ReferenceExecutor().evaluate([tensor])[0].elements
  }

  /// Values in single precision, as trained learners predict.
  private func floats(_ tensor: Tensor) -> [Double] {
    let execution = Runner(.init(threads: 1)).execution(of: Program([("value", tensor)]))
    execution.run()
    return execution.value("value").doubles
  }

  @Test func `of logits is the mean of probabilities`() {
    // Two samples of three queries, of two classes; logits are shifted, which changes nothing.
    let probabilities: [Float] = [0.9, 0.1, 0.25, 0.75, 1, 0, 0.5, 0.5, 0.25, 0.75, 0, 1]
    let logits =
      tensor(probabilities, [2, 3, 2]).log()
      + tensor([0, 7, -20, 3, 0, 50], [2, 3, 1])
    // The logarithm of 0 is -inf, of which a softmax is 0.
    let one = Prediction(logits, .logits).averaged()
    #expect(!one.isSampled && one.values.shape == [3, 2] && one.meaning == .logits)
    let expected = [0.7, 0.3, 0.25, 0.75, 0.5, 0.5]
    for computed in [doubles(one.values.exp()), floats(one.values.exp())] {
      for (found, expected) in zip(computed, expected) { #expect(abs(found - expected) < 1e-6) }
    }
  }

  @Test func `of numbers has the mean and the variance of the mixture`() throws {
    let values = tensor([1, 10, 3, 10], [2, 2, 1])
    let one = Prediction(
      values, .numbers, logVariance: tensor([0.5, 4, 1.5, 6], [2, 2, 1]).log()
    ).averaged()
    #expect(doubles(one.values) == [2, 10])
    // The mean of 0.5 and 1.5, and 1 for the means' distance from theirs; the mean of 4 and 6.
    let variance = doubles(try #require(one.logVariance).exp())
    #expect(abs(variance[0] - 2) < 1e-6 && abs(variance[1] - 5) < 1e-6)
    let spread = doubles(try #require(Prediction(values, .numbers).averaged().logVariance).exp())
    #expect(abs(spread[0] - 1) < 1e-6)
    #expect(spread[1] < 1e-9 && spread[1] > 0, "samples that agree have a finite logarithm")
  }

  @Test func `of numbers far from 0 keeps the digits of its variance`() throws {
    let one = Prediction(tensor([1000, 1000.5], [2, 1, 1]), .numbers).averaged()
    let variance = floats(try #require(one.logVariance).exp())
    #expect(abs(variance[0] - 0.0625) < 1e-5)
  }

  @Test func `of scores is their mean`() {
    let one = Prediction(tensor([1, 2, 3, 0, 5, 1], [2, 1, 3]), .scores).averaged()
    #expect(one.meaning == .scores && doubles(one.values) == [0.5, 3.5, 2])
  }

  @Test(arguments: [Prediction.Meaning.logits, .numbers, .scores])
  func `of one sample stays as it is`(_ meaning: Prediction.Meaning) {
    let values = tensor([1, 2], [1, 2])
    let one = Prediction(values, meaning, logVariance: values).averaged()
    #expect(one.values.identity == values.identity)
    #expect(one.logVariance?.identity == values.identity)
  }

  @Test func `has the loss of what its samples say together`() {
    let examples = Examples(
      inputs: Inputs(), targets: .literal(TensorValue([0] as [Int32], shape: [1])),
      target: .classes(2))
    let logits = tensor([0.9, 0.1, 0.5, 0.5], [2, 1, 2]).log()
    let found = doubles((-loss(of: Prediction(logits, .logits), on: examples)).exp())
    #expect(abs(found[0] - 0.7) < 1e-6, "not the mean of the samples' losses")
  }
}
