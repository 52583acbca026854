import ArgumentParser
import Files
import Runs

/// `metalearn explain SUBJECT [NAME]`.
struct Explain: CatalogueCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explain what recipes can name, and every key of it with its bounds and default.",
    discussion: """
      SUBJECT is recipe, or one of learner, network, layer, optimizer, schedule, data, preparation,
      metric, control, phase, writer.
      With a NAME its keys are explained; without one all names are listed.

      EXAMPLES:
        metalearn explain learner maml
        metalearn explain learners
        metalearn explain recipe --json
        metalearn explain all --markdown
      """)

  @Argument(help: "What to explain, such as learner or learners.")
  var subject: String

  @Argument(help: "One of its names.")
  var name: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Print the page of all keys, for `explain all`.")
  var markdown = false

  func validate() throws {
    guard markdown == (subject == "all") else {
      throw ValidationError("--markdown goes with `explain all`, and that with --markdown alone")
    }
  }

  func run(_ catalogues: Catalogues) throws {
    if markdown { return Terminal.result(Explanation.page(of: catalogues)) }
    let explanation = try Explanation(of: subject, named: name, in: catalogues)
    if json { return Terminal.result("\(explanation.json)") }
    for line in explanation.lines { Terminal.result(line) }
  }
}
