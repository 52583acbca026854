import MetaLearning
import MetaTasks

extension TaskSurvey {
  /// The survey as rows of a demand, what is measured, and what was found.
  public var rows: [[String]] {
    similarityRows + differenceRows + representativenessRows + extensibilityRows + soundnessRows
  }

  private var similarityRows: [[String]] {
    var rows = [
      [
        "similarity", "\(controlTitle), with the support set of another task",
        "\(text(withOtherSupport)) (guessing \(percent(chance)))",
      ]
    ]
    if let variance {
      rows.append(
        ["", "of the variance of inputs, between tasks", percent(variance.betweenTasks)])
    }
    return rows
  }

  private var differenceRows: [[String]] {
    var rows = [["difference", "\(controlTitle), with its own support set", text(quality)]]
    if let variance {
      if variance.betweenClasses > 0 {
        rows.append(
          ["", "of the variance, between the classes of a task", percent(variance.betweenClasses)])
      }
      rows.append(["", "of the variance, within", percent(variance.within)])
    }
    return rows
  }

  private var representativenessRows: [[String]] {
    let coverages = [("training", trainingCoverage), ("test", testCoverage)]
    return coverages.enumerated().compactMap { index, named in
      guard let coverage = named.1 else { return nil }
      return [
        index == 0 ? "representativeness" : "",
        "of \(counted(coverage.classCount, "\(named.0) class")), in \(counted(coverage.taskCount, "task"))",
        "\(percent(coverage.part)), each in \(coverage.tasksOfClass.lowerBound) to "
          + "\(coverage.tasksOfClass.upperBound), evenness \(coverage.evenness.withDecimals(2))",
      ]
    }
  }

  private var extensibilityRows: [[String]] {
    shotCurve.enumerated().map { index, point in
      [
        index == 0 ? "extensibility" : "", "\(controlTitle), \(counted(point.count, "shot"))",
        text(point.quality),
      ]
    }
  }

  private var soundnessRows: [[String]] {
    var rows: [[String]] = []
    if let duplicates {
      rows = [
        [
          "", "examples that an earlier split has, or nearly",
          "\(duplicates.acrossSplits), \(duplicates.nearlyAcrossSplits) of "
            + "\(duplicates.exampleCount)",
        ],
        [
          "", "examples twice in a class, in two classes",
          "\(duplicates.withinClasses), \(duplicates.betweenClasses)",
        ],
      ]
    }
    rows += giveaways.map { ["", "the answer by \($0.name)", percent($0.accuracy)] }
    rows.append(
      [
        "", "tasks that \(controlTitle) solves (\(percent(Self.solvedQuality)))",
        percent(solvedPart),
      ])
    rows[0][0] = "soundness"
    return rows
  }

  private func text(_ figure: Figure) -> String {
    figure.interval.isFinite
      ? "\(percent(figure.mean)) ± \((figure.interval * 100).withDecimals(1))"
      : percent(figure.mean)
  }
}
