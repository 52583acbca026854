import Foundation
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct ExternalMemoryTests {
  private let memory = ExternalMemory(slots: 3, width: 2, heads: 1, usageDecay: 0.5)

  @Test func `what is written to the least used slot is read by its key`() {
    var state = memory.initialState(count: 1)
    #expect(state.map(\.shape) == memory.stateShapes(count: 1))
    // With the gate at 0 each step writes to the slot that is used least: the first one, then the
    // second, as the first was read the most.
    for key in [[3, 0], [0, 2]] as [[Double]] {
      state =
        memory.step(keys: literal(key, [1, 1, 2]), gates: literal([0], [1, 1, 1]), state).state
    }
    let step = memory.step(
      keys: literal([0, 5], [1, 1, 2]), gates: literal([0], [1, 1, 1]), state)
    // The third slot is written before it is read.
    #expect(evaluated(step.leastUsed) == [0, 0, 1])
    #expect(evaluated(step.writeWeights) == [0, 0, 1])
    #expect(distance(evaluated(step.state["memory"]), [3, 0, 0, 2, 0, 5]) < 1e-12)
    let weights = evaluated(step.state["readWeights"])
    #expect(distance([weights[1]], [weights[2]]) < 1e-6 && weights[1] > 2.7 * weights[0])
  }

  @Test func `reads more of what is like a key where it is sharper`() {
    func weights(sharpness: Double) -> [Double] {
      let memory = ExternalMemory(slots: 3, width: 2, heads: 1, sharpness: sharpness)
      let state = memory.initialState(count: 1).replacing(
        with: Parameters(["memory": literal([0, 0, 1, 0, 0, 1], [1, 3, 2])]))
      let step = memory.step(
        keys: literal([2, 0], [1, 1, 2]), gates: literal([1], [1, 1, 1]), state)
      return evaluated(step.state["readWeights"])
    }
    // The first slot is the least used, and is emptied; the cosines are 0, 1 and 0.
    let most = [1.0, 4].map { Foundation.exp($0) / (Foundation.exp($0) + 2) }
    #expect(distance([weights(sharpness: 1)[1], weights(sharpness: 4)[1]], most) < 1e-6)
  }

  @Test func `with the gate at 1 it writes where it read, and forgets the least used`() {
    let state = Parameters([
      "memory": literal([1, 1, 2, 2, 3, 3], [1, 3, 2]),
      "readWeights": literal([0.25, 0, 0.75], [1, 1, 3]), "usage": literal([2, 0.5, 1], [1, 3]),
    ])
    let step = memory.step(
      keys: literal([4, 8], [1, 1, 2]), gates: literal([1], [1, 1, 1]), state)
    #expect(evaluated(step.writeWeights) == [0.25, 0, 0.75])
    #expect(distance(evaluated(step.state["memory"]), [2, 3, 0, 0, 6, 9]) < 1e-12)
    let (usage, read) = (
      evaluated(step.state["usage"]), evaluated(step.state["readWeights"])
    )
    let expected = zip([1.25, 0.25, 1.25], read).map { $0 + $1 }
    #expect(distance(usage, expected) < 1e-6)
  }
}
