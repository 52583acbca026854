internal import MetaLearning
internal import Tensors

extension Checkpoint {
  private static let bestName = "best"

  /// The checkpoint of a training's state, which holds no times: those are in a log of their own.
  init(_ state: TrainingState, marks: [String: Int], dataDigest: String) {
    var trees = state.trees
    trees[Self.bestName] = state.best?.parameters
    var counters = [
      "phase": state.phase, "phaseStep": state.phaseStep,
      "validationsSinceBest": state.validationsSinceBest,
    ]
    counters["bestStep"] = state.best?.step
    counters["validatedStep"] = state.validatedStep
    var numbers: [String: Double] = [:]
    numbers["bestScore"] = state.best?.score
    self.init(
      step: state.step, trees: trees, numbers: numbers, counters: counters,
      texts: ["data": dataDigest], marks: marks)
  }

  /// The phase at work when the checkpoint was made.
  var phase: Int { counters["phase"] ?? 0 }

  /// The state that the checkpoint holds, of a training whose phase began with such trees.
  ///
  /// Throws where names or shapes are those of another training.
  func state(
    like initial: TrainingTrees, seconds: (total: Double, phase: Double)
  ) throws(CheckpointMismatch) -> TrainingState {
    var found: TrainingTrees = [:]
    for (name, tree) in initial { found[name] = try self.tree(name, like: tree) }
    var state = TrainingState(trees: found)
    (state.phase, state.phaseStep, state.step) = (phase, counters["phaseStep"] ?? step, step)
    if trees[Self.bestName] != nil, let score = numbers["bestScore"],
      let bestStep = counters["bestStep"], let learner = initial[TreeName.learner]
    {
      state.best = .init(
        parameters: try self.tree(Self.bestName, like: learner), score: score, step: bestStep)
    }
    state.validatedStep = counters["validatedStep"]
    state.validationsSinceBest = counters["validationsSinceBest"] ?? 0
    (state.seconds, state.phaseSeconds) = seconds
    return state
  }

  /// The tree of a name; throws where names, shapes or element types are not those of another.
  func tree(
    _ name: String, like other: ParameterValues
  ) throws(CheckpointMismatch) -> ParameterValues {
    guard let tree = trees[name], tree.names == other.names,
      tree.leaves.map(\.shape) == other.leaves.map(\.shape),
      tree.leaves.map(\.elementType) == other.leaves.map(\.elementType)
    else { throw CheckpointMismatch(tree: name) }
    return tree
  }
}

/// A checkpoint whose tree is not that of the training that would go on from it.
struct CheckpointMismatch: Error {
  let tree: String
}
