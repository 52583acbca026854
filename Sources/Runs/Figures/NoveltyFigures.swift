internal import Files
public import MetaLearning
internal import MetaTasks
internal import TensorPrograms
internal import Tensors

/// How well queries of none of a task's classes are told from those of its classes.
public struct NoveltyFigures: Sendable, Hashable {
  /// What a query is called unknown by, found on validation tasks.
  public let threshold: NoveltyThreshold
  /// The area under the ROC curve on test tasks.
  public let areaUnderCurve: Double
  /// The part of test queries of other classes that are called unknown.
  public let found: Double
  /// The part of test queries of the task's classes that are called unknown.
  public let falseAlarms: Double

  /// What was found, in a line.
  var line: String {
    let metric = MetricDescription.areaUnderCurve
    func percent(_ part: Double) -> String { MetricDescription.accuracy.text(part) }
    return "queries of other classes: \(metric.title) \(metric.text(areaUnderCurve)); "
      + "\(percent(found)) of them are told, at \(percent(falseAlarms)) false alarms"
  }

  /// The figures as JSON.
  var json: JSONValue {
    [
      "score": .string(threshold.score.rawValue), "threshold": .number(threshold.value),
      "auroc": .number(areaUnderCurve), "found": .number(found),
      "falseAlarms": .number(falseAlarms),
    ]
  }
}

extension PreparedRecipe {
  /// Finds on validation tasks by what queries of other classes are told, and judges it on test
  /// tasks; nil where tasks have no classes, where there are too few of them, or where that is not
  /// asked for.
  func noveltyFigures(
    of parameters: ParameterValues, _ runner: Runner, whileAsked continues: (String, Int) -> Bool
  ) -> NoveltyFigures? {
    let settings = recipe.evaluation
    guard dataSet.signature.target == .classes, settings.unknownTasks > 0,
      let shape = settings.shape, dataSet.count(.validation)?.classes != 0
    else { return nil }
    func logits(_ split: Split) -> NoveltyLogits? {
      guard let tasks = dataSet.tasks(split) as? any TaskDistribution else { return nil }
      let evaluation = NoveltyEvaluation(
        learner: learner, tasks: tasks, episodes: shape, split: split, seed: settings.seed,
        taskCount: settings.unknownTasks)
      return evaluation.logits(of: parameters, runner) { continues("unknown classes", $0) }
    }
    guard let threshold = logits(.validation)?.threshold(), let test = logits(.test) else {
      return nil
    }
    func part(_ logits: [[Double]]) -> Double {
      Double(logits.count(where: threshold.isUnknown)) / Double(max(1, logits.count))
    }
    return NoveltyFigures(
      threshold: threshold, areaUnderCurve: test.areaUnderCurve(threshold.score),
      found: part(test.unknown), falseAlarms: part(test.known))
  }
}

extension NoveltyThreshold {
  /// The threshold as model files hold it.
  var json: JSONValue { ["score": .string(score.rawValue), "threshold": .number(value)] }

  /// Reads what `json` wrote; nil where it is something else.
  init?(json: JSONValue) {
    guard let score = json["score"]?.string.flatMap(FamiliarityScore.init(rawValue:)),
      let value = json["threshold"]?.number
    else { return nil }
    self.init(score: score, value: value)
  }
}
