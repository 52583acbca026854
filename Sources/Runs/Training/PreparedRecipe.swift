public import MetaLearning
public import MetaTasks
internal import NeuralNetworks
public import Settings
internal import Tensors

/// A recipe joined with its data: what the trainer and evaluations need.
public struct PreparedRecipe: Sendable {
  /// The recipe.
  public let recipe: Recipe
  /// The data that it names.
  public let dataSet: LoadedDataSet
  /// The learner on its network.
  public let learner: any MetaLearner
  /// The classes of a test task; nil where tasks have none.
  public let ways: Int?
  /// The metrics of the tasks.
  let metrics: [Metric]
  /// Whose programs evaluations of the learner use.
  let owner = ProgramOwner()

  /// Joins a recipe with its data.
  ///
  /// Throws a `SettingsError` where network and examples do not fit, and a `TaskError` where the
  /// data are too few for the episodes or the recipe's learner cannot learn them.
  public init(_ recipe: Recipe, _ dataSet: LoadedDataSet) throws {
    self.recipe = recipe
    self.dataSet = dataSet
    ways = recipe.evaluation.shape?.ways
    let signature = dataSet.signature
    learner = try recipe.learner(for: signature, ways: ways)
    // What environments are judged by comes with their rollouts.
    if case .rewards = signature.target {
      try recipe.evaluation.requireMetric(signature.mainMetric)
      metrics = []
    } else {
      metrics = try recipe.evaluation.ordered(
        try recipe.catalogues.metrics.metrics(of: signature), for: signature.target)
    }
    if let episodes = recipe.task.episodes {
      try validate([episodes.largest, episodes.smallest], on: .train)
    }
    // What cannot be trained is told before anything is written.
    _ = try configuration()
    guard let shape = recipe.evaluation.shape else { return }
    if recipe.training.phases.contains(where: { $0.validateEvery != nil }) {
      try validate([shape], on: .validation)
    }
    try validate([shape], on: .test)
  }

  private func validate(_ shapes: [EpisodeShape], on split: Split) throws(TaskError) {
    let family = split == .train ? trainingTasks : dataSet.tasks(split)
    guard let tasks = family as? any TaskDistribution else { return }
    if split == .validation, dataSet.count(split)?.classes == 0 {
      throw TaskError(
        "\(dataSet.name): no classes are held out to choose by; set training.validateEvery=null, or "
          + "task.validation=true.")
    }
    for shape in shapes {
      do throws(TaskError) {
        try tasks.validate(shape)
      } catch {
        throw error.namingKeys(of: split == .train ? "task" : "evaluation", instead: shape)
      }
    }
  }

  /// Reads the data that a recipe names and joins them; throws what reading throws besides.
  public init(_ recipe: Recipe, from dataSets: DataSets) throws {
    try self.init(recipe, try dataSets.load(recipe.task.plan, for: recipe.task.data))
  }

  /// The metric that counts.
  public var mainMetric: MetricDescription {
    metrics.first?.figure ?? dataSet.signature.mainMetric
  }

  /// What is learned from.
  var trainingTasks: any TaskFamily { recipe.task.training(dataSet.tasks(.train)) }

  /// What is learned on what, in a line.
  public var title: String { "\(recipe.learner.name) on \(taskTitle)" }

  /// What tasks there are, in a line.
  var taskTitle: String {
    let shape = recipe.evaluation.shape.map { shape in
      let shots = recipe.evaluation.fewestShots.map { "\($0) to \(shape.shots) shots" }
      return (shape.ways.map { ", \($0)-way " } ?? ", ") + (shots ?? "\(shape.shots)-shot")
    }
    return "\(dataSet.name)\(shape ?? "")"
  }

  /// How the network normalises, in a word.
  var normalizationWords: String {
    let network = try? recipe.network(for: dataSet.signature, ways: ways)
    let modes = network?.normalizationModes.map(\.rawValue).sorted() ?? []
    return modes.isEmpty ? "none" : modes.joined(separator: ", ")
  }
}

// MARK: Training and evaluation

extension PreparedRecipe {
  /// What the trainer follows.
  public func configuration() throws -> MetaTrainer.Configuration {
    MetaTrainer.Configuration(
      learner: learner, phases: try recipe.training.phases.map(phase),
      seed: recipe.training.seed)
  }

  private func phase(_ phase: PhaseRecipe) throws -> Phase {
    let step = try phase.step.plan.make(
      OuterStepParts(
        learner: learner, tasks: trainingTasks, episodes: recipe.task.episodes,
        tasksPerStep: phase.tasksPerStep, update: phase.update, metrics: metrics))
    try checkTrainedLeaves(of: phase, step)
    var validation: Phase.Validation?
    if let every = phase.validateEvery {
      var evaluation = try evaluation(of: learner, on: .validation, owner: owner)
      evaluation.taskCount = phase.validationTasks
      validation = .init(evaluation: evaluation, every: every)
    }
    return Phase(
      step, learningRate: phase.learningRate, schedule: phase.schedule,
      stopRule: StopRule(
        iterations: phase.iterations, seconds: phase.seconds, patience: phase.patience),
      validation: validation)
  }

