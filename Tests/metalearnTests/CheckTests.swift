import Foundation
import Testing

@Suite(.enabled(if: CommandProcess.isBuilt, "the command is not built beside the tests"))
struct CheckTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.write(Workplace.curves, to: "curves.yaml")
  }

  @Test(arguments: [("maml", false), ("fomaml", true)])
  func `check-gradient tells what is by design`(_ learner: String, _ isByDesign: Bool) throws {
    let outcome = try place.command.run([
      "check-gradient", "curves.yaml", "--set", "learner.kind=\(learner)", "--json",
      "--threads", "1",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let moment = (outcome.json?["moments"] as? [[String: Any]])?.first
    #expect(outcome.json?["agrees"] as? Bool == true && moment?["precision"] as? String == "double")
    #expect((moment?["approximation"] is String) == isByDesign)
    #expect(outcome.errors.contains("by design") == isByDesign)
    #expect(outcome.errors.contains("the gradient agrees with finite differences"))
    #expect((moment?["findings"] as? [[String: Any]])?.count == 7)
  }

  @Test(arguments: [("0.5", Int32(0)), ("0.6", 1)])
  func `check-leaks ends with 1 where there is a leak`(_ second: String, _ code: Int32) throws {
    try place.write(
      "query,company,cat,dog\n1,alone,0.5,0.5\n2,alone,0,1\n1,all,\(second),0.5\n",
      to: "predictions.csv")
    let outcome = try place.command.run(["check-leaks", "predictions.csv", "--json"])
    #expect(outcome.code == code)
    #expect(outcome.json?["leaks"] as? Bool == (code == 1))
    #expect(
      outcome.errors.contains("query 1, cat: 0.5 in company alone (line 2), 0.6") == (code == 1))
  }

  @Test func `data tasks prints a table and draws`() throws {
    let outcome = try place.command.run([
      "data", "tasks", "curves.yaml", "--tasks", "20", "--svg", "tasks.svg", "--json",
      "--threads", "1",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect((outcome.json?["perTask"] as? [Double])?.count == 20)
    #expect(outcome.errors.contains("similarity") && outcome.errors.contains("extensibility"))
    let drawing = try String(contentsOf: place.folder.appending(path: "tasks.svg"), encoding: .utf8)
    #expect(drawing.hasPrefix("<svg") && drawing.hasSuffix("</svg>\n"))
  }
}
