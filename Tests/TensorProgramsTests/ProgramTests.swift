import Foundation
import TensorPrograms
import Tensors
import Testing

@Suite struct `A compiled program` {
  private let x = Tensor.input("x", shape: [8, 16])

  private func counts(_ outputs: [Tensor], lanes: Int = 1) -> [String: Int] {
    let named = outputs.enumerated().map { (name: "\($0)", tensor: $1) }
    let kinds = Program(named, laneCount: lanes).description().kinds
    return Dictionary(uniqueKeysWithValues: kinds.map { ($0.name, $0.count) })
  }

  // MARK: Rewriting

  @Test func `does equal work once`() {
    let weights = Tensor.input("w", shape: [16, 4])
    let products = [matrixProduct(x, weights), matrixProduct(x, weights)]
    #expect(counts([products[0].exp(), products[1] * 2])["matrixProduct"] == 1)
  }

  @Test func `drops what changes nothing`() {
    let same = (x * 1 + 0).reshaped([128]).reshaped([8, 16]).stopGradient()
    #expect(counts([same]).isEmpty)
    let zero = Tensor.fill(0, shape: x.shape)
    #expect(counts([x + zero])["rowProgram"] == nil)
  }

  @Test func `hoists what all lanes share`() {
    let weights = Tensor.input("w", shape: [16, 16])
    let lane = Tensor.input("y", shape: [8, 16], .perLane)
    let program = Program(
      [("o", (matrixProduct(x, weights) * lane).sum())], laneCount: 3)
    #expect(program.description().laneByteCount < 8 * 16 * 4 * 2, "the product is not in a lane")
  }

  @Test func `refuses a lane that needs a sum over lanes of the same run`() async {
    await #expect(processExitsWith: .failure) {
      let lane = Tensor.input("y", shape: [4], .perLane)
      _ = Program([("o", lane * sumOverLanes(lane))], laneCount: 2)
    }
  }

  // MARK: Fusion

  @Test func `fuses elementwise work with its broadcasts and sums`() {
    let row = Tensor.input("r", shape: [1, 16])
    let centred = x - row
    let outputs = [centred.square().sum(along: [0]), (centred * 2).relu(), centred.sum(along: [0])]
    #expect(counts(outputs) == ["rowProgram": 1])
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
    let execution = Execution(Program([("o", output)]), .init(threads: 1))
    for (name, value) in inputs { execution.set(name, value) }
    execution.run()
    let expected = ReferenceExecutor().evaluate([output], values: inputs)[0].elements
    for (got, wanted) in zip(execution.value("o").doubles, expected) {
      #expect(abs(got - wanted) < 1e-5)
    }
  }

  // MARK: Carries

  @Test func `carries outputs to the next run`() {
    let state = Tensor.input("state", shape: [2])
    let program = Program([("new", state * 2 + 1)], carrying: [("new", "state")])
    let execution = Execution(program, .init(threads: 1))
    execution.set("state", TensorValue([0, 1] as [Float], shape: [2]))
    for _ in 0..<3 { execution.run() }
    #expect(execution.value("new").floats == [7, 15])
  }

  // MARK: Description and memory

  @Test func `describes its parts, arithmetic and memory`() {
    let output = Scope.named("outer") {
      Scope.named("product") { matrixProduct(x, Tensor.input("w", shape: [16, 4])) }
    }
    let description = Program([("o", output)]).description()
    #expect(description.parts.map(\.scope) == ["outer / product"])
    #expect(description.arithmetic == 2 * 8 * 16 * 4)
    #expect(Program([("o", output)]).describe().contains("outer / product"))
  }

  #if os(Linux)
    @Test func `takes the memory that was planned`() async {
      await #expect(processExitsWith: .success) {
        let pictures = Tensor.input("x", shape: [75, 28, 28, 16], .perLane)
        let weights = Tensor.input("w", shape: [3, 3, 16, 16])
        let output = pictures.convolved(with: weights).relu().convolved(with: weights).relu()
        let gradients = gradient(of: sumOverLanes(output.square().sum()), withRespectTo: [weights])
        let program = Program([("g", gradients[0])], laneCount: 2)
        func peak() -> Int {
          let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
          let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
          return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
        }
        let before = peak()
        let execution = Execution(program, .init(threads: 2, chunk: 1))
        execution.run()
        let used = peak() - before
        let planned = program.description().peakByteCount(lanesAtWork: 2)
        precondition(
          Double(used) < Double(planned) * 1.1 + 30e6, "\(used) bytes, \(planned) planned")
        precondition(execution.byteCount == planned)
      }
    }
  #endif
}
