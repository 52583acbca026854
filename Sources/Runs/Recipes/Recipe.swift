public import Foundation
internal import MetaTasks

/// Everything that decides a run besides the data: tasks, learner, network, training, evaluation.
public struct Recipe: Hashable, Sendable {
  /// Which tasks.
  public let task: TaskRecipe
  /// What learns.
  public internal(set) var learner: LearnerRecipe
  /// On which network.
  public let network: NetworkRecipe
  /// What moves the parameters.
  public let optimizer: OptimizerRecipe
  /// How long and how fast.
  public let training: TrainingRecipe
  /// How it is judged.
  public let evaluation: EvaluationRecipe
  /// The recipe as YAML with every key, defaults included; it reads as the same recipe.
  public let yaml: String

  /// Reads a recipe; throws at the first key or value that cannot be followed.
  public init(_ reader: RecipeReader) throws(RecipeError) {
    task = try TaskRecipe(try reader.section("task"))
    learner = try LearnerRecipe(
      try reader.section("learner"), ways: task.episodes.ways?.upperBound)
    let network = try reader.section("network")
    self.network = try NetworkRecipe(
      network, of: learner.kind, forPictures: task.episodes.ways != nil)
    optimizer = try OptimizerRecipe(try reader.section("optimizer"), default: .adam)
    training = try TrainingRecipe(try reader.section("training"))
    let evaluation = try reader.section("evaluation")
    self.evaluation = try EvaluationRecipe(evaluation, task: task, learner: learner)
    try reader.finish()
    yaml = reader.complete
    try checkHead(reader)
  }

  /// Reads the recipe of a file with overrides such as `training.iterations=60`.
  public init(url: URL, overrides: [String] = []) throws(RecipeError) {
    try self.init(try RecipeReader(url: url, overrides: overrides))
  }

  /// Reads a recipe from memory; `file` is the name that errors give it.
  public init(yaml: String, file: String, overrides: [String] = []) throws(RecipeError) {
    try self.init(try RecipeReader(yaml: yaml, file: file, overrides: overrides))
  }

  /// A network with an output for each class serves one number of ways.
  private func checkHead(_ reader: RecipeReader) throws(RecipeError) {
    if task.episodes.ways == nil, learner.kind == .protonet {
      throw RecipeError(
        .outOfBounds, try reader.section("learner").place(of: "kind"),
        "'learner.kind' protonet tells classes apart, and these tasks are of numbers; use maml, "
          + "fomaml, anil or reptile")
    }
    guard learner.hasFixedWays, let ways = task.episodes.ways else { return }
    let advice = learner.kind == .reptile ? "" : "; or set learner.zeroesHead=true"
    guard ways.count == 1 else {
      throw RecipeError(
        .outOfBounds, try reader.section("task").place(of: "ways"),
        "'task.ways' must be one number with the learner \(learner.kind.rawValue), whose network "
          + "has an output for each class\(advice)")
    }
    guard evaluation.shape.ways == ways.lowerBound else {
      throw RecipeError(
        .outOfBounds, try reader.section("evaluation").place(of: "ways"),
        "'evaluation.ways' must be 'task.ways', \(ways.lowerBound), with the learner "
          + "\(learner.kind.rawValue), whose network has an output for each class\(advice)")
    }
  }
}

extension Recipe {
  /// The keys whose values differ between two recipes, as `key: one and other`.
  func differences(from other: Recipe) -> [String] {
    func lines(_ yaml: String) -> [String: String] {
      var section: [String] = []
      var values: [String: String] = [:]
      for line in yaml.split(separator: "\n") {
        let depth = line.prefix { $0 == " " }.count / 2
        let parts = line.split(separator: ":", maxSplits: 1)
        let path = Array(section.prefix(depth)) + [parts[0].trimmingCharacters(in: .whitespaces)]
        section = path
        if parts.count > 1 {
          values[path.joined(separator: ".")] = parts[1].trimmingCharacters(in: .whitespaces)
        }
      }
      return values
    }
    let (own, others) = (lines(yaml), lines(other.yaml))
    return Set(own.keys).union(others.keys).sorted().compactMap { key in
      own[key] == others[key]
        ? nil : "\(key) is \(own[key] ?? "not there") and \(others[key] ?? "not there")"
    }
  }
}
