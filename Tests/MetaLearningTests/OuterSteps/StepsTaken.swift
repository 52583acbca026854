import MetaLearning
import TensorPrograms
import Tensors

extension OuterStep {
  /// The trees of a phase that begins with a learner's parameters.
  func trees(from parameters: ParameterValues) -> TrainingTrees {
    initialTrees(for: parameters, key: RandomKey(seed: 11))
      .merging([TreeName.learner: parameters]) { _, learner in learner }
  }

  /// Takes the steps of some numbers from trees, without a trainer: what each was like, and the
  /// trees after them.
  func taken(
    _ numbers: Range<Int>, from trees: TrainingTrees, learningRate: Double = 0.01,
    _ runner: Runner = Runner(.init(threads: 1))
  ) -> (figures: [OuterFigures], trees: TrainingTrees) {
    let run = start(trees, key: RandomKey(seed: 12), runner: runner)
    let figures = numbers.map { number in
      let progress = LearningProgress(step: number, of: numbers.upperBound)
      let figures = run.compute(OuterMoment(progress, learningRate: learningRate))
      run.accept()
      return figures
    }
    return (figures, run.trees)
  }
}

extension OuterFigures {
  /// All numbers of a step.
  var numbers: [Double] { [loss, gradientNorm] + metrics.flatMap(\.values) }
}
