internal import MetaLearning
internal import MetaTasks
public import TensorPrograms
internal import Tensors

extension PreparedRecipe {
  /// Looks at the recipe's tasks: at so many of the test tasks, and as many training tasks.
  ///
  /// Throws where tasks are not made of examples.
  public func taskSurvey(tasks count: Int, _ runner: Runner) throws -> TaskSurvey {
    guard let tasks = dataSet.tasks(.test) as? any TaskDistribution,
      let training = trainingTasks as? any TaskDistribution,
      let shape = recipe.evaluation.shape, let trainingShape = recipe.task.episodes?.smallest,
      let control = try controls().first
    else {
      throw TaskError(
        "\(dataSet.name): these tasks act back; tasks made of examples can be looked at.")
    }
    let judge = SurveyJudge(
      control: control.candidates[0],
      metrics: try recipe.catalogues.metrics.metrics(of: dataSet.signature),
      seed: recipe.evaluation.seed, runner: runner
    )
    let few = EpisodeShape(ways: shape.ways, shots: shape.shots, queries: min(shape.queries, 5))
    let looked = judge.episodes(of: tasks, few, .test, count: min(count, Self.lookedAt))
    let qualities = judge.qualities(on: tasks, shape, count: count)
    let isOfClasses = dataSet.signature.target == .classes
    return TaskSurvey(
      title: "\(taskTitle): \(counted(count, "test task"))",
      controlTitle: control.title,
      qualityTitle: isOfClasses ? "accuracy" : "part of the variance explained",
      chance: isOfClasses ? 1 / Double(shape.ways ?? 1) : 0,
      perTask: qualities,
      shotCurve: shotCounts(tasks, few).map { shots in
        let other = EpisodeShape(ways: shape.ways, shots: shots, queries: few.queries)
        return .init(
          count: shots, quality: Figure(judge.qualities(on: tasks, other, count: count)))
      },
      withOtherSupport: Figure(
        judge.qualities(on: OtherSupport(tasks), few, count: min(count, Self.lookedAt))),
      variance: InputVariance(of: looked),
      trainingCoverage: coverage(training, trainingShape, .train, judge, count),
      testCoverage: coverage(tasks, shape, .test, judge, count), duplicates: duplicates(),
      giveaways: Giveaway.search(looked, order: dataSet.signature.order))
  }

  /// The tasks whose inputs are looked at one by one.
  private static let lookedAt = 60

  /// Numbers of support examples that tasks can have.
  private func shotCounts(_ tasks: any TaskDistribution, _ shape: EpisodeShape) -> [Int] {
    Set([1, 2, 5, 10, 20, 50, shape.shots]).sorted().filter { shots in
      let other = EpisodeShape(ways: shape.ways, shots: shots, queries: shape.queries)
      return (try? tasks.validate(other)) != nil
    }
  }

  private func coverage(
    _ tasks: any TaskDistribution, _ shape: EpisodeShape, _ split: Split, _ judge: SurveyJudge,
    _ count: Int
  ) -> ClassCoverage? {
    guard let classCount = dataSet.count(split)?.classes else { return nil }
    let least = EpisodeShape(ways: shape.ways, shots: 1, queries: 1)
    return ClassCoverage(
      of: judge.episodes(of: tasks, least, split, count: count), classCount: classCount)
  }

  private func duplicates() -> DuplicateSearch? {
    let stored = Split.allCases.compactMap { split in
      (dataSet.tasks(split) as? any StoredExamples).map { (split: split, tasks: $0) }
    }
    return stored.count == Split.allCases.count ? DuplicateSearch(stored) : nil
  }
}

/// Judges the control of a survey.
private struct SurveyJudge {
  let control: any MetaLearner
  let metrics: [Metric]
  let seed: UInt64
  let runner: Runner

  /// The same tasks that evaluations draw.
  func episodes(
    of tasks: any TaskDistribution, _ shape: EpisodeShape, _ split: Split, count: Int
  ) -> [EpisodeValues] {
    (0..<count).map { number in
      let key = TaskBatch.evaluationKey(seed: seed, split: split, number: number)
      return tasks.episode(shape, key: key.folded("task"))
    }
  }

  /// The accuracy on each test task; of numbers 1 less the squared error over the variance of what
  /// is asked, and not below 0.
  func qualities(on tasks: any TaskDistribution, _ shape: EpisodeShape, count: Int) -> [Double] {
    let evaluation = Evaluation(
      learner: control, tasks: tasks, episodes: shape, split: .test, seed: seed, taskCount: count,
      checkedTaskCount: 0, metrics: metrics)
    let found = evaluation.result(
      of: control.initialParameters(RandomKey(seed: seed).folded("control")), runner
    ).perTask
    guard case .numbers = tasks.signature.target else { return found }
    return zip(found, episodes(of: tasks, shape, .test, count: count)).map { error, episode in
      let targets = episode.query.targets.doubles
      let mean = targets.reduce(0, +) / Double(targets.count)
      let variance =
        targets.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(targets.count)
      return max(0, 1 - error / max(variance, .leastNormalMagnitude))
    }
  }
}
