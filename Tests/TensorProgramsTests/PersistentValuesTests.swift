import TensorPrograms
import Tensors
import Testing

@Suite struct `Persistent values` {
  /// Adds the sum of an input to a weight, which is carried.
  private static func program(count: Int) -> Program {
    let w = Tensor.input("parameters.w", shape: [3])
    let x = Tensor.input("x", shape: [count])
    return Program(
      [("new", w * 2 + x.sum()), ("seen", w + 0)], carrying: [("new", "parameters.w")])
  }

  private static func weight(_ numbers: [Float]) -> ParameterValues {
    ParameterValues(["w": TensorValue(numbers, shape: [3])])
  }

  private static let start = weight([1, 2, 3])

  @Test func `are read and written by programs of several shapes`() {
    let runner = Runner(.init(threads: 1))
    let persistent = PersistentValues([("parameters", Self.start)])
    for count in [2, 5, 2, 1] {
      let execution = runner.execution(for: count, persistent: persistent) {
        Self.program(count: count)
      }
      execution.set("x", TensorValue(repeating: 1, shape: [count]))
      execution.run()
    }
    // w -> 2 w + count, four times.
    let expected = [2, 5, 2, 1].reduce([1, 2, 3] as [Float]) { w, count in
      w.map { 2 * $0 + Float(count) }
    }
    let values = persistent.values(like: Self.start, prefix: "parameters")
    #expect(values["w"].floats == expected)
    #expect(persistent.value("parameters.w").floats == expected)
  }

  @Test func `of another set are read by the same program`() {
    let runner = Runner(.init(threads: 1))
    var made = 0
    func seen(_ persistent: PersistentValues) -> [Float] {
      let execution = runner.execution(for: "one", persistent: persistent) {
        made += 1
        return Self.program(count: 1)
      }
      execution.set("x", TensorValue(repeating: 0, shape: [1]))
      execution.compute()
      return execution.value("seen").floats
    }
    let (first, second) = (
      PersistentValues([("parameters", Self.start)]), PersistentValues([("parameters", Self.start)])
    )
    second.set(Self.weight([7, 8, 9]), prefix: "parameters")
    #expect(seen(first) == [1, 2, 3])
    #expect(seen(second) == [7, 8, 9])
    #expect(made == 1)
    // With more of them each lies elsewhere.
    let more = PersistentValues([
      ("other", TensorValue(0)), ("parameters.w", TensorValue([4, 5, 6] as [Float], shape: [3])),
    ])
    #expect(seen(more) == [4, 5, 6])
    #expect(made == 2)
  }

  @Test func `take what no program reads`() {
    let persistent = PersistentValues([("total", TensorValue(0))])
    let x = Tensor.input("x", shape: [2])
    let program = Program(
      [("sum", x.sum())], carrying: [("sum", "total")],
      declaring: [.input("total", shape: .scalar)])
    let execution = Runner(.init(threads: 1)).execution(of: program, persistent: persistent)
    execution.set("x", TensorValue([3, 4] as [Float], shape: [2]))
    execution.compute()
    #expect(persistent.value("total").scalar == 0, "nothing is carried yet")
    execution.carry()
    #expect(persistent.value("total").scalar == 7)
  }
}
