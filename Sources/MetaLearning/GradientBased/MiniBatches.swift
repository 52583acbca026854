import MetaTasks
import Tensors

/// Parts of a set of examples for the steps of an optimizer.
///
/// Examples come ordered by class, so a batch takes every k-th of them; batch after batch goes
/// through all examples before any comes again.
struct MiniBatches {
  /// The batches, in order.
  let all: [Examples]

  /// Makes a number of batches of a size; of all examples each where there is no size.
  init(of examples: Examples, size: Int?, count: Int) {
    let total = examples.targets.shape[0]
    guard let size, size < total else {
      all = [Examples](repeating: examples, count: count)
      return
    }
    let stride = max(1, total / size)
    // Position i of the interleaved order: every stride-th example, then the next ones beside.
    let order = (0..<stride).flatMap { first in Swift.stride(from: first, to: total, by: stride) }
    all = (0..<count).map { batch in
      let indices = (0..<size).map { Int32(order[(batch * size + $0) % total]) }
      return examples.rows(.literal(TensorValue(indices, shape: [size])))
    }
  }
}

extension ExampleSet where Value == Tensor {
  /// The examples at int32 positions.
  func rows(_ positions: Tensor) -> Examples {
    map { $0.gatheringRows(positions) }
  }

  /// The examples of one set followed by those of another.
  static func joining(_ first: Examples, _ second: Examples) -> Examples {
    func ones(_ examples: Examples) -> Tensor { .fill(1, shape: [examples.targets.shape[0]]) }
    func joined(_ first: Tensor, _ second: Tensor) -> Tensor {
      Tensor.concatenating([first, second], along: 0)
    }
    let hasWeights = first.weights != nil || second.weights != nil
    return Examples(
      inputs: first.inputs.mapEntries { joined($0.leaf, second.inputs[$0.name]) },
      targets: joined(first.targets, second.targets),
      weights: hasWeights
        ? joined(first.weights ?? ones(first), second.weights ?? ones(second)) : nil,
      target: first.target)
  }
}
