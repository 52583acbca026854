import Foundation
import MetaLearning
import MetaTasks
import NeuralNetworks
import Runs
import Settings
import Tensors
import Testing

/// A recipe that can be followed.
private struct RightRecipe: CustomTestStringConvertible, Sendable {
  let name: String
  let yaml: String
  /// Some lines of what is written out.
  var lines: [String] = []

  var testDescription: String { name }

  static let all: [RightRecipe] = [
    Self(
      name: "empty", yaml: "",
      lines: ["  data: characters", "  kind: protonet", "  normalization: running", "  seed: 0"]),
    Self(
      name: "varying ways and shots",
      yaml: "task:\n  ways: [3, 8]\n  shots: [1, 5]\nevaluation:\n  ways: 5\n",
      lines: ["  ways: [3, 8]", "  shots: [1, 5]"]),
    Self(
      name: "every optimizer",
      yaml: "learner:\n  kind: reptile\n  optimizer:\n    kind: sgd\n    momentum: 0.9\n"
        + "optimizer:\n  kind: adamw\n  weightDecay: 0.1\n",
      lines: ["    kind: sgd", "    momentum: 0.9", "  kind: adamw", "  weightDecay: 0.1"]),
    Self(
      name: "rmsprop", yaml: "optimizer:\n  kind: rmsprop\n",
      lines: ["  kind: rmsprop"]),
    Self(
      name: "anil with learned rates",
      yaml: "learner:\n  kind: anil\n  steps: 3\n  learnsRates: true\n  firstOrder: true\n",
      lines: ["  steps: 3", "  learnsRates: true", "  firstOrder: true"]),
    Self(
      name: "piecewise with warmup",
      yaml: "training:\n  schedule:\n    kind: piecewise\n    from: [10, 20]\n"
        + "    factors: [0.5, 0.1]\n    warmup: 5\n",
      lines: ["    from: [10, 20]", "    factors: [0.5, 0.1]", "    warmup: 5"]),
    Self(
      name: "augmentation", yaml: "task:\n  augmentation:\n    shift: 1.5\n    mirroring: true\n",
      lines: ["    shift: 1.5", "    mirroring: true"]),
    Self(
      name: "a folder", yaml: "task:\n  data: ./pictures\n  size: 32\n  darkInk: true\n",
      lines: ["  data: \"./pictures\"", "  size: 32", "  darkInk: true"]),
    Self(
      name: "sines",
      yaml: "task:\n  data: sinusoid\n  tasks: 100\nlearner:\n  kind: fomaml\n"
        + "evaluation:\n  innerSteps: [1, 10]\n",
      lines: ["  tasks: 100", "  kind: fomaml", "  innerSteps: [1, 10]"]),
    Self(
      name: "features of one length",
      yaml: "network:\n  features: mean\n  normalizesFeatures: true\n",
      lines: ["  features: mean", "  normalizesFeatures: true"]),
    Self(
      name: "a width for each block", yaml: "network:\n  width: [8, 8, 16, 32]\n",
      lines: ["  width: [8, 8, 16, 32]"]),
    Self(
      name: "dense on pictures", yaml: "network:\n  kind: mlp\n  hidden: [64, 32]\n",
      lines: ["  kind: mlp", "  hidden: [64, 32]"]),
    Self(
      name: "layers one by one",
      yaml: "network:\n  kind: layers\n  layers:\n    - kind: flatten\n    - kind: dense\n"
        + "      units: 16\n      name: last\n",
      lines: ["    - kind: flatten", "      name: flatten1", "      units: 16", "      name: last"]),
    Self(
      name: "other writers", yaml: "training:\n  writers: []\n", lines: ["  writers: []"]),
    Self(
      name: "two phases", yaml: RightRecipe.phases,
      lines: [
        "  phases:", "    - kind: joint", "      batchSize: 16", "      head: cosine",
        "      iterations: 20", "        kind: cosine", "    - kind: episodes",
        "        kind: sgd", "        momentum: 0.5", "      trains: [network/block4]",
        "      patience: 7", "  seed: 3",
      ]),
  ]

  /// All training classes at once, then episodes that move the last block.
  static let phases = """
    learner:
      kind: cosineHead
    training:
      phases:
        - kind: joint
          iterations: 20
          batchSize: 16
          head: cosine
          schedule:
            kind: cosine
        - iterations: 10
          kind: episodes
          optimizer:
            kind: sgd
            momentum: 0.5
          trains: [network/block4]
          patience: 7
      seed: 3

    """
}

