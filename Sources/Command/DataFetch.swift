import ArgumentParser
import Files
import Foundation
import MetaTasks
import Runs

extension Data {
  /// `metalearn data fetch NAME`.
  struct Fetch: CatalogueCommand {
    static let configuration = CommandConfiguration(
      abstract: "Fetch a data set from its public place, going on where an attempt broke off.",
      discussion: """
        It is kept in the folder that --data or METALEARN_DATA names, else in the user's own.

        EXAMPLES:
          metalearn data fetch omniglot
          metalearn data fetch omniglot --data ~/datasets
        """)

    @Argument(help: "The name of the data set, as `metalearn data list` shows it.")
    var name: String

    @OptionGroup var place: DataOptions
    @OptionGroup var printing: OutputOptions

    func run(_ catalogues: Catalogues) throws {
      StopSignal(ending: "stopped; the same command goes on where this broke off")
      let sets = place.dataSets(catalogues)
      guard let folder = sets.folders.first else {
        throw CommandFailure(
          .inputOutput, "there is no home folder to keep data in; name a folder with --data")
      }
      let clock = ContinuousClock()
      var lastShown: ContinuousClock.Instant?
      // What follows, an error too, has a line of its own.
      defer { if Terminal.isInteractive, lastShown != nil { Terminal.write("\r\u{1B}[K", to: 2) } }
      let set = try sets.fetch(name, into: folder) { progress in
        let now = clock.now
        let pause = Terminal.isInteractive ? 0.1 : 5
        if printing.quiet || lastShown.map({ (now - $0) / .seconds(1) < pause }) == true { return }
        lastShown = now
        show(progress)
      }
      let location = folder.appendingPathComponent(name).path
      FigurePrinter(isJSON: printing.json).line("\(set.name) is in \(location), whole and checked")
      if printing.json {
        let object: JSONValue = [
          "schema": 1, "command": "data fetch", "name": .string(set.name),
          "folder": .string(location),
        ]
        Terminal.result("\(object)")
      }
    }

    private func show(_ progress: DataFetcher.Progress) {
      let megabytes = (Double(progress.received) / 1e6).withDecimals(1)
      let total = progress.total.map { " of \((Double($0) / 1e6).withDecimals(1))" } ?? ""
      let text = "\(progress.fileName): \(megabytes)\(total) MB"
      if Terminal.isInteractive {
        Terminal.write("\r\u{1B}[K\(text)", to: 2)
      } else {
        Terminal.note(text)
      }
    }
  }
}
