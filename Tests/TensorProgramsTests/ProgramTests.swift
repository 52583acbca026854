import Foundation
import TensorPrograms
import Tensors
import Testing

@Suite struct `A compiled program` {
  private let x = Tensor.input("x", shape: [8, 16])

  // MARK: Carries

  @Test func `carries outputs to the next run`() {
    let state = Tensor.input("state", shape: [2])
    let program = Program([("new", state * 2 + 1)], carrying: [("new", "state")])
    let execution = Runner(.init(threads: 1)).execution(of: program)
    execution.set("state", TensorValue([0, 1] as [Float], shape: [2]))
    for _ in 0..<3 { execution.run() }
    #expect(execution.value("new").floats == [7, 15])
  }

  @Test func `carries no input to another one`() async {
    await #expect(processExitsWith: .failure) {
      let (now, before) = (Tensor.input("now", shape: [2]), Tensor.input("before", shape: [2]))
      let program = Program(
        [("next", now * 2 + before), ("old", now)],
        carrying: [("next", "now"), ("old", "before")])
      _ = Runner(.init(threads: 1)).execution(of: program)
    }
  }

  @Test func `carries no other form of an input to another one`() async {
    await #expect(processExitsWith: .failure) {
      let (now, before) = (Tensor.input("now", shape: [2, 2]), Tensor.input("before", shape: [4]))
      let program = Program(
        [("next", now * 2), ("old", now.reshaped([4])), ("o", before)],
        carrying: [("next", "now"), ("old", "before")])
      _ = Runner(.init(threads: 1)).execution(of: program)
    }
  }

  @Test func `has one output of a name`() async {
    await #expect(processExitsWith: .failure) {
      let number = Tensor.input("x", shape: [2])
      _ = Program([("o", number * 2), ("o", number * 3)])
    }
  }

  @Test(arguments: [true, false])
  func `sums what is empty`(fuses: Bool) {
    let empty = [Tensor.input("x", shape: [0, 5]), Tensor.input("y", shape: [5, 0])]
    let outputs = [
      ("all", empty[0].sum()), ("rows", empty[0].square().sum(along: [0])),
      ("columns", empty[1].square().sum(along: [1])),
      ("repeated", Tensor.input("z", shape: [5, 1]).broadcast(to: [5, 0]).exp().sum()),
    ]
    let program = Program(outputs, options: .init(fuses: fuses))
    let execution = Runner(.init(threads: 1)).execution(of: program)
    for input in program.inputs {
      execution.set(input.name, TensorValue(repeating: 1, shape: input.shape))
    }
    execution.run()
    for (name, tensor) in outputs {
      let zeros = [Float](repeating: 0, count: tensor.shape.elementCount)
      #expect(execution.value(name).floats == zeros, "\(name)")
    }
  }

  @Test func `tells inputs of one name but other elements apart`() async {
    await #expect(processExitsWith: .failure) {
      let number = Tensor.input("x", shape: [2])
      let index = Tensor.input("x", shape: [2], elementType: .int32)
      _ = Program([("o", number + index.converted(to: .float32))])
    }
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
        let execution = Runner(.init(threads: 2, chunk: 1)).execution(of: program)
        execution.set("x", TensorValue(repeating: 1, shape: [2] + pictures.shape))
        execution.set("w", TensorValue(repeating: 1, shape: weights.shape))
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
