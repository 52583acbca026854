import TensorPrograms
import Tensors
import Testing

@Suite struct RewritingTests {
  private let x = Tensor.input("x", shape: [8, 16])

  @Test func `does equal work once`() {
    let weights = Tensor.input("w", shape: [16, 4])
    let products = [matrixProduct(x, weights), matrixProduct(x, weights)]
    #expect(PassFamily.kindCounts([products[0].exp(), products[1] * 2])["matrixProduct"] == 1)
  }

  @Test func `drops what changes nothing`() {
    let same = (x * 1 + 0).reshaped([128]).reshaped([8, 16]).stopGradient()
    #expect(PassFamily.kindCounts([same]).isEmpty)
    let zero = Tensor.fill(0, shape: x.shape)
    #expect(PassFamily.kindCounts([x + zero])["rowProgram"] == nil)
  }

  @Test func `hoists what all lanes share`() {
    let weights = Tensor.input("w", shape: [16, 16])
    let lane = Tensor.input("y", shape: [8, 16], .perLane)
    let program = Program(
      [("o", (matrixProduct(x, weights) * lane).sum())], laneCount: 3)
    #expect(program.description().laneByteCount < 8 * 16 * 4 * 2, "the product is not in a lane")
  }

  @Test func `a factor that all lanes share is transposed once`() {
    let weights = Tensor.input("w", shape: [2, 5, 16])
    func counts(_ left: Tensor, _ right: Tensor, laneCount: Int = 3) -> [String: Int] {
      let product = matrixProduct(left, right, transposingRight: true)
      let other = matrixProduct(left.exp(), right, transposingRight: true)
      return PassFamily.kindCounts([product, other], laneCount: laneCount)
    }
    let lane = Tensor.input("y", shape: [2, 8, 16], .perLane)
    let of = counts(lane, weights)
    #expect(of["transpose"] == 1 && of["matrixProduct"] == 2)
    #expect(counts(lane, weights, laneCount: 1)["transpose"] == nil)
    #expect(counts(lane, Tensor.input("v", shape: [2, 5, 16], .perLane))["transpose"] == nil)
    #expect(counts(Tensor.input("z", shape: [2, 8, 16]), weights)["transpose"] == nil)
    let row = Tensor.input("r", shape: [2, 1, 16])
    #expect(counts(lane, row)["transpose"] == nil)

    let program = Program(
      [("o", matrixProduct(lane, weights, transposingRight: true))], laneCount: 3)
    let reference = Program([
      ("o", matrixProduct(Tensor.input("y", shape: [2, 8, 16]), weights, transposingRight: true))
    ])
    let (all, one) = (Runner().execution(of: program), Runner().execution(of: reference))
    let w = TensorValue(testNumbers(160, seed: 1), shape: weights.shape)
    let y = TensorValue(testNumbers(768, seed: 2), shape: [3, 2, 8, 16])
    all.set("w", w)
    all.set("y", y)
    all.run()
    one.set("w", w)
    for index in 0..<3 {
      one.set("y", y.slice(at: index))
      one.run()
      #expect(all.value("o").slice(at: index) == one.value("o"))
    }
  }

  @Test func `refuses a lane that needs a sum over lanes of the same run`() async {
    await #expect(processExitsWith: .failure) {
      let lane = Tensor.input("y", shape: [4], .perLane)
      _ = Program([("o", lane * sumOverLanes(lane))], laneCount: 2)
    }
  }

  @Test func `a sum over lanes of one value that waits for lanes counts each lane`() {
    let shared = Tensor.input("x", shape: [2])
    let lane = Tensor.input("y", shape: [2], .perLane)
    let waiting = Tensor(.barrier, [shared, lane])
    let sums = [sumOverLanes(waiting), sumOverLanes(waiting.reshaped([2, 1]))]
    let program = Program([("a", sums[0]), ("b", sums[1])], laneCount: 3)
    let execution = Runner(.init(threads: 1)).execution(of: program)
    execution.set("x", TensorValue([1, 2] as [Float], shape: [2]))
    execution.set("y", TensorValue(repeating: 7, shape: [3, 2]))
    execution.run()
    #expect(execution.value("a").floats == [3, 6])
    #expect(execution.value("b").floats == [3, 6])
  }

  @Test(.timeLimit(.minutes(10)))
  func `long chains under a sum are taken apart in time that grows with their length`() {
    var decayed = Tensor.input("p", shape: [4, 8])
    for step in 0..<60 {
      let gradient = Tensor.input("g\(step)", shape: [4, 8])
      decayed = decayed - (gradient + decayed * 0.01) * 0.1
    }
    var added = x
    for _ in 0..<20_000 { added = added + added.tanh() * 3 }
    let passing = Tensor(.binary(.gate), [added.relu(), x])
    let program = Program([("a", decayed.sum()), ("b", added.sum()), ("c", passing)])
    #expect(program.outputNames == ["a", "b", "c"])
  }

  @Test func `joins constants only where a float holds them`() {
    let x = Tensor.input("x", shape: [2])
    let small = Tensor.fill(0x1p-140, shape: [2])
    let program = Program([
      ("o", x * 1e30 * 1e30), ("p", x / small), ("q", x * 1e-30 * 1e-30),
      ("r", (x * 1e-20) * (x.absolute() * 1e-20)),
    ])
    let execution = Runner(.init(threads: 1)).execution(of: program)
    execution.set("x", TensorValue([0, 1e38] as [Float], shape: [2]))
    execution.run()
    #expect(execution.value("o").floats == [0, .infinity])
    #expect(execution.value("p").floats == [0, .infinity])
    #expect(abs(execution.value("q").floats[1] - 1e-22) < 1e-28)
    #expect(abs(execution.value("r").floats[1] / 1e36 - 1) < 1e-6)
  }

  @Test func `sums give up factors that are constant along the summed axes`() {
    let row = Tensor.input("r", shape: [1, 16])
    let sums = [
      x.sum(along: [0]), (x * row * 3).sum(along: [0]), (x * row - x * 2).sum(along: [0]),
    ]
    let graph = Rewriting.graph(of: sums, laneCount: 1)
    let count = graph.steps.count { if case .sum = $0.operation { true } else { false } }
    #expect(count == 1)
  }

  @Test func `works on repeated values before they are repeated`() {
    let row = Tensor.input("r", shape: [1, 16])
    let repeated = row.broadcast(to: x.shape)
    let graph = Rewriting.graph(
      of: [x * (repeated.exp() + repeated * 2), (x * 3) * repeated, (x * repeated) * 3],
      laneCount: 1)
    let wide = graph.steps.filter { graph.values[$0.outputs[0]].shape == x.shape }
    let kinds = wide.compactMap { $0.operation?.kind.rawValue }.sorted()
    #expect(kinds == ["binary", "binary", "broadcast", "broadcast", "input"])
  }

  @Test func `rectified products are not kept for their derivatives`() {
    let row = Tensor.input("r", shape: [1, 16])
    for (value, isKept) in [(x * row, false), (x + row, true)] {
      let slope = gradient(of: (value.relu() * 3).sum(), withRespectTo: [x])
      let graph = Rewriting.graph(of: slope, laneCount: 1)
      #expect(graph.steps.contains { $0.operation == .unary(.relu) } == isKept)
    }
  }
}
