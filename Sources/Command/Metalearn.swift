import ArgumentParser

/// The command `metalearn`.
struct Metalearn: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metalearn",
    abstract: "Train on many tasks so that the next one is learned from a handful of examples.",
    discussion: """
      EXAMPLES:
        metalearn train
        metalearn adapt runs/characters-protonet-1 --support signs/ \\
          --output signs.safetensors

      EXIT CODES:
        0 done, 1 what was checked does not hold, 64 usage, 65 bad data,
        66 input missing, 70 a bug, 71 too little memory, 74 input/output,
        129 hung up, 130 interrupted, 143 terminated

      ENVIRONMENT:
        METALEARN_DATA             folder of data sets, as --data
        METALEARN_HOME             folder of the cache and of fetched data
        METALEARN_INSTRUCTION_SET  forces the kernels (see metalearn doctor)
        METALEARN_OFFLINE          1: fetches nothing
      """,
    version: "metalearn \(programVersion)",
    subcommands: [
      Train.self, Evaluate.self, Compare.self, Reproduce.self, Import.self, Adapt.self,
      Predict.self, Explain.self, Data.self, Doctor.self, CheckGradient.self, CheckLeaks.self,
    ])
}

/// The version of this program.
let programVersion = "0.1.0"
