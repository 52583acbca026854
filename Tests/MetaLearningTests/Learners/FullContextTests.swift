import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `Full context embeddings` {
  private let embedding = FullContextEmbedding(featureCount: 2, steps: 3)

  private func tensor(_ numbers: [Double], _ shape: Shape) -> Tensor {
    .literal(TensorValue(numbers.map(Float.init), shape: shape))
  }

  /// The three readers, whose weights are zero but for those given.
  private func parameters(_ given: [String: [Double]] = [:]) -> Parameters {
    Parameters(
      [("forward", 1), ("backward", 1), ("attention", 2)].flatMap { name, inputs in
        [
          ("inputWeight", [2 * inputs, 8] as Shape), ("recurrentWeight", [2, 8]), ("bias", [8]),
        ].map { part, shape in
          let count = shape.elementCount
          let numbers = given["\(name).\(part)"] ?? [Double](repeating: 0, count: count)
          return .init(name: "\(name).\(part)", leaf: tensor(numbers, shape))
        }
      })
  }

  private func evaluated(_ tensor: Tensor) -> [Double] {
    ReferenceExecutor(laneCount: 1).evaluate([tensor], values: [:])[0].elements
  }

  @Test func `change nothing where readers say nothing`() {
    let features = tensor([1, 2, 3, 4, 5, 6], [3, 2])
    let support = embedding.support(features, weights: nil, parameters())
    #expect(evaluated(support) == [1, 2, 3, 4, 5, 6])
    let queries = tensor([0.5, -1], [1, 2])
    #expect(
      evaluated(
        embedding.queries(queries, among: support, weights: tensor([1, 1, 1], [3]), parameters()))
        == [0.5, -1])
  }

  @Test func `read the support set from both ends`() {
    // Biases alone drive the cells, so that a state tells how many steps were made: with input and
    // output gates open, and the forget gate too, a cell counts.
    let gates: [Double] = [50, 50, 50, 50, 0.1, 0.1, 50, 50]
    let none = tensor([0, 0, 0, 0, 0, 0], [3, 2])
    let count = (1...3).map { tanhOf(Double($0) * tanhOf(0.1)) }
    let forward = evaluated(
      embedding.support(none, weights: nil, parameters(["forward.bias": gates])))
    expectClose(forward, count.flatMap { [$0, $0] })
    let backward = evaluated(
      embedding.support(none, weights: nil, parameters(["backward.bias": gates])))
    expectClose(backward, count.reversed().flatMap { [$0, $0] })
  }

  @Test(arguments: ["forward", "backward"])
  func `leave what is read of an example with that example`(_ reader: String) {
    // A cell of its own step alone: what is read comes back at its own place.
    var weight = [Double](repeating: 0, count: 2 * 8)
    weight[4] = 1
    weight[8 + 5] = 1
    let found = evaluated(
      embedding.support(
        tensor([1, 2, 3, 4, 5, 6].map { $0 / 10 }, [3, 2]), weights: nil,
        parameters([
          "\(reader).inputWeight": weight,
          "\(reader).bias": [50, 50, -50, -50, 0, 0, 50, 50],
        ])))
    expectClose(found, (1...6).map { Double($0) / 10 + tanhOf(tanhOf(Double($0) / 10)) })
  }

  @Test func `let a query see what it is like`() {
    // The reader passes on what was recalled: a cell of its own step alone, tanh of r.
    var weight = [Double](repeating: 0, count: 4 * 8)
    weight[2 * 8 + 4] = 0.01
    weight[3 * 8 + 5] = 0.01
    let reader = parameters([
      "attention.inputWeight": weight,
      "attention.bias": [50, 50, -50, -50, 0, 0, 50, 50],
    ])
    let support = tensor([100, 0, 0, 100], [2, 2])
    let found = evaluated(
      embedding.queries(
        tensor([1, 0, 0, 1], [2, 2]), among: support, weights: tensor([1, 1], [2]), reader))
    // The first step recalls the mean; from then on all of the support example most like it.
    let seen = 1 + tanhOf(tanhOf(1))
    expectClose(found, [seen, 0, 0, seen])
  }

  @Test func `let a query see the mean of all in its first step`() {
    var weight = [Double](repeating: 0, count: 4 * 8)
    weight[2 * 8 + 4] = 1
    weight[3 * 8 + 5] = 1
    let reader = parameters([
      "attention.inputWeight": weight,
      "attention.bias": [50, 50, -50, -50, 0, 0, 50, 50],
    ])
    let found = evaluated(
      FullContextEmbedding(featureCount: 2, steps: 1).queries(
        tensor([1, 0], [1, 2]), among: tensor([0.2, 0, 0.4, 0.8], [2, 2]),
        weights: tensor([1, 1], [2]),
        reader))
    expectClose(found, [1 + tanhOf(tanhOf(0.3)), tanhOf(tanhOf(0.4))])
  }

  @Test func `pass over examples that weigh nothing`() {
    let gates: [Double] = [50, 50, 50, 50, 0.1, 0.1, 50, 50]
    let readers = parameters(["forward.bias": gates, "backward.bias": gates])
    func seen(_ rows: [Double], _ count: Int, weights: [Double]) -> [Double] {
      let weights = tensor(weights, [count])
      let support = embedding.support(
        tensor(rows, [count, 2]), weights: weights, readers)
      return evaluated(support)
        + evaluated(
          embedding.queries(tensor([9, 9], [1, 2]), among: support, weights: weights, readers))
    }
    let all = seen([1, 2, 90, 90, 3, 4], 3, weights: [1, 0, 1])
    expectClose(
      Array(all[..<2] + all[4...]), seen([1, 2, 3, 4], 2, weights: [1, 1]))
  }

  private func tanhOf(_ number: Double) -> Double {
    evaluated(Tensor.fill(number, shape: [1]).tanh())[0]
  }

  private func expectClose(_ found: [Double], _ expected: [Double]) {
    #expect(found.count == expected.count)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(found), \(expected)")
  }
}
