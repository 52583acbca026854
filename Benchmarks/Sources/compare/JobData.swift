import Foundation
import MetaLearning
import MetaTasks
import Tensors

/// The numbers of the jobs, which every program under comparison makes bit for bit by a generator
/// of its own (SplitMix64 of a counter).
enum JobData {
  /// Numbers uniform on [0, 1).
  static func uniform(seed: UInt64, count: Int) -> [Float] {
    (1...max(1, count)).prefix(count).map { index in
      var z = seed &* 0x632B_E59B_D9B4_E019 &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      z ^= z >> 31
      return Float(z >> 40) * 0x1p-24
    }
  }

  /// Initial parameters: weights by Glorot's bound, scales 1, the rest 0; tensor t has seed 100 +
  /// t.
  static func parameters(like tree: ParameterValues) -> ParameterValues {
    var number: UInt64 = 100
    return tree.mapEntries { entry in
      defer { number += 1 }
      let shape = entry.leaf.shape
      if entry.name.hasSuffix("scale") { return TensorValue(repeating: 1, shape: shape) }
      guard entry.name.hasSuffix("weight") else { return TensorValue(repeating: 0, shape: shape) }
      let area = shape.dimensions.dropLast(2).reduce(1, *)
      let bound = (6 / Double(area * (shape[-1] + shape[-2]))).squareRoot()
      let numbers = uniform(seed: number, count: shape.elementCount)
      return TensorValue(numbers.map { Float((2 * Double($0) - 1) * bound) }, shape: shape)
    }
  }

  /// Pictures of a pattern for each class, half of it noise.
  static func pictures(tasks: Int, ways: Int, shots: Int, queries: Int) -> EpisodeValues {
    let size = 28 * 28
    let patterns = uniform(seed: 1, count: tasks * ways * size)
    func examples(_ count: Int, seed: UInt64) -> ExampleValues {
      var numbers = uniform(seed: seed, count: tasks * ways * count * size)
      for index in numbers.indices {
        let pattern = patterns[index / (count * size) * size + index % size]
        numbers[index] = 0.5 * pattern + 0.5 * numbers[index]
      }
      let labels = (0..<tasks).flatMap { _ in
        (0..<ways).flatMap { [Int32](repeating: Int32($0), count: count) }
      }
      return ExampleValues(
        inputs: NamedTree([
          "picture": TensorValue(numbers, shape: [tasks, ways * count, 28, 28, 1])
        ]), targets: TensorValue(labels, shape: [tasks, ways * count]), target: .classes(ways))
    }
    return EpisodeValues(support: examples(shots, seed: 2), query: examples(queries, seed: 3))
  }

  /// Points on sinusoids of drawn amplitude and phase.
  static func sinusoids(tasks: Int, points: Int) -> EpisodeValues {
    let amplitudes = uniform(seed: 1, count: tasks).map { 0.1 + 4.9 * Double($0) }
    let phases = uniform(seed: 2, count: tasks).map { Double.pi * Double($0) }
    func examples(seed: UInt64) -> ExampleValues {
      let inputs = uniform(seed: seed, count: tasks * points).map { -5 + 10 * $0 }
      let targets = inputs.enumerated().map { index, x in
        Float(amplitudes[index / points] * sin(Double(x) - phases[index / points]))
      }
      return ExampleValues(
        inputs: NamedTree(["x": TensorValue(inputs, shape: [tasks, points, 1])]),
        targets: TensorValue(targets, shape: [tasks, points, 1]), target: .numbers(1))
    }
    return EpisodeValues(support: examples(seed: 3), query: examples(seed: 4))
  }
}
