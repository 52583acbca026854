import ArgumentParser
import Foundation
import MetaTasks
import Runs
import TensorPrograms

/// The option that says where data are.
struct DataOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A folder that holds data sets.", valueName: "folder"))
  var data: String?

  /// The option as it is written behind a command, or nothing.
  var words: String { data.map { " --data \(ShellWord.of($0))" } ?? "" }

  /// The data sets that there are, in the folders to search.
  func dataSets(_ catalogues: Catalogues, _ reading: Reading = .plain) -> DataSets {
    var sets = DataSets(
      explicit: data.map { URL(fileURLWithPath: $0) }, catalogue: catalogues.dataSets)
    sets.reading = reading
    return sets
  }

  /// The recipe of a file, joined with the data that it names.
  func prepared(
    _ file: String, _ overrides: [String], _ catalogues: Catalogues, _ reading: Reading
  ) throws -> PreparedRecipe {
    let recipe = try Recipe(url: URL(fileURLWithPath: file), overrides: overrides, catalogues)
    return try PreparedRecipe(recipe, from: dataSets(catalogues, reading))
  }
}

/// The option that says how work is done; no result depends on it.
struct ThreadOptions: ParsableArguments {
  @Option(help: "Threads to work with (default: all cores).")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be between 1 and 1024, not \(threads)")
    }
  }

  /// Threads and kernels; throws where the environment forces kernels that this machine lacks.
  func runner() throws -> Runner {
    if let name = KernelSet.forcedName(in: ProcessInfo.processInfo.environment),
      KernelSet.named(name) == nil
    {
      throw CommandFailure(
        .usage,
        "\(KernelSet.environmentVariable) is '\(name)', and this machine has: "
          + KernelSet.available.map(\.name).joined(separator: ", "))
    }
    var configuration =
      threads.map { Runner.Configuration(threads: $0) } ?? Runner.Configuration()
    configuration.endsInShortage = { shortage in
      CommandLineSession.end(
        CommandFailure(
          .memory,
          "\(shortage); lower task.ways, task.queries, training.batchSize, network.width or "
            + "task.size, or work with fewer threads (--threads)"))
    }
    return Runner(configuration)
  }
}

/// Options about what is printed.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON object as the last line of stdout.")
  var json = false

  @Flag(name: [.short, .long], help: "Print no progress.")
  var quiet = false
}

/// The option that changes a recipe.
struct OverrideOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override a value of the recipe, such as training.iterations=60; may be repeated.",
      valueName: "key=value"))
  var overrides: [String] = []
}

/// Options that change a recipe that is trained or judged by.
struct RecipeOptions: ParsableArguments {
  @OptionGroup private var setting: OverrideOptions

  @Option(help: "Test tasks, as --set evaluation.episodes=N.")
  var episodes: Int?

  /// The overrides of `--set`.
  var overrides: [String] { setting.overrides }

  /// All overrides, those of own options last.
  func all(seed: Int?, _ seedKey: String) -> [String] {
    overrides + (episodes.map { ["evaluation.episodes=\($0)"] } ?? [])
      + (seed.map { ["\(seedKey)=\($0)"] } ?? [])
  }
}
