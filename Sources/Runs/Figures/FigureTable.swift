public import Files
internal import Foundation
public import MetaLearning
public import MetaTasks

/// The figures of an evaluation, put together once: what text, JSON and pages print.
public struct FigureTable: Sendable {
  /// One line of the table.
  public struct Row: Sendable {
    /// What a figure is of.
    public enum Group: Hashable, Sendable {
      /// The learner, each query by itself.
      case learner
      /// The learner where predictions see so many queries.
      case transductive(queries: Int)
      /// The learner after another number of adaptation steps.
      case steps(Int)
      /// A control of a name in files.
      case control(String)
    }

    /// What the figure is of.
    public let group: Group
    /// The line's name for people.
    public let label: String
    /// What is measured.
    public let metric: MetricDescription
    /// The figure; one that is known without measuring has no interval.
    public let figure: Figure?
    /// The value where there is no figure, such as the accuracy of guessing.
    public let exactValue: Double?
  }

  /// What was evaluated, in a line.
  public let title: String
  /// The lines.
  public let rows: [Row]
  /// What the check for leaks found, in a line; nil where there are no queries to leak from.
  public let leakLine: String?
  /// How well queries of none of the classes are told, in a line; nil where that is not known.
  public let noveltyLine: String?
  /// What must be said beside figures.
  public let notes: [String]

  /// Puts the figures of an evaluation together.
  public init(_ figures: RunFigures, _ prepared: PreparedRecipe) {
    title = Self.title(figures, prepared)
    rows = Self.rows(figures)
    leakLine = figures.leakLine
    noveltyLine = figures.novelty?.line
    notes = figures.notes(prepared)
  }

  private static func title(_ figures: RunFigures, _ prepared: PreparedRecipe) -> String {
    let count = figures.result.perTask.count
    let novelty =
      figures.isOnOtherData
      ? "" : prepared.dataSet.signature.target == .classes ? " of new classes" : " never trained on"
    return "\(prepared.title): \(counted(count, "test task"))\(novelty)"
  }

  private static func rows(_ figures: RunFigures) -> [Row] {
    let result = figures.result
    var rows: [Row] = []
    for metric in result.metrics {
      if let figure = result.figure(of: metric) {
        rows.append(
          Row(
            group: .learner,
            label: figures.leaks ? "\(metric.title), transductive only" : metric.title,
            metric: metric, figure: figure, exactValue: nil))
      }
      if metric == result.mainMetric, let figure = result.transductiveFigure {
        rows.append(
          Row(
            group: .transductive(queries: result.queryCount),
            label: "  transductive (sees \(result.queryCount) queries)", metric: metric,
            figure: figure, exactValue: nil))
      }
    }
    if let error = result.reliability.calibrationError {
      rows.append(
        Row(
          group: .learner, label: MetricDescription.calibrationError.title,
          metric: .calibrationError, figure: nil, exactValue: error))
    }
    rows += figures.bySteps.map { steps, other in
      Row(
        group: .steps(steps), label: "  adaptation steps: \(steps)", metric: other.mainMetric,
        figure: other.figure, exactValue: nil)
    }
    if let chance = figures.chance {
      rows.append(
        Row(
          group: .control("chance"), label: "control: chance", metric: result.mainMetric,
          figure: nil, exactValue: chance))
    }
    return rows
      + figures.controls.map { control in
        Row(
          group: .control(control.name), label: "control: \(control.title)",
          metric: control.result.mainMetric, figure: control.result.figure, exactValue: nil)
      }
  }
}

extension FigureTable.Row {
  /// The value with its interval, as it is printed.
  public var text: String {
    if let figure { return metric.text(figure) }
    return exactValue.map { metric.text($0) } ?? ""
  }
}

extension MetricDescription {
  /// A figure with its interval.
  public func text(_ figure: Figure) -> String {
    figure.interval == .infinity
      ? "\(text(figure.mean)) (no interval)" : "\(text(figure.mean)) ± \(text(figure.interval))"
  }

  /// A value.
  public func text(_ value: Double) -> String {
    switch format {
    case .percent: "\((value * 100).withDecimals(2))%"
    case .decimals(let count): value.withDecimals(count)
    }
  }
}

extension Double {
  /// The number with so many digits that count, as short as can be.
  public func withDigits(_ count: Int) -> String {
    guard isFinite, self != 0 else { return "\(self)" }
    let places = count - 1 - Int(log10(magnitude).rounded(.down))
    let scale = pow(10, Double(places))
    // Beyond the range of powers of ten there is nothing to round.
    guard scale.isFinite, scale > 0 else { return "\(self)" }
    return "\(Float((self * scale).rounded() / scale))"
  }

  /// The number with so many decimals.
  public func withDecimals(_ count: Int) -> String {
    let scale = (0..<count).reduce(1.0) { factor, _ in factor * 10 }
    guard isFinite, magnitude * scale < 1e15 else { return "\(self)" }
    let scaled = Int((magnitude * scale).rounded())
    let digits = String(scaled)
    let padded = String(repeating: "0", count: max(0, count + 1 - digits.count)) + digits
    let sign = self < 0 && scaled != 0 ? "-" : ""
    return count == 0
      ? sign + padded : "\(sign)\(padded.dropLast(count)).\(padded.suffix(count))"
  }
}

extension Figure {
  /// Mean and half the width of the 95% interval.
  public var json: JSONValue { ["mean": .number(mean), "ci95": .number(interval)] }
}
