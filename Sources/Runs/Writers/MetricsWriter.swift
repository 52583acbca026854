public import Files
public import MetaLearning
internal import MetaTasks
public import Settings

/// Writes each step and each validation as a line of `metrics.jsonl`.
public struct MetricsWriter: RunWriter {
  private let file: JSONLinesFile

  /// What was found missing of what the mark says.
  public var warning: String? { file.warning }

  /// The writer as recipes name it.
  public static let entry = RunWriterEntry(
    "metrics", "each step and each validation as a line of metrics.jsonl"
  ) { (_) throws(SettingsError) in
    RunWriterPlan { (folder, mark) throws(FileError) in
      MetricsWriter(file: try JSONLinesFile(url: folder.metrics, keepingFirst: mark))
    }
  }

  /// Writes a step or a validation; other events leave no line.
  public mutating func write(_ event: MetaTrainer.Event) throws(FileError) {
    switch event {
    case .step(let report): try file.append(report.members)
    case .validation(let report): try file.append(report.members)
    case .phaseEnded, .finished, .diverged: break
    }
  }

  /// The length of the file.
  public mutating func mark() throws(FileError) -> Int { try file.synchronize() }
}

extension MetaTrainer.StepReport {
  fileprivate var members: [JSONValue.Member] {
    [.init("step", .integer(step))] + (phase > 0 ? [.init("phase", .integer(phase))] : []) + [
      .init("loss", .number(Float(figures.loss))),
      .init("gradientNorm", .number(Float(figures.gradientNorm))),
      .init("learningRate", .number(learningRate)),
    ]
      + figures.metrics.map { metric in
        let values = metric.values.map { JSONValue.number(Float($0)) }
        return .init(metric.name, values.count == 1 ? values[0] : .array(values))
      }
  }
}

extension MetaTrainer.ValidationReport {
  fileprivate var members: [JSONValue.Member] {
    var figures = result.metrics.compactMap { metric in
      result.figure(of: metric).map { JSONValue.Member(metric.name, $0.json) }
    }
    if let loss = result.loss { figures.append(.init("loss", .number(loss))) }
    return [
      .init("step", .integer(step)),
      .init("validation", .object(figures + [.init("isBest", .boolean(isBest))])),
    ]
  }
}
