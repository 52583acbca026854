public import Files
import MetaLearning
import MetaTasks

extension TaskSurvey {
  /// The survey as one JSON object.
  public var json: JSONValue {
    [
      "schema": 1, "command": "data tasks", "title": .string(title),
      "control": .string(controlTitle), "quality": .string(qualityTitle),
      "chance": .number(chance), "own": quality.json, "withOtherSupport": withOtherSupport.json,
      "perTask": .array(perTask.map { .number($0) }), "solvedPart": .number(solvedPart),
      "byShots": Self.json(shotCurve),
      "variance": variance.map(Self.json) ?? .null,
      "trainingCoverage": trainingCoverage.map(Self.json) ?? .null,
      "testCoverage": testCoverage.map(Self.json) ?? .null,
      "duplicates": duplicates.map(Self.json) ?? .null,
      "giveaways": .array(giveaways.map(Self.json)),
      "warnings": .array(warnings.map(JSONValue.string)),
    ]
  }

  private static func json(_ points: [Point]) -> JSONValue {
    .array(
      points.map { point -> JSONValue in
        [
          "count": .integer(point.count), "mean": .number(point.quality.mean),
          "ci95": .number(point.quality.interval),
        ]
      })
  }

  private static func json(_ variance: InputVariance) -> JSONValue {
    [
      "betweenTasks": .number(variance.betweenTasks),
      "betweenClasses": .number(variance.betweenClasses), "within": .number(variance.within),
    ]
  }

  private static func json(_ coverage: ClassCoverage) -> JSONValue {
    [
      "classes": .integer(coverage.classCount), "tasks": .integer(coverage.taskCount),
      "seen": .integer(coverage.seenCount), "fewest": .integer(coverage.tasksOfClass.lowerBound),
      "most": .integer(coverage.tasksOfClass.upperBound), "evenness": .number(coverage.evenness),
    ]
  }

  private static func json(_ duplicates: DuplicateSearch) -> JSONValue {
    [
      "examples": .integer(duplicates.exampleCount),
      "withinClasses": .integer(duplicates.withinClasses),
      "betweenClasses": .integer(duplicates.betweenClasses),
      "acrossSplits": .integer(duplicates.acrossSplits),
      "nearlyAcrossSplits": .integer(duplicates.nearlyAcrossSplits),
      "pairs": .array(
        duplicates.pairs.map { pair -> JSONValue in
          [.string(pair.first.words), .string(pair.second.words)]
        }),
    ]
  }

  private static func json(_ giveaway: Giveaway) -> JSONValue {
    [
      "number": .string(giveaway.name), "accuracy": .number(giveaway.accuracy),
      "strong": .boolean(giveaway.isStrong),
    ]
  }
}
