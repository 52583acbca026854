public import MetaLearning
internal import MetaTasks
internal import NeuralNetworks
public import TensorPrograms
public import Tensors

/// What an evaluation on test tasks found, with the controls on the same tasks.
public struct RunFigures: Sendable {
  /// The learner's own figure.
  public internal(set) var result: EvaluationResult
  /// Figures after other numbers of inner steps.
  public internal(set) var bySteps: [(steps: Int, result: EvaluationResult)] = []
  /// Controls by name, on the same tasks.
  public internal(set) var controls: [(name: String, result: EvaluationResult)] = []
  /// The accuracy of guessing; nil for regression.
  public let chance: Double?
  /// Tasks on which predictions were checked to look at no other query.
  public let checkedTaskCount: Int
  /// Whether the tasks are of other data than the run was trained on, as far as is known.
  public internal(set) var isOnOtherData = false

  /// Whether answers depend on the other queries, which makes the figure a transductive one.
  public var leaks: Bool {
    if case .leaks = result.leak { return true }
    return false
  }
}

extension PreparedRecipe {
  /// Evaluates parameters on the test split, with the check for leaks and the controls.
  ///
  /// `continues` is told what is evaluated and how many tasks of it are done; nil is returned where
  /// it says no.
  public func testFigures(
    of parameters: ParameterValues, _ execution: Runner.Configuration,
    whileAsked continues: (String, Int) -> Bool
  ) throws(RecipeError) -> RunFigures? {
    var isAskedFor = true
    func result(_ evaluation: Evaluation, _ parameters: ParameterValues, _ name: String)
      -> EvaluationResult
    {
      evaluation.result(of: parameters) { count in
        isAskedFor = continues(name, count)
        return isAskedFor
      }
    }
    let settings = recipe.evaluation
    var own = evaluation(of: learner, on: .test, execution)
    own.checkedTaskCount = settings.checkedTasks
    var figures = RunFigures(
      result: result(own, parameters, "test tasks"),
      chance: settings.shape.ways.map { 1 / Double($0) },
      checkedTaskCount: min(settings.checkedTasks, settings.episodes))
    guard isAskedFor else { return nil }
    for steps in settings.innerSteps {
      let other = try self.other(recipe.learner.adapting(steps: steps))
      let found = result(
        evaluation(of: other, on: .test, execution), parameters, "inner steps: \(steps)")
      guard isAskedFor else { return nil }
      figures.bySteps.append((steps, found))
    }
    for control in settings.controls ? try controls() : [] {
      let found = result(
        evaluation(of: control.learner, on: .test, execution),
        control.learner.initialParameters(
          RandomKey(seed: recipe.training.seed).folded("control")), control.name)
      guard isAskedFor else { return nil }
      figures.controls.append((control.name, found))
    }
    return figures
  }

  private func other(_ learner: LearnerRecipe) throws(RecipeError) -> any MetaLearner {
    var other = recipe
    other.learner = learner
    return try other.learner(inputShape: dataSet.inputShape, outputCount: outputCount)
  }

  /// The learners without which no figure means anything.
  private func controls() throws(RecipeError) -> [(name: String, learner: any MetaLearner)] {
    let network = try recipe.network.untrainedNetwork(
      inputShape: dataSet.inputShape, outputs: outputCount)
    let scratch: (name: String, learner: any MetaLearner) = (
      "fromScratch", FromScratch(network: network)
    )
    guard dataSet.tasks(.test).isClassification else { return [scratch] }
    return [("nearestCentroid", NearestCentroid()), scratch]
  }
}
