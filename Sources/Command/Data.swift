import ArgumentParser
import Files
import Foundation
import MetaTasks
import Runs
import Settings

/// `metalearn data list|fetch|check|tasks`.
struct Data: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List, fetch and check data sets, and look at the tasks made of them.",
    discussion: """
      EXAMPLES:
        metalearn data fetch omniglot
        metalearn data check omniglot cifar-fs --data ~/data
      """,
    subcommands: [List.self, Fetch.self, Check.self, Tasks.self])

  /// `metalearn data list`.
  struct List: CatalogueCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the data sets that recipes can name, and where each was found.",
      discussion: """
        EXAMPLES:
          metalearn data list
          metalearn data list --data ~/data --json
        """)

    @OptionGroup var place: DataOptions
    @OptionGroup var printing: OutputOptions

    func run(_ catalogues: Catalogues) throws {
      let sets = place.dataSets(catalogues)
      let width = sets.catalogue.items.map(\.name.count).max() ?? 0
      for description in sets.catalogue.items {
        let name = description.name + String(repeating: " ", count: width - description.name.count)
        FigurePrinter(isJSON: printing.json).line(
          "\(name)  \(description.summary) (\(sets.standing(of: description)))")
      }
      if printing.json {
        let found = sets.catalogue.items.map { description -> JSONValue in
          [
            "name": .string(description.name), "summary": .string(description.summary),
            "folder": sets.found(description).map { .string($0.path) } ?? .null,
            "classSplits": .array(description.divisions.map(JSONValue.string)),
          ]
        }
        let object: JSONValue = ["schema": 1, "command": "data list", "sets": .array(found)]
        Terminal.result("\(object)")
      }
    }
  }

  /// `metalearn data check NAME...`.
  struct Check: CatalogueCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read data sets whole, compare them with the published lists and count them.",
      discussion: """
        EXAMPLES:
          metalearn data check omniglot
          metalearn data check ./photos
        """)

    @Argument(help: "Names of data sets, or paths of your own data with a slash.")
    var names: [String]

    @OptionGroup var place: DataOptions
    @OptionGroup var readingOptions: ReadingOptions
    @OptionGroup var printing: OutputOptions

    /// A set by its name, or data of one's own, of which it is told what would be made of them.
    private func loaded(_ name: String, _ sets: DataSets) throws -> LoadedDataSet {
      let url = URL(fileURLWithPath: name)
      guard name.contains("/"), Folder.kind(at: url) != .absent, let kind = OwnDataKind(at: url)
      else {
        return try sets.load(name)
      }
      let reading = Reading(skipsDamaged: readingOptions.skipDamaged)
      Terminal.note(try kind.choices(at: url, path: name, reading).words)
      return try sets.load(DataSets.word(for: name, readBy: kind.dataSet))
    }

    func run(_ catalogues: Catalogues) throws {
      StopSignal(ending: "stopped before all was checked")
      let reading = readingOptions.reading(isQuiet: printing.quiet)
      var objects: [JSONValue] = []
      for name in names {
        let set = try loaded(name, place.dataSets(catalogues, reading))
        let printer = FigurePrinter(isJSON: printing.json)
        printer.line("\(set.name), division \(set.classSplit): OK")
        var counts: [JSONValue.Member] = []
        for split in Split.allCases {
          guard let count = set.count(split) else { continue }
          printer.line(
            "  \(split.rawValue): \(counted(count.classes, "class")), "
              + "\(counted(count.examples, "example"))")
          counts.append(
            .init(
              split.rawValue,
              ["classes": .integer(count.classes), "examples": .integer(count.examples)]))
        }
        for note in set.notes { printer.line("  note: \(note)") }
        let digests = set.checksums.sorted { $0.key < $1.key }
        for (part, digest) in digests {
          printer.line("  sha256 \(part): \(digest)")
        }
        objects.append([
          "name": .string(set.name), "classSplit": .string(set.classSplit),
          "splits": .object(counts),
          "sha256": .object(digests.map { .init($0.key, .string($0.value)) }),
        ])
      }
      if printing.json {
        let object: JSONValue = ["schema": 1, "command": "data check", "sets": .array(objects)]
        Terminal.result("\(object)")
      }
    }
  }
}

extension DataSets {
  /// Where a set with files was found; nil for others.
  func found(_ entry: DataSetEntry) -> URL? {
    if case .published = entry.origin { location(of: entry) } else { nil }
  }

  /// Where a set stands, in words.
  func standing(of entry: DataSetEntry) -> String {
    switch entry.origin {
    case .builtIn: "built in"
    case .own: "yours: name its folder with --data"
    case .published:
      found(entry).map { "found in \($0.path)" }
        ?? (entry.downloads.isEmpty
          ? "not found; name its folder with --data"
          : "not found; metalearn data fetch \(entry.name)")
    }
  }
}
