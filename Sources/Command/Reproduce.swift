import ArgumentParser
import Files
import Foundation
import MetaTasks
import Runs
import Settings

/// `metalearn reproduce NAME`.
struct Reproduce: CatalogueCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train by a recipe with a published figure, and hold the two figures side by side.",
    discussion: """
      The recipe's section 'published' says what was published, where, and what to know of it. What
      was trained before is not trained again. Exit code 1 says that the figures are further apart
      than both intervals together.

      EXAMPLES:
        metalearn reproduce omniglot-reptile
        metalearn reproduce Recipes/omniglot-maml-5way-1shot.yaml --data ~/data
      """)

  @Argument(help: "A recipe of the folder of recipes by its name, or its file.")
  var name: String

  @Option(help: ArgumentHelp("Where recipes are.", valueName: "folder"))
  var recipes = "Recipes"

  @Option(
    help: ArgumentHelp("The run folder (default: runs/reproduce-NAME).", valueName: "folder"))
  var output: String?

  @OptionGroup var place: DataOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var printing: OutputOptions

  func run(_ catalogues: Catalogues) throws {
    let file = try recipeFile()
    let recipe = try Recipe(url: file, catalogues)
    guard let published = recipe.published else {
      throw CommandFailure(
        .badData,
        "\(file.path) has no section 'published' with a figure to reproduce; train by it with: "
          + "metalearn train \(ShellWord.of(file.path))")
    }
    let stem = file.deletingPathExtension().lastPathComponent
    let folder = RunFolder(URL(fileURLWithPath: output ?? "runs/reproduce-\(stem)"))
    try train(file, into: folder, catalogues)
    let metric = try PreparedRecipe(recipe, from: place.dataSets(catalogues)).mainMetric
    guard let reproduction = Reproduction(published, of: try folder.readResult(), metric) else {
      throw CommandFailure(.badData, "\(folder.result.path) has no figure of \(metric.title)")
    }
    show(reproduction, of: stem)
    if !reproduction.agrees {
      throw CommandExit(code: ExitStatus.disagreement.rawValue, message: nil)
    }
  }

  private func train(_ file: URL, into folder: RunFolder, _ catalogues: Catalogues) throws {
    var words = [file.path, "--output", folder.url.path, "--resume", "auto"]
    if let data = place.data { words += ["--data", data] }
    if let count = threads.threads { words += ["--threads", "\(count)"] }
    if printing.quiet { words.append("--quiet") }
    try Train.parse(words).run(catalogues)
  }

  private func show(_ reproduction: Reproduction, of name: String) {
    let printer = FigurePrinter(isJSON: printing.json)
    printer.line("\(name):")
    for line in reproduction.lines { printer.line("  \(line)") }
    guard printing.json else { return }
    let object = JSONValue.object(
      [.init("schema", 1), .init("command", "reproduce"), .init("recipe", .string(name))]
        + reproduction.members)
    Terminal.result("\(object)")
  }

  /// The file of the recipe; throws, naming those that there are, where there is none.
  private func recipeFile() throws -> URL {
    if name.hasSuffix(".yaml") { return URL(fileURLWithPath: name) }
    let folder = URL(fileURLWithPath: recipes)
    let file = folder.appending(path: "\(name).yaml")
    if Folder.kind(at: file) == .other { return file }
    let names = ((try? Folder.names(in: folder)) ?? []).filter { $0.hasSuffix(".yaml") }
      .map { String($0.dropLast(5)) }
    guard !names.isEmpty else {
      throw CommandFailure(
        .missingInput, "there are no recipes in \(recipes); name their folder with --recipes")
    }
    throw CommandFailure(
      .usage,
      "\(recipes) has no recipe '\(name)'\(NearestName.question(for: name, among: names, orElse: ".")) "
        + "There are: \(names.sorted().joined(separator: ", "))")
  }
}
