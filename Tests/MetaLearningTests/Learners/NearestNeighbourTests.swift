import MetaLearning
import MetaTasks
import TensorPrograms
import Tensors
import Testing

@Suite struct `The nearest neighbour` {
  private let support = ExampleValues(
    inputs: NamedTree(["inputs": TensorValue([0, 2] as [Float], shape: [2, 1])]),
    targets: TensorValue([0, 1] as [Int32], shape: [2]), target: .classes(2))

  private func logits(_ queries: [Float]) -> [[Float]] {
    Predictor(
      learner: RawNearestNeighbours(), parameters: ParameterValues(), support: support,
      key: RandomKey(words: (1, 2)), runner: Runner(.init(threads: 1))
    ).predictions(
      NamedTree(["inputs": TensorValue(queries, shape: [queries.count, 1])])
    ).values.asRows
  }

  @Test func `is two where they are as near but for rounding`() {
    let rows = logits([1, 1.00001, 1.01, 0.9])
    for row in rows.prefix(2) { #expect(abs(row[0] - row[1]) < 1e-3) }
    #expect(rows[2][1] > rows[2][0] + 10)
    #expect(rows[3][0] > rows[3][1] + 10)
  }
}
