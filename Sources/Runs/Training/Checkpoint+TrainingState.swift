internal import MetaLearning
internal import Tensors

extension Checkpoint {
  /// The checkpoint of a training's state, which holds no times: those are in a log of their own.
  init(_ state: TrainingState, metricsByteCount: Int, dataDigest: String) {
    var trees = ["parameters": state.parameters, "optimizer": state.optimizerState]
    trees["best"] = state.bestParameters
    var counters = ["validationsSinceBest": state.validationsSinceBest]
    counters["bestStep"] = state.bestStep
    counters["validatedStep"] = state.validatedStep
    var numbers: [String: Double] = [:]
    numbers["bestScore"] = state.bestScore
    self.init(
      step: state.step, trees: trees, numbers: numbers, counters: counters,
      texts: ["data": dataDigest], metricsByteCount: metricsByteCount)
  }

  /// The state that the checkpoint holds, of a training that began with `initial`.
  ///
  /// Throws where names or shapes are those of another training.
  func state(
    like initial: TrainingState, seconds: Double
  ) throws(CheckpointMismatch) -> TrainingState {
    TrainingState(
      step: step, parameters: try tree("parameters", like: initial.parameters),
      optimizerState: try tree("optimizer", like: initial.optimizerState),
      bestParameters: trees["best"] == nil ? nil : try tree("best", like: initial.parameters),
      bestScore: numbers["bestScore"], bestStep: counters["bestStep"],
      validatedStep: counters["validatedStep"],
      validationsSinceBest: counters["validationsSinceBest"] ?? 0, seconds: seconds)
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
