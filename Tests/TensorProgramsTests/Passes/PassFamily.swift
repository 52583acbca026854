import TensorPrograms
import Tensors
import Testing

/// Programs as passes meet them: small, of every stage, with first and second derivatives.
enum PassFamily {
  struct Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let outputs: [Tensor]
    let laneCount: Int
  }

  static let rows = [
    Row(
      testDescription: "normalised convolutions and their gradient, by lane",
      outputs: metaGradient(steps: 0), laneCount: 3),
    Row(testDescription: "a meta-gradient", outputs: metaGradient(steps: 1), laneCount: 3),
    Row(
      testDescription: "a meta-gradient through three steps", outputs: metaGradient(steps: 3),
      laneCount: 2),
    Row(
      testDescription: "a meta-gradient with recomputed steps",
      outputs: metaGradient(steps: 3, recomputing: true), laneCount: 2),
  ]

  /// How often each kind of step occurs in a program.
  static func kindCounts(_ outputs: [Tensor], laneCount: Int = 1) -> [String: Int] {
    let named = outputs.enumerated().map { (name: "\($0)", tensor: $1) }
    let kinds = Program(named, laneCount: laneCount).description().kinds
    return Dictionary(uniqueKeysWithValues: kinds.map { ($0.name, $0.count) })
  }

  /// The gradient of a loss after some inner steps with respect to shared weights.
  private static func metaGradient(steps: Int, recomputing: Bool = false) -> [Tensor] {
    let pictures = Tensor.input("x", shape: [4, 12, 12, 3], .perLane)
    var start = Parameters()
    start.append(.init(name: "first", leaf: .input("first", shape: [3, 3, 3, 16])))
    start.append(.init(name: "second", leaf: .input("second", shape: [3, 3, 16, 16])))
    let fast = repeated(steps, from: start.perLane(), recomputing: recomputing) { fast, _ in
      let slope = gradient(of: loss(pictures, fast), withRespectTo: fast)
      return fast.zip(slope) { $0 - 0.1 * $1 }
    }
    let total = sumOverLanes(loss(pictures, fast))
    return [total] + gradient(of: total, withRespectTo: start).leaves
  }

  private static func loss(_ pictures: Tensor, _ weights: Parameters) -> Tensor {
    func normalised(_ x: Tensor) -> Tensor {
      let rows = x.reshaped([-1, x.shape[-1]])
      let centred = rows - rows.mean(along: [0], keepingAxes: true)
      let variance = centred.square().mean(along: [0], keepingAxes: true)
      return (centred * (variance + 1e-5).reciprocalSquareRoot()).relu().reshaped(x.shape)
    }
    let first = normalised(pictures.convolved(with: weights["first"]))
    let second = normalised(first.convolved(with: weights["second"]))
    return second.square().mean()
  }
}
