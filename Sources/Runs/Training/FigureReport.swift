public import Files
public import MetaLearning
internal import MetaTasks

extension RunFigures {
  /// The figures as members of a JSON object: accuracies as parts of 1, intervals as half widths.
  public func members(_ prepared: PreparedRecipe) -> [JSONValue.Member] {
    let (recipe, shape) = (prepared.recipe, prepared.recipe.evaluation.shape)
    let name = result.isClassification ? "accuracy" : "error"
    var members: [JSONValue.Member] = [
      .init(
        "task",
        [
          "data": .string(prepared.dataSet.name),
          "ways": shape.ways.map(JSONValue.integer) ?? .null, "shots": .integer(shape.shots),
          "queries": .integer(shape.queries),
        ]),
      .init("split", "test"), .init("classSplit", .string(prepared.dataSet.classSplit)),
      .init("learner", .string(recipe.learner.kind.rawValue)),
      .init("episodes", .integer(result.perTask.count)),
      .init("seed", .integer(Int(clamping: recipe.evaluation.seed))),
      .init(name, result.figure.json),
    ]
    if let transductive = result.transductiveFigure {
      members.append(.init("\(name)Transductive", transductive.json))
    } else if leaks {
      members.append(.init("\(name)Transductive", result.figure.json))
    }
    members += [
      .init("inductive", .boolean(!leaks)), .init("loss", .number(result.loss)),
      .init("batchNorm", .string(recipe.network.normalization.rawValue)),
      .init("leakCheck", leakCheck),
    ]
    if !bySteps.isEmpty {
      members.append(
        .init(
          "byInnerSteps",
          .array(bySteps.map { ["steps": .integer($0.steps), name: $0.result.figure.json] })))
    }
    members.append(.init("controls", .object(controlMembers)))
    let notes = notes(prepared)
    if !notes.isEmpty { members.append(.init("notes", .array(notes.map(JSONValue.string)))) }
    return members
  }

  /// What a reader of the figures must know of their data.
  public func notes(_ prepared: PreparedRecipe) -> [String] {
    guard isOnOtherData else { return prepared.dataSet.notes }
    return prepared.dataSet.notes
      + ["not the data of the training (environment.json); classes may have been trained on"]
  }

  private var controlMembers: [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    if let chance { members.append(.init("chance", ["mean": .number(chance)])) }
    return members + controls.map { .init($0.name, $0.result.figure.json) }
  }

  private var leakCheck: JSONValue {
    switch result.leak {
    case .independent(let difference)?:
      [
        "passed": true, "tasks": .integer(checkedTaskCount),
        "largestDifference": .number(difference),
      ]
    case .leaks(let task, let reason)?:
      ["passed": false, "task": .integer(task), "reason": .string(reason)]
    case nil: ["passed": nil]
    }
  }
}

extension Figure {
  /// Mean and half the width of the 95% interval.
  public var json: JSONValue { ["mean": .number(mean), "ci95": .number(interval)] }
}
