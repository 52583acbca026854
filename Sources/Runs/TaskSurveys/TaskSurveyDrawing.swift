internal import Foundation
internal import MetaLearning

/// A survey as a picture in SVG: how the control's quality grows with shots, and on how many
/// tasks it has which quality.
public struct TaskSurveyDrawing: Sendable {
  private let survey: TaskSurvey

  /// The size of a panel, and the room around it.
  private static let (width, height, margin) = (300.0, 180.0, 60.0)
  private static let colours = (curve: "#1f6fb4", bars: "#7d8b99")

  /// Draws a survey.
  public init(_ survey: TaskSurvey) { self.survey = survey }

  /// The text of the SVG file.
  public var svg: String {
    let (panel, margin) = (Self.width + 2 * Self.margin, Self.margin)
    let whole = 2 * panel
    let parts = [
      text(survey.title, at: (margin, 24), anchor: "start", size: 14),
      group(at: margin, curve), group(at: panel + margin, histogram),
    ]
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.text(whole)) \
      \(Self.text(Self.height + 120))" font-family="sans-serif">
      <rect width="100%" height="100%" fill="white"/>
      \(parts.joined(separator: "\n"))
      </svg>

      """
  }

  // MARK: Panels

  /// A quality from 0 at the bottom to 1 at the top, over counts on a logarithmic scale.
  private var curve: String {
    let (points, colour) = (survey.shotCurve, Self.colours.curve)
    let last = max(2, Double(points.map(\.count).max() ?? 2))
    let first = Double(points.map(\.count).min() ?? 1)
    func x(_ count: Int) -> Double {
      let (low, high) = (logarithm(first), logarithm(max(last, 2 * first)))
      return (logarithm(Double(count)) - low) / (high - low) * Self.width
    }
    func y(_ quality: Double) -> Double { (1 - min(1, max(0, quality))) * Self.height }
    let line = points.map { "\(Self.text(x($0.count))),\(Self.text(y($0.quality.mean)))" }
    var parts = [
      frame("shots", survey.qualityTitle),
      text("100%", at: (-4, 10), anchor: "end"), text("0%", at: (-4, Self.height), anchor: "end"),
      dashed(y(survey.chance), "guessing"),
      "<polyline points=\"\(line.joined(separator: " "))\" fill=\"none\" stroke=\"\(colour)\" "
        + "stroke-width=\"2\"/>",
    ]
    for point in points {
      let (x, mean) = (x(point.count), point.quality.mean)
      if point.quality.interval.isFinite {
        parts.append(
          lineMark(
            (x, y(mean - point.quality.interval)), (x, y(mean + point.quality.interval)), colour))
      }
      parts.append(
        "<circle cx=\"\(Self.text(x))\" cy=\"\(Self.text(y(mean)))\" r=\"3\" fill=\"\(colour)\"/>")
      parts.append(text("\(point.count)", at: (x, Self.height + 16), anchor: "middle"))
    }
    return parts.joined(separator: "\n")
  }

  /// On how many tasks the control has which quality, in twenty bars.
  private var histogram: String {
    let barCount = 20
    var counts = [Int](repeating: 0, count: barCount)
    for quality in survey.perTask {
      counts[min(barCount - 1, max(0, Int(quality * Double(barCount))))] += 1
    }
    let most = Double(max(1, counts.max() ?? 1))
    let step = Self.width / Double(barCount)
    var parts = [
      frame("\(survey.controlTitle): \(survey.qualityTitle)", "tasks, up to \(Int(most))")
    ]
    for (index, count) in counts.enumerated() where count > 0 {
      let height = Double(count) / most * Self.height
      parts.append(
        "<rect x=\"\(Self.text(Double(index) * step + 1))\" y=\"\(Self.text(Self.height - height))\" "
          + "width=\"\(Self.text(step - 2))\" height=\"\(Self.text(height))\" "
          + "fill=\"\(Self.colours.bars)\"/>")
    }
    for tenth in [0, 5, 10] {
      parts.append(
        text(
          "\(tenth * 10)%", at: (Double(tenth) / 10 * Self.width, Self.height + 16),
          anchor: "middle"))
    }
    return parts.joined(separator: "\n")
  }

  // MARK: Marks

  private func frame(_ below: String, _ above: String) -> String {
    [
      "<rect width=\"\(Self.text(Self.width))\" height=\"\(Self.text(Self.height))\" fill=\"none\" "
        + "stroke=\"#444\"/>",
      text(above, at: (0, -8), anchor: "start"),
      text(below, at: (Self.width / 2, Self.height + 36), anchor: "middle"),
    ].joined(separator: "\n")
  }

  private func dashed(_ y: Double, _ name: String) -> String {
    "<line x1=\"0\" y1=\"\(Self.text(y))\" x2=\"\(Self.text(Self.width))\" y2=\"\(Self.text(y))\" "
      + "stroke=\"#888\" stroke-dasharray=\"4 4\"/>\n"
      + text(name, at: (Self.width - 4, y - 4), anchor: "end")
  }

  private func lineMark(
    _ from: (Double, Double), _ to: (Double, Double), _ colour: String
  ) -> String {
    "<line x1=\"\(Self.text(from.0))\" y1=\"\(Self.text(from.1))\" x2=\"\(Self.text(to.0))\" "
      + "y2=\"\(Self.text(to.1))\" stroke=\"\(colour)\"/>"
  }

  private func group(at x: Double, _ content: String) -> String {
    "<g transform=\"translate(\(Self.text(x)) 60)\">\n\(content)\n</g>"
  }

  private func text(
    _ content: String, at place: (Double, Double), anchor: String, size: Int = 11
  ) -> String {
    "<text x=\"\(Self.text(place.0))\" y=\"\(Self.text(place.1))\" text-anchor=\"\(anchor)\" "
      + "font-size=\"\(size)\" fill=\"#222\">\(Self.escaped(content))</text>"
  }

  /// A text in which nothing is taken for a mark of SVG.
  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }

  private static func text(_ number: Double) -> String { number.withDecimals(2) }

  private func logarithm(_ number: Double) -> Double { Foundation.log(number) }
}
