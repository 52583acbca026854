import ArgumentParser
import Files
import Foundation
import MetaTasks
import Runs
import Settings
import TensorPrograms

/// `metalearn doctor`.
struct Doctor: CatalogueCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what this machine has: kernels, threads, libraries, speed, folders, data.",
    discussion: """
      EXAMPLES:
        metalearn doctor
        metalearn doctor --data ~/data --json
      """)

  @OptionGroup var place: DataOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var printing: OutputOptions

  func run(_ catalogues: Catalogues) throws {
    let execution = try threads.runner().configuration
    let dataSets = place.dataSets(catalogues)
    let sets = KernelSet.available
    let peak = execution.kernels.measuredPeak()
    let cache = DataCache.user()?.folder.path
    var rows = [
      ("version", programVersion),
      (
        "instruction set",
        "\(execution.kernels.name) (this machine runs \(sets.map(\.name).joined(separator: ", ")))"
      ),
      ("threads", "\(execution.threads)"),
      ("multiply-add peak", "\((peak / 1e9).withDecimals(1)) GFLOP/s on one core"),
    ]
    rows += SystemLibraries.versions.map { ("library \($0.name)", $0.version) }
    rows.append(("cache", cache ?? "none: there is no home folder"))
    rows.append(
      ("data folders", dataSets.folders.map(\.path).joined(separator: ", ")))
    rows += catalogues.dataSets.items.filter { $0.origin != .own }
      .map { ("data \($0.name)", dataSets.standing(of: $0)) }
    let width = rows.map(\.0.count).max() ?? 0
    let printer = FigurePrinter(isJSON: printing.json)
    for (name, text) in rows {
      printer.line("\(name)\(String(repeating: " ", count: width - name.count + 2))\(text)")
    }
    guard printing.json else { return }
    let object: JSONValue = [
      "schema": 1, "command": "doctor", "version": .string(programVersion),
      "instructionSet": .string(execution.kernels.name),
      "instructionSets": .array(sets.map { .string($0.name) }),
      "threads": .integer(execution.threads), "peakFlops": .number(peak),
      "libraries": .object(
        SystemLibraries.versions.map { .init($0.name, .string($0.version)) }),
      "cache": cache.map(JSONValue.string) ?? .null,
      "dataSets": .object(
        catalogues.dataSets.items.filter { entry in
          !entry.downloads.isEmpty || dataSets.found(entry) != nil
        }.map { entry in
          .init(entry.name, dataSets.found(entry).map { .string($0.path) } ?? .null)
        }),
    ]
    Terminal.result("\(object)")
  }
}
