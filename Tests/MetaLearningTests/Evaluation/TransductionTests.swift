import MetaLearning
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

/// Queries that help each other, against values of another program in double precision.
@Suite struct `Queries classed together` {
  private static let queries: [Float] = [0, 0, 1, 0, 0.5, 1.5, 4, 4, 5, 3, 2.4, 2]

  /// The logits of queries of two numbers by prototypes of two and one examples.
  private func logits(_ transduction: Transduction) -> [Double] {
    let features = Tensor.literal(TensorValue(Self.queries, shape: [6, 2]))
    let prototypes = Tensor.literal(TensorValue([0.5, 0.5, 4.5, 4] as [Float], shape: [2, 2]))
    let counts = Tensor.literal(TensorValue([2, 1] as [Float], shape: [2]))
    return ReferenceExecutor().evaluate(
      [transduction.logits(features, prototypes, counts: counts)])[0].elements
  }

  private func expect(_ found: [Double], _ expected: [Double]) {
    #expect(found.count == expected.count)
    for (found, expected) in zip(found, expected) { #expect(abs(found - expected) < 1e-5) }
  }

  @Test func `move prototypes towards them`() {
    expect(
      logits(Transduction(.softKMeans, steps: 2)),
      [
        -1.181849, -33.047901, -0.582636, -25.135576, -0.672648, -20.196113, -20.892746, -0.343600,
        -22.766596, -0.695025, -4.157612, -6.890820,
      ])
  }

  @Test func `ask their neighbours`() {
    expect(
      logits(Transduction(.laplacian, steps: 2, neighbourWeight: 1.5, neighbours: 2)),
      [
        2.500000, -36.250000, 3.195680, -28.195680, 2.695680, -22.195680, -23.804320, 1.304320,
        -25.804320, 0.304320, -4.360000, -6.910000,
      ])
  }

  @Test func `do nothing for each other unless told to`() {
    expect(Array(logits(.none).prefix(2)), [-0.5, -36.25])
  }
}
