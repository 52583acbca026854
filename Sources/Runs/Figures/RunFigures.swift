public import MetaLearning
internal import MetaTasks
internal import NeuralNetworks
internal import Settings
public import TensorPrograms
public import Tensors

/// What an evaluation on test tasks found, with the controls on the same tasks.
public struct RunFigures: Sendable {
  /// A control's figure.
  public struct Control: Sendable {
    /// The name in files.
    public let name: String
    /// The name for people.
    public let title: String
    /// What was found.
    public let result: EvaluationResult
  }

  /// The learner's own figure.
  public internal(set) var result: EvaluationResult
  /// Figures after other numbers of adaptation steps.
  public internal(set) var bySteps: [(steps: Int, result: EvaluationResult)] = []
  /// Controls on the same tasks.
  public internal(set) var controls: [Control] = []
  /// How well queries of none of the classes are told; nil where that was not asked or cannot be.
  public internal(set) var novelty: NoveltyFigures?
  /// The accuracy of guessing; nil where nothing is to be guessed.
  public let chance: Double?
  /// Tasks on which predictions were checked to look at no other query.
  public let checkedTaskCount: Int
  /// Whether the tasks are of other data than the run was trained on, as far as is known.
  public internal(set) var isOnOtherData = false
  /// The keys of the run's recipe that were changed since it was begun, as far as is known.
  public internal(set) var editedKeys: [String] = []

  /// The limit in seconds that ended the training; nil where something else did.
  public internal(set) var secondsLimit: Double?

  /// Whether answers depend on the other queries, which makes the figure a transductive one.
  public var leaks: Bool {
    if case .leaks = result.leak { return true }
    return false
  }

  /// What the check for leaks found, in a line; nil where there are no queries to leak from.
  var leakLine: String? {
    guard result.queryCount > 0 else { return nil }
    return switch result.leak {
    case .independent?:
      "no query saw another: all together, one at a time and one class at a time agree on "
        + "\(counted(checkedTaskCount, "task"))"
    case .leaks(let task, let reason)?:
      "answers depend on other queries (task \(task): \(reason)): the figure is transductive"
    case nil: "not checked for leaks from query to query"
    }
  }

  /// What a reader of the figures must know of their data.
  func notes(_ prepared: PreparedRecipe) -> [String] {
    var notes = prepared.dataSet.notes
    if isOnOtherData {
      notes.append(
        "not the data of the training (environment.json); classes may have been trained on")
    }
    if let secondsLimit {
      notes.append(
        "the limit of \(Float(secondsLimit)) seconds ended the training; another machine gets "
          + "another number of steps, and so another figure")
    }
    if let key = editedKeys.first {
      notes.append("recipe.yaml was edited since the run was begun: \(key)")
    }
    return notes
  }
}

extension PreparedRecipe {
  /// Evaluates parameters on the test split, with the check for leaks and the controls.
  ///
  /// `continues` is told what is evaluated and how many tasks of it are done; nil is returned where
  /// it says no.
  public func testFigures(
    of parameters: ParameterValues, _ runner: Runner,
    whileAsked continues: (String, Int) -> Bool
  ) throws -> RunFigures? {
    var isAskedFor = true
    func result(
      _ evaluation: any TaskEvaluation, _ parameters: ParameterValues, _ name: String
    ) -> EvaluationResult {
      evaluation.result(of: parameters, runner) { count in
        isAskedFor = continues(name, count)
        return isAskedFor
      }
    }
    let settings = recipe.evaluation
    let own = try evaluation(
      of: learner, on: .test, owner: owner, checkedTaskCount: settings.checkedTasks)
    var figures = RunFigures(
      result: result(own, parameters, "test tasks"),
      chance: mainMetric == .accuracy
        ? settings.shape?.ways.map { 1 / Double($0) } : nil,
      checkedTaskCount: min(settings.checkedTasks, settings.episodes))
    guard isAskedFor else { return nil }
    for steps in settings.innerSteps {
      let other = try recipe.learner(for: dataSet.signature, ways: ways, adaptationSteps: steps)
      let found = result(
        try evaluation(of: other, on: .test), parameters, "adaptation steps: \(steps)")
      guard isAskedFor else { return nil }
      figures.bySteps.append((steps, found))
    }
    figures.novelty = noveltyFigures(of: parameters, runner) { name, done in
      isAskedFor = continues(name, done)
      return isAskedFor
    }
    guard isAskedFor else { return nil }
    guard settings.controls else { return figures }
    let controlled = min(settings.controlEpisodes ?? settings.episodes, settings.episodes)
    let part = controlled < settings.episodes ? " (\(counted(controlled, "task")))" : ""
    for control in try controls() {
      let found = try controlResult(among: control.candidates) { learner, split in
        var judged = try evaluation(of: learner, on: split)
        judged.taskCount = controlled
        let start = learner.initialParameters(
          RandomKey(seed: recipe.training.seed).folded("control"))
        let found = result(judged, start, control.title)
        return isAskedFor ? found : nil
      }
      guard let found else { return nil }
      figures.controls.append(
        .init(name: control.name, title: control.title + part, result: found))
    }
    figures.controls += environmentControls()
    return figures
  }

  /// What the candidate that is best on validation tasks, or the only one, does on test tasks; nil
  /// where nobody asks any longer.
  private func controlResult(
    among candidates: [any MetaLearner],
    judged: (any MetaLearner, Split) throws -> EvaluationResult?
  ) throws -> EvaluationResult? {
    var (best, highest) = (candidates[0], -Double.infinity)
    for candidate in candidates where candidates.count > 1 {
      guard let found = try judged(candidate, .validation) else { return nil }
      // What is not a number is never the best.
      if found.score > highest { (best, highest) = (candidate, found.score) }
    }
    return try judged(best, .test)
  }

  /// The learners without which no figure means anything, where they suit the tasks.
  func controls() throws
    -> [(name: String, title: String, candidates: [any MetaLearner])]
  {
    let signature = dataSet.signature
    // Where tasks act back, controls come with them.
    if case .rewards = signature.target { return [] }
    let needs = recipe.learner.plan.needs
    let parts = ControlParts(
      signature: signature, network: try recipe.untrainedNetwork(for: signature, ways: ways),
      preparation: dataSet.preparation,
      optimizerSteps: needs.isOptimizer ? needs.adaptationSteps : nil)
    return recipe.catalogues.controls.items.map { entry in
      (entry.name, entry.summary, entry.candidates(parts))
    }.filter { !$0.candidates.isEmpty }
  }

  /// Policies that need no learning, where tasks act back.
  private func environmentControls() -> [RunFigures.Control] {
    guard let tasks = dataSet.tasks(.test) as? any EnvironmentDistribution,
      let evaluation = try? evaluation(of: learner, on: .test) as? RolloutEvaluation
    else { return [] }
    return tasks.controls.map { control in
      .init(name: control.name, title: control.title, result: evaluation.result(of: control))
    }
  }
}
