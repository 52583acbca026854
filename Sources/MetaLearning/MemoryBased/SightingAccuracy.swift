import MetaTasks
import Tensors

extension Prediction {
  /// The part of right answers at the first, second and further sightings of a class in a sequence:
  /// `[sightings]`, as many as each class has if all have the same.
  ///
  /// Logits are those of each example of the sequence before its label was told. At the first
  /// sighting nobody can do better than guess.
  func accuracyBySighting(in sequence: Examples) -> Tensor {
    let labels = sequence.targets.oneHot(sequence.classCount)
    let seen = (labels.cumulativeSum(along: 0) * labels).sum(along: [1], keepingAxes: true)
    let length = sequence.targets.shape[0]
    let sightings = length / sequence.classCount
    let places = Tensor.positions(along: 1, shape: [length, sightings]).converted(to: .float32) + 1
    let isSighting = seen.isEqual(to: places)
    let isRight = values.argumentMaximum(along: -1).isEqual(to: sequence.targets)
    return (isSighting * isRight.insertingAxis(at: 1)).sum(along: [0])
      / isSighting.sum(along: [0])
  }
}
