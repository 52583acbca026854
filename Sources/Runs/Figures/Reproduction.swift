public import Files
internal import MetaLearning
public import MetaTasks

/// A published figure beside that of a run of the same setting.
public struct Reproduction: Sendable {
  /// What was published.
  public let published: PublishedFigure
  /// What was found, in the way in which the published figure was.
  public let mean: Double
  /// Half the width of its 95% interval.
  public let interval: Double
  /// Whether what was found is transductive.
  public let isTransductive: Bool
  /// The inductive figure beside a transductive one; nil where there is none.
  private let inductive: Double?
  private let metric: MetricDescription

  /// Compares with the figures of a run, as its `result.json` has them; nil where they lack the
  /// metric that counts.
  public init?(_ published: PublishedFigure, of result: JSONValue, _ metric: MetricDescription) {
    let own = result[metric.name]
    let together = result["\(metric.name)Transductive"]
    let chosen = published.isTransductive ? together ?? own : own
    guard let mean = chosen?["mean"]?.number, let interval = chosen?["ci95"]?.number else {
      return nil
    }
    self.published = published
    self.metric = metric
    self.mean = mean
    self.interval = interval
    let isInductive = result["inductive"]?.boolean ?? true
    isTransductive = !isInductive || published.isTransductive && together != nil
    inductive = isTransductive && isInductive ? own?["mean"]?.number : nil
  }

  /// Whether the two figures are no further apart than both intervals together.
  public var agrees: Bool { abs(mean - published.mean) <= interval + published.interval }

  /// The two figures, what is known of the published one, and a sentence.
  public var lines: [String] {
    func text(_ mean: Double, _ interval: Double, _ isTransductive: Bool) -> String {
      "\(metric.text(mean)) ± \(metric.text(interval)) "
        + (isTransductive ? "(transductive)" : "(inductive)")
    }
    var lines = [
      "published  \(text(published.mean, published.interval, published.isTransductive))  "
        + published.source,
      "here       \(text(mean, interval, isTransductive))",
    ]
    if let inductive {
      lines.append("           \(metric.text(inductive)) where no query sees another")
    }
    return lines + published.caveats.map { "note: \($0)" } + [sentence]
  }

  private var sentence: String {
    let difference = mean - published.mean
    let isBetter = metric.score(of: mean) > metric.score(of: published.mean)
    return agrees
      ? "The figures agree within their intervals."
      : "The figures disagree: here it is \(isBetter ? "better" : "worse") by "
        + "\(metric.text(abs(difference))), which is more than both intervals together."
  }

  /// The comparison as members of a JSON object.
  public var members: [JSONValue.Member] {
    [
      .init(
        "published",
        [
          "mean": .number(published.mean), "ci95": .number(published.interval),
          "transductive": .boolean(published.isTransductive), "source": .string(published.source),
        ]),
      .init(
        "found",
        [
          "mean": .number(mean), "ci95": .number(interval),
          "transductive": .boolean(isTransductive),
        ]), .init("agrees", .boolean(agrees)),
    ]
  }
}
