import TensorPrograms
import Testing
import Tensors

@Suite struct MemoryPlanTests {
  @Test(arguments: [false, true])
  func `constants and inputs outlast the steps before their first use`(_ fuses: Bool) {
    let x = Tensor.input("x", shape: [6, 3])
    let w = Tensor.input("w", shape: [3])
    let constant = Tensor.literal(TensorValue([0.5, 2, 3] as [Float], shape: [3]))
    let late = Tensor.input("late", shape: [3])
    // Each repeated row is free before the next constant or input is read.
    let result = x * w + constant + late
    let execution = Runner().execution(
      of: Program([("result", result)], options: .init(fuses: fuses)))
    let values = [
      "x": TensorValue((0..<18).map { Float($0) }, shape: [6, 3]),
      "w": TensorValue([1, -2, 4] as [Float], shape: [3]),
      "late": TensorValue([10, 20, 30] as [Float], shape: [3]),
    ]
    for (name, value) in values { execution.set(name, value) }
    let expected = ReferenceExecutor().evaluate([result], values: values)[0].elements
    for _ in 0..<2 {
      execution.run()
      #expect(execution.value("result").doubles == expected)
    }
  }
}
