public import Files
internal import MetaLearning
internal import MetaTasks

extension FigureTable {
  /// The table as members of a JSON object: each metric of the learner by its name, accuracies as
  /// parts of 1, intervals as half widths; what sees all queries as `NAMETransductive`; then the
  /// controls.
  var members: [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    var steps: [JSONValue] = []
    var controls: [JSONValue.Member] = []
    for row in rows {
      let value = row.figure?.json ?? ["mean": row.exactValue.map(JSONValue.number) ?? .null]
      switch row.group {
      case .learner: members.append(.init(row.metric.name, value))
      case .transductive: members.append(.init("\(row.metric.name)Transductive", value))
      case .steps(let count):
        steps.append(["steps": .integer(count), row.metric.name: value])
      case .control(let name): controls.append(.init(name, value))
      }
    }
    if !steps.isEmpty { members.append(.init("byInnerSteps", .array(steps))) }
    members.append(.init("controls", .object(controls)))
    if !notes.isEmpty { members.append(.init("notes", .array(notes.map(JSONValue.string)))) }
    return members
  }
}

extension RunFigures {
  /// The figures as members of a JSON object, with what they are of.
  public func members(_ prepared: PreparedRecipe) -> [JSONValue.Member] {
    let evaluation = prepared.recipe.evaluation
    var task: [JSONValue.Member] = [.init("data", .string(prepared.dataSet.name))]
    if let shape = evaluation.shape {
      task += [
        .init("ways", shape.ways.map(JSONValue.integer) ?? .null),
        .init("shots", .integer(shape.shots)), .init("queries", .integer(shape.queries)),
      ]
    }
    var members: [JSONValue.Member] = [
      .init("task", .object(task)), .init("split", "test"),
      .init("classSplit", .string(prepared.dataSet.classSplit)),
      .init("learner", .string(prepared.recipe.learner.name)),
      .init("episodes", .integer(result.perTask.count)),
      .init("seed", .integer(Int(clamping: evaluation.seed))),
    ]
    let table = FigureTable(self, prepared)
    members += table.members.filter { !["controls", "notes"].contains($0.key) }
    if leaks {
      members.append(.init("\(result.mainMetric.name)Transductive", result.figure.json))
    }
    members.append(.init("inductive", .boolean(!leaks)))
    if let loss = result.loss { members.append(.init("loss", .number(loss))) }
    members.append(.init("normalization", .string(prepared.normalizationWords)))
    if let novelty { members.append(.init("unknown", novelty.json)) }
    members.append(.init("leakCheck", leakCheck))
    return members + table.members.filter { ["controls", "notes"].contains($0.key) }
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
