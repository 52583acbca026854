public import Foundation
public import MetaLearning
internal import MetaTasks
public import NeuralNetworks
public import Settings

/// Everything that decides a run besides the data: tasks, learner, network, training, evaluation.
public struct Recipe: Sendable {
  /// Which tasks.
  public let task: TaskRecipe
  /// What learns.
  public let learner: Choice<LearnerPlan>
  /// On which network; nil where the learner makes its own.
  public let network: Choice<NetworkPlan>?
  /// How long and how fast.
  public let training: TrainingRecipe
  /// How it is judged.
  public let evaluation: EvaluationRecipe
  /// What was published of this setting; nil where the recipe says nothing of it.
  public let published: PublishedFigure?
  /// What can be named.
  public let catalogues: Catalogues
  /// The recipe as YAML with every key, defaults included; it reads as the same recipe.
  public let yaml: String
  /// The value of every key by its full name.
  private let values: [String: SettingValue]

  /// Something that a recipe chose from a catalogue.
  public struct Choice<Plan: Sendable>: Sendable {
    /// Its name.
    public let name: String
    /// What it is, with its settings.
    public let plan: Plan
    /// Where it was chosen.
    public let place: SettingsPlace
  }

  /// Reads a recipe; throws at the first key or value that cannot be followed.
  public init(
    _ reader: RecipeReader, _ catalogues: Catalogues = .standard
  ) throws(SettingsError) {
    self.catalogues = catalogues
    task = try TaskRecipe(try reader.section("task", "Which tasks."), catalogues)
    let learner = try Self.learner(try reader.section("learner", "What learns."), catalogues)
    self.learner = learner
    network =
      learner.plan.needs.outputs == .ownNetwork
      ? nil
      : try Self.network(
        try reader.section("network", "On which network."), learner.plan.needs, task, catalogues)
    training = try TrainingRecipe(reader, learner.plan.needs, catalogues)
    evaluation = try EvaluationRecipe(
      try reader.section("evaluation", "How it is judged."), task, learner)
    published = try PublishedFigure(reader)
    try reader.finish()
    yaml = reader.complete
    values = reader.root.values
    try checkTargets(reader)
    try checkHead(reader)
  }

  /// Reads the recipe of a file with overrides such as `training.iterations=60`.
  public init(
    url: URL, overrides: [String] = [], _ catalogues: Catalogues = .standard
  ) throws(SettingsError) {
    try self.init(try RecipeReader(url: url, overrides: overrides), catalogues)
  }

  /// Reads a recipe from memory; `file` is the name that errors give it.
  public init(
    yaml: String, file: String, overrides: [String] = [], _ catalogues: Catalogues = .standard
  ) throws(SettingsError) {
    try self.init(try RecipeReader(yaml: yaml, file: file, overrides: overrides), catalogues)
  }

  private static func learner(
    _ section: SettingsSection, _ catalogues: Catalogues
  ) throws(SettingsError) -> Choice<LearnerPlan> {
    let entry = try section.kind(of: catalogues.learners)
    return Choice(
      name: entry.name, plan: try entry.read(section), place: section.place(of: "kind"))
  }

  private static func network(
    _ section: SettingsSection, _ needs: LearnerNeeds, _ task: TaskRecipe,
    _ catalogues: Catalogues
  ) throws(SettingsError) -> Choice<NetworkPlan> {
    let (name, plan) = try section.network(
      of: catalogues.networks, default: task.plan.usualNetwork, needs.network)
    return Choice(name: name, plan: plan, place: section.place(of: "kind"))
  }

  /// A learner says which targets it can learn.
  private func checkTargets(_ reader: RecipeReader) throws(SettingsError) {
    guard !learner.plan.needs.accepts(task.plan.target) else { return }
    let names = learner.plan.needs.targets.map(\.rawValue).sorted().joined(separator: ", ")
    throw SettingsError(
      .outOfBounds, learner.place,
      "'learner.kind' \(learner.name) learns \(names), and these tasks are "
        + "\(task.plan.target.words); see metalearn explain learners")
  }

  /// A network with an output for each class serves one number of ways.
  private func checkHead(_ reader: RecipeReader) throws(SettingsError) {
    guard learner.plan.needs.fixesWays, let ways = task.episodes?.ways else { return }
    let advice = learner.plan.needs.anyHeadAdvice.map { "; or \($0)" } ?? ""
    guard ways.count == 1 else {
      throw try reader.section("task").error(
        "ways",
        "must be one number with the learner \(learner.name), which has an output for each class"
          + advice)
    }
    guard evaluation.shape?.ways == ways.lowerBound else {
      throw try reader.section("evaluation").error(
        "ways",
        "must be 'task.ways', \(ways.lowerBound), with the learner \(learner.name), which has an "
          + "output for each class\(advice)")
    }
  }
}

extension Recipe {
  /// A key whose values differ between two recipes.
  struct Change {
    let key: String
    /// The two values, as `key is one and other`.
    let words: String
  }

  /// The keys whose values differ between two recipes, in order.
  func changes(from other: Recipe) -> [Change] {
    func text(_ value: SettingValue?) -> String { value.map(RecipeWriter.text) ?? "not there" }
    return Set(values.keys).union(other.values.keys).sorted().compactMap { key in
      let (own, others) = (values[key], other.values[key])
      return own == others
        ? nil : Change(key: key, words: "\(key) is \(text(own)) and \(text(others))")
    }
  }

  /// The recipe of each rotation of which classes are held out, itself the first.
  ///
  /// Throws where its data set has no classes that can be held out in turn.
  public func rotations() throws(SettingsError) -> [Recipe] {
    var first = 0
    if case .integer(let rotation)? = values["task.rotation"] { first = rotation }
    var recipes = [self]
    for number in 1..<max(1, evaluation.rotations) {
      recipes.append(
        try Recipe(
          yaml: yaml, file: "the recipe of rotation \(number + 1)",
          overrides: ["task.rotation=\(first + number)", "evaluation.rotations=1"], catalogues))
    }
    return recipes
  }

  /// The keys whose values differ between two recipes, as `key is one and other`.
  public func differences(from other: Recipe) -> [String] {
    changes(from: other).map(\.words)
  }
}
