import NeuralNetworks
import TensorPrograms
import Testing
import Tensors

@Suite struct LayerValueTests {
  private func apply(_ layer: any Layer, _ inputs: Tensor, _ parameters: Parameters) -> [Double] {
    var context = NetworkContext()
    return evaluated(layer([inputs], parameters, &context))
  }

  @Test func `dense is x W + b`() {
    let result = apply(
      Dense(units: 2), literal([1, 2, 3, 4], [2, 2]),
      Parameters(["weight": literal([1, 0, 2, -1], [2, 2]), "bias": literal([10, 20], [2])]))
    #expect(result == [15, 18, 21, 16])
  }

  @Test func `FiLM scales and shifts each channel as the second value says`() {
    let parameters = Parameters([
      "scale.weight": literal([1, -1], [1, 2]), "scale.bias": literal([1, 10], [2]),
      "offset.weight": literal([0, 3], [1, 2]), "offset.bias": literal([5, 0], [2]),
    ])
    var context = NetworkContext()
    let result = FiLM()(
      [literal([1, 2, 3, 4, 1, 2, 3, 4], [2, 2, 2]), literal([2, 0], [2, 1])], parameters,
      &context)
    #expect(evaluated(result) == [8, 22, 14, 38, 6, 20, 8, 40])
  }

  @Test func `dense with a leading axis of weights is one layer for each`() {
    let inputs = literal([1, 2, 3, 4, 5, 6], [3, 2])
    let weight = literal([1, 0, 2, -1, 3, 1, 1, 1], [2, 2, 2])
    let bias = literal([10, 20, 30, 40], [2, 2])
    let together = apply(
      Dense(units: 2), inputs, Parameters(["weight": weight, "bias": bias]))
    let apart = (0..<2).flatMap { index in
      func part(_ tensor: Tensor, _ shape: Shape) -> Tensor {
        tensor.slice(along: 0, from: index, to: index + 1).reshaped(shape)
      }
      return apply(
        Dense(units: 2), inputs,
        Parameters(["weight": part(weight, [2, 2]), "bias": part(bias, [2])]))
    }
    #expect(together == apart)
  }

  @Test func `convolution is a cross-correlation whose spare zero comes last`() {
    // One row of pictures, a window that names its columns by powers of ten.
    let weight = literal([0, 0, 0, 100, 10, 1, 0, 0, 0], [3, 3, 1, 1])
    let inputs = literal([1, 2, 3, 4], [1, 1, 4, 1])
    func result(_ layer: Conv2D) -> [Double] {
      apply(layer, inputs, Parameters(["weight": weight, "bias": literal([0.5], [1])]))
    }
    #expect(result(Conv2D(filters: 1)) == [12.5, 123.5, 234.5, 340.5])
    #expect(result(Conv2D(filters: 1, stride: 2)) == [123.5, 340.5])
  }

  @Test(arguments: [
    (Activation.relu, [0, 0, 1.5]), (.leakyRelu(slope: 0.1), [-0.2, 0, 1.5]),
    (.tanh, [-0.964027580075817, 0, 0.905148253644866]),
    (.sigmoid, [0.119202922022118, 0.5, 0.817574476193644]),
    (.gelu, [-0.045500263896358, 0, 1.399789198096713]),
  ])
  func `an activation is its formula`(_ activation: Activation, _ expected: [Double]) {
    let result = apply(activation, literal([-2, 0, 1.5], [1, 3]), Parameters())
    #expect(distance(result, expected) < 1e-12)
  }

  @Test func `pooling drops rows and columns that fill no window`() {
    let inputs = literal((1...15).map(Double.init), [1, 3, 5, 1])
    #expect(apply(Pool(.maximum), inputs, Parameters()) == [7, 9])
    #expect(apply(Pool(.average), inputs, Parameters()) == [4, 6])
    #expect(distance(apply(GlobalAveragePool(), inputs, Parameters()), [8]) < 1e-12)
    #expect(apply(Flatten(), inputs, Parameters()) == (1...15).map(Double.init))
  }

  @Test func `an embedding looks tokens up`() {
    let tokens = Tensor.literal(TensorValue([2, 0, 7] as [Int32], shape: [3]))
    let table = Parameters(["weight": literal([1, 2, 3, 4, 5, 6], [3, 2])])
    #expect(apply(Embedding(tokens: 3, width: 2), tokens, table) == [5, 6, 1, 2, 0, 0])
  }

  @Test func `dropout keeps its part and the mean, and draws anew for each layer`() {
    let words = Tensor.literal(TensorValue([1, 2] as [UInt32], shape: [2]))
    var context = NetworkContext(key: SymbolicKey(words: words))
    let layer = Dropout(rate: 0.25)
    let ones = Tensor.fill(1, shape: [1, 4000])
    let first = evaluated(layer(ones, Parameters(), &context))
    let second = evaluated(layer(ones, Parameters(), &context))
    for result in [first, second] {
      let kept = result.filter { $0 != 0 }
      #expect(distance(kept, [Double](repeating: 4.0 / 3, count: kept.count)) < 1e-12)
      #expect(abs(Double(kept.count) / 4000 - 0.75) < 0.03)
    }
    #expect(first != second)
    var again = NetworkContext(key: SymbolicKey(words: words))
    #expect(evaluated(layer(ones, Parameters(), &again)) == first)
    var without = NetworkContext()
    #expect(evaluated(layer(ones, Parameters(), &without)) == evaluated(ones))
  }
  @Test func `a dropout of squares drops whole squares, about its part, and keeps the mean`() {
    let words = Tensor.literal(TensorValue([1, 2] as [UInt32], shape: [2]))
    var context = NetworkContext(key: SymbolicKey(words: words))
    let (count, side, square) = (60, 9, 3)
    let ones = Tensor.fill(1, shape: [count, side, side, 2])
    let found = evaluated(DropBlock(rate: 0.2, size: square)(ones, Parameters(), &context))
    #expect(abs(found.reduce(0, +) / Double(found.count) - 1) < 1e-3)
    let dropped = found.filter { $0 == 0 }.count
    // Squares may lie over each other, so that less is dropped than asked for.
    #expect((0.12...0.2).contains(Double(dropped) / Double(found.count)))
    func isDropped(_ picture: Int, _ row: Int, _ column: Int, _ channel: Int) -> Bool {
      found[((picture * side + row) * side + column) * 2 + channel] == 0
    }
    let starts = 0...(side - square)
    for picture in 0..<count {
      for (row, column) in (0..<side).flatMap({ row in (0..<side).map { (row, $0) } })
      where isDropped(picture, row, column, 0) {
        let isInSquare = starts.contains { top in
          (top..<top + square).contains(row)
            && starts.contains { left in
              (left..<left + square).contains(column)
                && (top..<top + square).allSatisfy { row in
                  (left..<left + square).allSatisfy { isDropped(picture, row, $0, 0) }
                }
            }
        }
        #expect(isInSquare)
      }
    }
    var without = NetworkContext()
    #expect(
      evaluated(DropBlock(rate: 0.2)(ones, Parameters(), &without)) == evaluated(ones))
  }
}
