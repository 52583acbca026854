import TensorPrograms
import Tensors
import Testing

@Suite struct BatchTilingTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let pictures: Shape
    var filters = 64
    var stride = 1
    var pools = true
    var innerSteps = 0
    /// Whether the most memory is taken where a value has memory for one tile.
    var holdsLess = true
    /// The same of threads that each have a partition of the pictures.
    var holdsLessPartitioned = false
  }

  static let cases = [
    Case(testDescription: "one channel, pooled", pictures: [19, 28, 28, 1]),
    Case(
      testDescription: "enough pictures for partitions", pictures: [33, 28, 28, 1],
      holdsLessPartitioned: true
    ),
    Case(
      testDescription: "partitions of strided pictures", pictures: [48, 40, 40, 1], stride: 2,
      pools: false, innerSteps: 1, holdsLess: false),
    Case(
      testDescription: "one channel, pooled, a gradient through a step",
      pictures: [7, 28, 28, 1], innerSteps: 1),
    Case(
      testDescription: "sums that are as many as pictures would be", pictures: [4, 40, 40, 1],
      holdsLess: false),
    Case(
      testDescription: "three channels, strided", pictures: [21, 42, 42, 3], filters: 48, stride: 2,
      pools: false, innerSteps: 1, holdsLess: false),
    Case(
      testDescription: "twelve channels", pictures: [23, 26, 26, 12], filters: 32, holdsLess: false),
    Case(
      testDescription: "filters that share a line of sums", pictures: [21, 42, 42, 1], filters: 24,
      pools: false),
    Case(
      testDescription: "windows that leave a border", pictures: [9, 31, 29, 2], filters: 80),
  ]

  @Test(arguments: cases)
  func `gives the bits of whole steps, and holds less`(_ row: Case) {
    let outputs = row.outputs
    let program = Program(outputs, laneCount: 1)
    let values = row.values
    func results(
      _ kernels: KernelSet, threads: Int, tilesBatches: Bool = true
    ) -> (values: [TensorValue], bytes: Int) {
      var configuration = Runner.Configuration(threads: threads, kernels: kernels)
      configuration.tilesBatches = tilesBatches
      let execution = Runner(configuration).execution(of: program)
      for (name, value) in values { execution.set(name, value) }
      execution.run()
      execution.run()
      return (outputs.map { execution.value($0.name) }, execution.byteCount)
    }
    for kernels in KernelSet.available where kernels.name != "portable" {
      let whole = results(kernels, threads: 1, tilesBatches: false)
      for threads in 2...4 {
        let partitioned = results(kernels, threads: threads)
        #expect(partitioned.values == whole.values, "\(kernels.name), \(threads) threads")
        if row.holdsLessPartitioned { #expect(partitioned.bytes < whole.bytes, "\(kernels.name)") }
      }
      let tiled = results(kernels, threads: 1)
      #expect(tiled.values == whole.values, "\(kernels.name)")
      if row.holdsLess { #expect(tiled.bytes < whole.bytes, "\(kernels.name)") }
    }
  }

  @Test func `leaves memory that other steps of a tile still read`() {
    let pictures = Tensor.input("x", shape: [4, 64, 64, 16], .perLane)
    let weights = matrixProduct(
      Tensor.input("a", shape: [256, 1], .perLane), Tensor.input("b", shape: [1, 16], .perLane)
    ).reshaped([4, 4, 16, 16])
    let result = pictures.convolved(with: weights)
    let later = weights - Tensor.input("d", shape: [4, 4, 16, 16], .perLane)
    let outputs: [(name: String, tensor: Tensor)] = [
      ("result", result),
      ("sums", later.sum(along: [0, 1, 2]) + result.relu().sum(along: [0, 1, 2])),
      ("later", pictures.convolved(with: later).sum()),
    ]
    let program = Program(outputs, laneCount: 1)
    let key = RandomKey(seed: 3)
    func results(tilesBatches: Bool) -> [TensorValue] {
      var configuration = Runner.Configuration(threads: 1)
      configuration.tilesBatches = tilesBatches
      let execution = Runner(configuration).execution(of: program)
      for (index, input) in program.inputs.enumerated() {
        execution.set(input.name, key.folded(index).value(Shape([1] + input.shape.dimensions)))
      }
      execution.run()
      return outputs.map { execution.value($0.name) }
    }
    #expect(results(tilesBatches: true) == results(tilesBatches: false))
  }
}

extension BatchTilingTests.Case {
  fileprivate var start: Parameters {
    var start = Parameters()
    let filters = filters
    start.append(.init(name: "first", leaf: .input("first", shape: [3, 3, pictures[-1], filters])))
    start.append(.init(name: "second", leaf: .input("second", shape: [3, 3, filters, filters])))
    return start
  }

  /// A loss after some inner steps and its gradient.
  fileprivate var outputs: [(name: String, tensor: Tensor)] {
    let x = Tensor.input("x", shape: pictures, .perLane)
    let start = start
    let fast = repeated(innerSteps, from: start.perLane()) { fast, _ in
      fast.zip(gradient(of: loss(x, fast), withRespectTo: fast)) { $0 - 0.1 * $1 }
    }
    let total = sumOverLanes(loss(x, fast))
    let gradients = gradient(of: total, withRespectTo: start).leaves
    return [("total", total)] + gradients.enumerated().map { ("\($0)", $1) }
  }

  fileprivate var values: [String: TensorValue] {
    let key = RandomKey(seed: 7)
    var values = ["x": key.folded(0).value(Shape([1] + pictures.dimensions))]
    for (index, entry) in start.entries.enumerated() {
      values[entry.name] = key.folded(index + 1).value(entry.leaf.shape)
    }
    return values
  }

  private func loss(_ x: Tensor, _ weights: Parameters) -> Tensor {
    let first = block(x.convolved(with: weights["first"], stride: stride))
    return block(first.convolved(with: weights["second"], stride: stride)).square().mean()
  }

  private func block(_ x: Tensor) -> Tensor {
    let rows = x.reshaped([-1, x.shape[-1]])
    let centred = rows - rows.mean(along: [0], keepingAxes: true)
    let variance = centred.square().mean(along: [0], keepingAxes: true)
    let result = (centred * (variance + 1e-5).reciprocalSquareRoot()).relu().reshaped(x.shape)
    return pools ? result.maximumPooled() : result
  }
}

extension RandomKey {
  /// Numbers from -1 to 1.
  fileprivate func value(_ shape: Shape) -> TensorValue {
    TensorValue(uniform(count: shape.elementCount).map { 2 * $0 - 1 }, shape: shape)
  }
}
