import NeuralNetworks
import TensorPrograms
import Testing
import Tensors

@Suite struct CausalLayerTests {
  private static let layers: [any CausalLayer] = [
    CausalConvolution(filters: 3, dilation: 1), CausalConvolution(filters: 3, dilation: 3),
    CausalConvolution(filters: 3, dilation: 5),
    MultiHeadAttention(heads: 2, keyWidth: 3, valueWidth: 2, causal: true),
    MultiHeadAttention(heads: 2, keyWidth: 3, outputWidth: 5, causal: true, bias: false),
  ]

  @Test(arguments: layers.indices)
  func `what comes next is the end of the longer sequence`(index: Int) throws {
    let layer = Self.layers[index]
    let initial = try layer.initialParameters(
      for: [InputDescription("inputs", shape: [4, 2])], key: RandomKey(seed: 1))
    let parameters = initial.map { Tensor.literal($0) + 0.1 }
    let past = normalValue([1, 3, 2], RandomKey(seed: 2))
    let rows = normalValue([2, 2], RandomKey(seed: 3))
    let point = ["past": past, "rows": rows]
    let pastTensor = Tensor.input("past", shape: [1, 3, 2])
    let rowTensor = Tensor.input("rows", shape: [2, 2])
    let next = evaluated(
      layer.next(rowTensor, after: pastTensor.reshaped([3, 2]), parameters), point)
    var ends: [Double] = []
    for row in 0..<2 {
      var context = NetworkContext()
      let longer = Tensor.concatenating(
        [pastTensor, rowTensor.slice(along: 0, from: row, to: row + 1).insertingAxis(at: 0)],
        along: 1)
      let whole = layer([longer], parameters, &context)
      ends += evaluated(whole.slice(along: 1, from: 3, to: 4), point)
    }
    #expect(distance(next, ends) < 1e-12)
  }
}
