import TensorPrograms
import Tensors
import Testing

@Suite struct FusionTests {
  private let x = Tensor.input("x", shape: [8, 16])

  @Test func `fuses elementwise work with its broadcasts and sums`() {
    let row = Tensor.input("r", shape: [1, 16])
    let centred = x - row
    let outputs = [centred.square().sum(along: [0]), (centred * 2).relu(), centred.sum(along: [0])]
    #expect(PassFamily.kindCounts(outputs) == ["rowProgram": 1])
  }

  @Test func `keeps numbers of values that cannot be fused`() {
    // The same value by rows in one place and by columns in another, and between axes.
    let pair = Tensor.input("p", shape: [4, 1, 5])
    let wide = pair.broadcast(to: [4, 3, 5])
    let output = wide.exp() * Tensor.input("q", shape: [1, 3, 1]).broadcast(to: [4, 3, 5])
    let inputs: [String: TensorValue] = [
      "p": TensorValue((0..<20).map { Float($0) / 20 }, shape: [4, 1, 5]),
      "q": TensorValue([1, 2, 3] as [Float], shape: [1, 3, 1]),
    ]
    let execution = Runner(.init(threads: 1)).execution(of: Program([("o", output)]))
    for (name, value) in inputs { execution.set(name, value) }
    execution.run()
    let expected = ReferenceExecutor().evaluate([output], values: inputs)[0].elements
    for (got, wanted) in zip(execution.value("o").doubles, expected) {
      #expect(abs(got - wanted) < 1e-5)
    }
  }

  @Test(arguments: [6, 12, 30])
  func `splits what reads more constants than a program has room for`(_ pieces: Int) {
    let steps = (0..<pieces).reduce(x) { below, piece in
      select(
        x.isLess(than: .fill(Double(piece), shape: x.shape)),
        .fill(Double(piece) + 0.5, shape: x.shape), below)
    }
    let values = TensorValue((0..<128).map { Float($0) / 4 }, shape: [8, 16])
    let execution = Runner().execution(of: Program([("o", steps), ("s", steps.sum(along: [1]))]))
    execution.set("x", values)
    execution.run()
    let expected = ReferenceExecutor().evaluate([steps], values: ["x": values])[0].elements
    #expect(execution.value("o").doubles == expected)
  }

  @Test(arguments: PassFamily.rows)
  func `leaves fewer steps and does not raise the planned peak`(_ row: PassFamily.Row) {
    let graph = Rewriting.graph(of: row.outputs, laneCount: row.laneCount)
    let fused = Fusion.fused(graph)
    #expect(fused.steps.count < graph.steps.count)
    #expect(
      Ordering.peak(Ordering.ordered(fused)) <= Ordering.peak(Ordering.ordered(graph)))
  }

  @Test(arguments: PassFamily.rows)
  func `leaves no program an output that nobody reads`(_ row: PassFamily.Row) {
    let graph = Fusion.fused(Rewriting.graph(of: row.outputs, laneCount: row.laneCount))
    let read = Set(graph.steps.flatMap(\.inputs) + graph.outputs)
    for step in graph.steps {
      guard case .rowProgram(let program) = step.kind else { continue }
      for (output, kind) in zip(step.outputs, program.outputs)
      where kind.access != .windowLargest && kind.access != .windowPosition {
        #expect(read.contains(output), "\(step.scope)")
      }
    }
  }

  @Test func `joins no gathering with positions in other windows`() {
    let pictures = Tensor.input("p", shape: [1, 5, 5, 1])
    func window(_ size: Int) -> WindowGeometry {
      WindowGeometry(
        height: size, width: size, stride: 2, padding: .valid, pictureHeight: 5, pictureWidth: 5)
    }
    let positions = Tensor(.windowIndex(window(2)), [pictures])
    let gathered = Tensor(.windowGather(window(3)), [pictures, positions])
    let execution = Runner(.init(threads: 1)).execution(of: Program([("o", gathered)]))
    let numbers = TensorValue((1...25).map(Float.init), shape: [1, 5, 5, 1])
    execution.set("p", numbers)
    execution.run()
    let expected = ReferenceExecutor().evaluate([gathered], values: ["p": numbers])[0].elements
    #expect(execution.value("o").doubles == expected)
  }

  @Test func `pools within the program that makes what is pooled`() {
    let pictures = Tensor.input("p", shape: [3, 6, 6, 16])
    let row = Tensor.input("r", shape: [16])
    let pooled = (pictures * row).maximumPooled()
    let graph = Fusion.fused(Rewriting.graph(of: [pooled], laneCount: 1))
    let walks = graph.steps.filter {
      $0.inputs.contains { graph.values[$0].shape == pictures.shape }
    }
    #expect(walks.count == 1)
    #expect(walks.allSatisfy { if case .rowProgram = $0.kind { true } else { false } })
    let slopes = gradient(of: (pooled * pooled).sum(), withRespectTo: [pictures, row])
    #expect(PassFamily.kindCounts([slopes[0] + pictures, slopes[1]])["windowScatter"] == nil)
    // Channels that do not fill vectors have kernels of their own.
    let narrow = (Tensor.input("n", shape: [3, 6, 6, 5]) * 2).maximumPooled()
    #expect(PassFamily.kindCounts([narrow])["windowMaximum"] == 1)
  }
}
