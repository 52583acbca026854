import Foundation
import MetaLearning
import MetaTasks
import Runs

/// Shows a training on stderr: a live bar on a terminal, else a line now and then.
struct TrainingPrinter {
  private let isQuiet: Bool
  private let metric: MetricDescription?
  private let isLive = Terminal.isInteractive
  private var bar = ProgressBar()
  private var smoothed: [String: Double] = [:]

  /// Shows what happens; beside the loss the metric that counts, where there is one.
  init(isQuiet: Bool, metric: MetricDescription? = nil) {
    self.isQuiet = isQuiet
    self.metric = metric
  }

  /// Shows an event.
  mutating func show(_ event: TrainingEvent) {
    switch event {
    case .resumed(let step, let warnings):
      for warning in warnings { Terminal.note("metalearn: warning: \(warning)") }
      line("goes on from step \(step)")
    case .step(let report, let progress):
      follow("loss", report.figures.loss)
      if let metric = report.figures.metrics.first(where: { $0.values.count == 1 }) {
        follow(metric.name, metric.values[0])
      }
      let isLast = progress.step == progress.iterations
      if isQuiet || !(bar.isDue() || isLast) { return }
      bar.show(text(progress), part: Double(progress.step) / Double(progress.iterations))
    case .validation(let report, let progress):
      let figure = report.result.mainMetric.text(report.result.figure)
      line(
        "step \(report.step): validation \(figure)\(report.isBest ? ", the best so far" : "") "
          + "(\(FigurePrinter.duration(progress.seconds)))")
    case .phaseEnded(let phase, let reason, let progress):
      line(
        "phase \(phase + 1) ended at step \(progress.step) after "
          + "\(FigurePrinter.duration(progress.seconds)) (stopped by \(reason.rawValue))")
    case .trained(let reason, let progress):
      line(
        "trained \(progress.step) steps in \(FigurePrinter.duration(progress.seconds)) "
          + "(stopped by \(reason.rawValue))")
    case .evaluating(let name, let done, let count):
      if isQuiet || !(isLive && bar.isDue()) { return }
      bar.show("\(name) \(done) of \(count)", part: Double(done) / Double(count))
    }
  }

  /// Leaves the terminal as it was.
  mutating func end() { bar.clear() }

  private mutating func follow(_ name: String, _ value: Double) {
    smoothed[name] = smoothed[name].map { $0 * 0.95 + value * 0.05 } ?? value
  }

  private func text(_ progress: TrainingProgress) -> String {
    var parts = ["step \(progress.step)/\(progress.iterations)"]
    if let loss = smoothed["loss"] { parts.append("loss \(loss.withDecimals(4))") }
    if let metric, let value = smoothed[metric.name] {
      parts.append("\(metric.title) \(metric.text(value))")
    }
    parts.append("\(progress.tasksPerSecond.withDecimals(0)) tasks/s")
    parts.append("\(FigurePrinter.duration(progress.secondsLeft)) left")
    return parts.joined(separator: "  ")
  }

  private mutating func line(_ text: String) {
    if isQuiet { return }
    bar.clear()
    Terminal.note(text)
  }
}
