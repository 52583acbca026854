public import Files
public import MetaLearning
internal import MetaTasks
public import TensorPrograms
internal import Tensors

/// What a check of a recipe's meta-gradient found: at the first step, and at each step from which
/// the learner has another program.
public struct GradientReport: Sendable {
  /// What was checked, in a line.
  public let title: String
  /// What was found at each of these steps.
  public let moments: [(step: Int, result: GradientCheck.Result)]

  /// Whether nothing differs.
  public var agrees: Bool { moments.allSatisfy(\.result.agrees) }

  /// What it comes to, in a line.
  public var verdict: String {
    guard agrees else {
      let count = moments.reduce(0) { $0 + $1.result.findings.count { $0.verdict == .differs } }
      return "the gradient differs from finite differences in \(count) of the lines above"
    }
    let findings = moments.flatMap(\.result.findings)
    let unmeasured = findings.count { $0.verdict == .unmeasured }
    let agreement =
      unmeasured < findings.count
      ? "the gradient agrees with finite differences" : "nothing is shown"
    guard unmeasured > 0 else { return agreement }
    let isSingle = moments.contains { $0.result.precision == .single }
    return agreement + "; \(counted(unmeasured, "slope")) too small or too rough to be measured"
      + (isSingle
        ? " in single precision: take --precision double, or a narrower network, such as "
          + "--set network.width=8" : "")
  }

  /// The report as one JSON object.
  public var json: JSONValue {
    [
      "schema": 1, "command": "check-gradient", "title": .string(title),
      "agrees": .boolean(agrees),
      "moments": .array(moments.map { Self.json(step: $0.step, $0.result) }),
    ]
  }

  private static func json(step: Int, _ result: GradientCheck.Result) -> JSONValue {
    [
      "step": .integer(step), "precision": .string(result.precision.rawValue),
      "tolerance": .number(result.precision.tolerance),
      "approximation": result.approximation.map(JSONValue.string) ?? .null,
      "findings": .array(result.findings.map(json)),
    ]
  }

  private static func json(_ finding: GradientCheck.Finding) -> JSONValue {
    [
      "leaf": finding.leaf.map(JSONValue.string) ?? .null,
      "slope": .number(finding.expected), "byDifferences": .number(finding.measured),
      "relativeError": .number(finding.relativeError),
      "verdict": .string(finding.verdict.rawValue),
    ]
  }
}

extension PreparedRecipe {
  /// Compares the learner's meta-gradient with finite differences on small episodes of the training
  /// tasks, near the parameters with which a training begins.
  ///
  /// Throws where tasks are not made of examples, and where nothing is learned.
  public func gradientReport(
    tasks count: Int, directions: Int, precision: GradientCheck.Precision?, _ runner: Runner
  ) throws -> GradientReport {
    guard let tasks = trainingTasks as? any TaskDistribution,
      let shape = recipe.task.episodes?.smallest
    else {
      throw TaskError(
        "\(dataSet.name): these tasks act back; a gradient is checked on tasks made of examples.")
    }
    let configuration = try configuration()
    guard let parameters = try initialState(configuration).trees[TreeName.learner],
      !parameters.learned.isEmpty
    else { throw TaskError("\(recipe.learner.name): nothing is learned, so there is no gradient.") }
    let check = GradientCheck(
      learner: learner, tasks: tasks, episodes: small(shape), taskCount: count,
      seed: recipe.training.seed, directions: directions, precision: precision)
    return GradientReport(
      title: "\(recipe.learner.name) on \(dataSet.name): the gradient of the objective on "
        + "\(counted(count, "task")) of \(check.episodes.supportCount) support and "
        + "\(check.episodes.queryCount) query examples",
      moments: distinctMoments.map { progress in
        (progress.step, check.result(of: parameters.movedOffKinks(), at: progress, runner))
      })
  }

  /// An episode with few examples, and few classes where the learner takes any number.
  private func small(_ shape: EpisodeShape) -> EpisodeShape {
    let isOfClasses = shape.ways != nil
    let hasFixedHead = recipe.learner.plan.needs.outputs == .fixedHead
    return EpisodeShape(
      ways: hasFixedHead ? shape.ways : shape.ways.map { min($0, 5) },
      shots: min(shape.shots, isOfClasses ? 2 : 10),
      queries: min(shape.queries, isOfClasses ? 2 : 10))
  }

  /// The first step, and each from which the learner has another program.
  private var distinctMoments: [LearningProgress] {
    let count = recipe.training.phases.last?.iterations ?? 1
    var moments: [LearningProgress] = []
    var variants: Set<Int> = []
    for percent in 0..<100 {
      let progress = LearningProgress(step: count * percent / 100, of: count)
      if variants.insert(learner.variant(at: progress)).inserted { moments.append(progress) }
    }
    return moments
  }
}

extension ParameterValues {
  /// Learned numbers a little elsewhere: where offsets are zero, empty parts of pictures lie exactly on
  /// the kinks of ReLU, and there is no derivative.
  fileprivate func movedOffKinks() -> ParameterValues {
    mapEntries { entry in
      guard entry.role == .learned else { return entry.leaf }
      let noise = RandomKey(seed: 0).folded(entry.name).normal(count: entry.leaf.shape.elementCount)
      return TensorValue(
        Swift.zip(entry.leaf.floats, noise).map { $0 + 0.01 * max(abs($0), 0.1) * $1 },
        shape: entry.leaf.shape)
    }
  }
}