@Suite struct RecipeTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Recipes")

  @Test(arguments: RightRecipe.all)
  private func `a recipe written out reads as the same recipe`(_ right: RightRecipe) throws {
    let recipe = try Recipe(yaml: right.yaml, file: "r.yaml")
    let again = try Recipe(yaml: recipe.yaml, file: "again.yaml")
    #expect(again.yaml == recipe.yaml)
    #expect(again.differences(from: recipe).isEmpty)
    let written = recipe.yaml.split(separator: "\n").map(String.init)
    for line in right.lines { #expect(written.contains(line), "\(line) in\n\(recipe.yaml)") }
  }

  @Test func `every recipe of the folder is complete when written out`() throws {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: Self.folder.path)
    let files = paths.filter { $0.hasSuffix(".yaml") }.map { Self.folder.appending(path: $0) }
    #expect(files.count >= 30)
    for file in files {
      let recipe = try Recipe(url: file)
      let again = try Recipe(yaml: recipe.yaml, file: "again.yaml")
      #expect(again.yaml == recipe.yaml, "\(file.path)")
    }
  }

  @Test func `the recipe that is built in is the one in the folder`() throws {
    let text = try String(contentsOf: Self.folder.appending(path: "default.yaml"), encoding: .utf8)
    #expect(text == Recipe.standardText)
  }

  @Test func `an override changes one value and is named where it is wrong`() throws {
    let recipe = try Recipe.standard(overrides: ["training.iterations=60", "training.seed=1"])
    #expect(recipe.training.iterations == 60)
    #expect(recipe.training.seed == 1)
    let error = #expect(throws: SettingsError.self) {
      try Recipe.standard(overrides: ["training.learningRate=0"])
    }
    #expect(error?.exitStatus == .usage)
    #expect(
      error?.description
        == "--set training.learningRate=0: 'training.learningRate' must be greater than 0, but is '0'"
    )
  }

  @Test func `an override of a kind leaves out what belongs to the kind before, and nothing else`()
    throws
  {
    let yaml = "learner:\n  kind: maml\n  steps: 3\nnetwork:\n  kind: conv4\n  width: 8\n"
    let recipe = try Recipe(
      yaml: yaml, file: "r.yaml",
      overrides: ["network.kind=mlp", "network.hidden=[40]", "learner.kind=anil"])
    let learner = try recipe.learner(for: TinyRun.dataSet.signature, ways: 5)
    let anil = try #require(learner as? ANIL)
    #expect(anil.innerLoop.steps == 3)
    #expect(anil.network.parameterShapes["dense1.weight"] == [784, 40])
    #expect(recipe.network?.name == "mlp" && recipe.learner.name == "anil")
    #expect(!recipe.yaml.contains("width"))
    let error = #expect(throws: SettingsError.self) {
      try Recipe(yaml: yaml, file: "r.yaml", overrides: ["network.kind=mlp", "network.width=9"])
    }
    #expect(error?.description.contains("unknown key 'network.width'") == true)
  }

  @Test func `FOMAML is MAML of first order`() throws {
    let recipe = try Recipe(yaml: "learner:\n  kind: fomaml\n  steps: 4\n", file: "r.yaml")
    let learner = try recipe.learner(for: TinyRun.dataSet.signature, ways: 5)
    let loop = try #require(learner as? MAML).innerLoop
    #expect(loop.isFirstOrder)
    #expect(loop.steps == 4)
    #expect(loop.evaluationSteps == 4)
  }

  @Test func `phases are read in order, each with settings of its own`() throws {
    let training = try Recipe(yaml: RightRecipe.phases, file: "r.yaml").training
    #expect(training.iterations == 30 && training.seed == 3)
    #expect(training.phases.map(\.step.name) == ["joint", "episodes"])
    #expect(training.phases.map(\.iterations) == [20, 10])
    #expect(training.phases.map(\.schedule) == [.cosine(to: 0), .constant])
    #expect(training.phases.map(\.patience) == [nil, 7])
    #expect(training.phases[0].update.optimizer as? Adam == Adam())
    #expect(training.phases[1].update.optimizer as? SGD == SGD(momentum: 0.5))
    #expect(training.phases.map(\.update.trained) == [nil, ["network/block4"]])
  }

  @Test func `an override reaches into a phase by its number`() throws {
    let overrides = ["training.phases.0.iterations=5", "training.phases.1.optimizer.momentum=0.25"]
    let recipe = try Recipe(yaml: RightRecipe.phases, file: "r.yaml", overrides: overrides)
    #expect(recipe.training.phases.map(\.iterations) == [5, 10])
    #expect(recipe.training.phases[1].update.optimizer as? SGD == SGD(momentum: 0.25))
    #expect(
      recipe.differences(from: try Recipe(yaml: RightRecipe.phases, file: "r.yaml")) == [
        "training.phases.0.iterations is 5 and 20",
        "training.phases.1.optimizer.momentum is 0.25 and 0.5",
      ])
    let error = #expect(throws: SettingsError.self) {
      try Recipe(
        yaml: RightRecipe.phases, file: "r.yaml", overrides: ["training.phases.2.iterations=5"])
    }
    #expect(
      error?.description
        == "--set training.phases.2.iterations=5: 'training.phases' is a list of 2; "
        + "name an element by a number from 0, such as training.phases.0")
    #expect(error?.exitStatus == .usage)
  }

  @Test func `recipes differ by keys, also where one has a phase more`() throws {
    func recipe(_ yaml: String) throws -> Recipe { try Recipe(yaml: yaml, file: "r.yaml") }
    let one = try recipe("training:\n  phases:\n    - {}\n")
    let two = try recipe("training:\n  phases:\n    - {}\n    - {}\n  seed: 4\n")
    let differences = two.differences(from: one)
    #expect(differences.contains("training.seed is 4 and 0"))
    #expect(differences.contains("training.phases.1.kind is episodes and not there"))
    #expect(differences.allSatisfy { $0.hasPrefix("training.phases.1.") || $0.contains("seed") })
    #expect(one.differences(from: one).isEmpty)
  }
}