  /// Throws where the recipe says that leaves of a name are trained, and there are none.
  private func checkTrainedLeaves(
    of phase: PhaseRecipe, _ step: any OuterStep
  ) throws(SettingsError) {
    guard let trained = phase.update.trained else { return }
    let key = RandomKey(seed: 0)
    let parameters = learner.initialParameters(key)
    let trees = step.initialTrees(for: parameters, key: key)
    let names =
      parameters.learned.names
      + trees.flatMap { tree in tree.value.learned.names.map { "\(tree.key)/\($0)" } }
    for beginning in trained where !names.contains(where: { $0.hasPrefix(beginning) }) {
      let parts = Set(names.map { $0.prefix { $0 != "." }.description })
      throw SettingsError(
        .outOfBounds, phase.trains.place,
        "'\(phase.trains.name)' has '\(beginning)', with which no leaf's name begins"
          + NearestName.question(for: beginning, among: parts.union(names).sorted()))
    }
  }

  /// An evaluation of a learner on the recipe's tasks of a split.
  func evaluation(
    of learner: any MetaLearner, on split: Split, owner: ProgramOwner = ProgramOwner(),
    checkedTaskCount: Int = 0
  ) throws(TaskError) -> any TaskEvaluation {
    let settings = recipe.evaluation
    let tasks = dataSet.tasks(split)
    if var tasks = tasks as? any TaskDistribution, let shape = settings.shape {
      if let fewest = settings.fewestShots { tasks = UnequalShots(tasks, fewest: fewest) }
      return Evaluation(
        learner: learner, tasks: tasks, episodes: shape, split: split, seed: settings.seed,
        taskCount: settings.episodes, checkedTaskCount: checkedTaskCount, metrics: metrics,
        owner: owner)
    }
    guard let tasks = tasks as? any EnvironmentDistribution,
      let learner = learner as? any ActingLearner
    else {
      throw TaskError(
        "\(tasks.name): these tasks act back, and the learner \(recipe.learner.name) does not act; "
          + "see metalearn explain learners")
    }
    return RolloutEvaluation(
      learner: learner, tasks: tasks, split: split, seed: settings.seed,
      taskCount: settings.episodes, owner: owner)
  }
}

// MARK: Learners and networks

extension Recipe {
  /// The learner on tasks of a kind, with so many classes where they have any.
  public func learner(
    for signature: Signature, ways: Int?, adaptationSteps: Int? = nil
  ) throws(SettingsError) -> any MetaLearner {
    guard learner.plan.needs.accepts(signature.target) else {
      throw SettingsError(
        .outOfBounds, learner.place,
        "'learner.kind' \(learner.name) cannot learn tasks \(signature.target.words)")
    }
    return learner.plan.make(
      LearnerParts(
        network: try network(for: signature, ways: ways), signature: signature,
        ways: task.episodes?.ways?.upperBound, adaptationSteps: adaptationSteps))
  }

  /// The learner's network; nil where it makes its own.
  func network(for signature: Signature, ways: Int?) throws(SettingsError) -> Network? {
    let outputs: Int? =
      switch learner.plan.needs.outputs {
      case .fixedHead, .anyHead: signature.target.target(ways: ways).outputCount
      case .features, .labelledFeatures, .ownNetwork: nil
      }
    return try network(for: signature, outputs: outputs)
  }

  /// The learner's network with so many outputs, or without any; nil where it makes its own.
  func network(for signature: Signature, outputs: Int?) throws(SettingsError) -> Network? {
    guard let network else { return nil }
    return try network.plan.network(
      for: signature.inputs, outputs: outputs, orAt: network.place)
  }

  /// The network with an output for each class or number, as nobody has trained it: the learner's
  /// own, or the usual one for such tasks where the learner makes its own.
  func untrainedNetwork(for signature: Signature, ways: Int?) throws(SettingsError) -> Network {
    let outputs = signature.target.target(ways: ways).outputCount
    if let network {
      return try network.plan.untrained.network(
        for: signature.inputs, outputs: outputs, orAt: network.place)
    }
    guard let entry = catalogues.networks[task.plan.usualNetwork] else {
      throw SettingsError(
        .outOfBounds, learner.place, "there is no network '\(task.plan.usualNetwork)' for a control"
      )
    }
    return try entry.read(.describing(), NetworkNeeds())
      .network(for: signature.inputs, outputs: outputs, orAt: learner.place)
  }
}

extension NetworkPlan {
  /// The network, whose errors are those of the settings at a place.
  fileprivate func network(
    for inputs: [InputDescription], outputs: Int?, orAt place: SettingsPlace
  ) throws(SettingsError) -> Network {
    do throws(NetworkError) {
      return try network(for: inputs, outputs: outputs)
    } catch {
      throw SettingsError(error, orAt: place)
    }
  }
}

extension TaskError {
  /// The error with the keys of a section that would make such episodes as can be made.
  fileprivate func namingKeys(of section: String, instead shape: EpisodeShape) -> TaskError {
    guard let possible else { return self }
    let pairs = [
      ("ways", shape.ways, possible.ways), ("shots", shape.shots, possible.shots),
      ("queries", shape.queries, possible.queries),
    ].filter { $1 != $2 }
    let words = pairs.map { key, _, value in "--set \(section).\(key)=\(value ?? 0)" }
    return TaskError(
      "\(description) This works: \(words.joined(separator: " "))", possible: possible)
  }
}
