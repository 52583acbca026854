import MetaLearning
import Synchronization
import Tensors

/// A number that goes up by one.
final class CallCount: Sendable {
  private let number = Atomic(0)

  var value: Int { number.load(ordering: .relaxed) }
  func increment() { number.wrappingAdd(1, ordering: .relaxed) }
}

/// A learner of which programs are made, each counted.
struct CountedLearner<Base: MetaLearner>: MetaLearner {
  let base: Base
  let programs = CallCount()

  init(_ base: Base) { self.base = base }

  func initialParameters(_ key: RandomKey) -> ParameterValues { base.initialParameters(key) }

  func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters { base.adapted(parameters, to: support, context) }

  /// Only programs of evaluations and of predictions ask for this, each once.
  func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    programs.increment()
    return base.predictions(for: inputs, with: adapted)
  }

  /// Only programs of meta-training ask for this, each once.
  func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    programs.increment()
    return base.objective(parameters, on: episode, context)
  }

  func variant(at progress: LearningProgress) -> Int { base.variant(at: progress) }

  func scalars(at progress: LearningProgress) -> [(name: String, value: Double)] {
    base.scalars(at: progress)
  }
}
