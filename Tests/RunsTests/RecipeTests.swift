import Foundation
import MetaLearning
import Runs
import Testing

/// A recipe that cannot be followed, and what is said of it.
private struct WrongRecipe: CustomTestStringConvertible, Sendable {
  let yaml: String
  let error: String

  var testDescription: String { error }

  static let all = [
    Self(
      yaml: "training:\n  iteratons: 60\n",
      error: "r.yaml:2: unknown key 'training.iteratons'; did you mean 'training.iterations'?"),
    Self(
      yaml: "learner:\n  kind: protonet\n  steps: 5\n",
      error: "r.yaml:3: unknown key 'learner.steps'"),
    Self(
      yaml: "learner:\n  kind: mamal\n",
      error: "did you mean 'maml'?"),
    Self(
      yaml: "learner:\n  kind: maml\n  learningRate: -0.1\n",
      error: "r.yaml:3: 'learner.learningRate' must be greater than 0, but is '-0.1'"),
    Self(
      yaml: "task:\n  data: omniglott\n",
      error: "r.yaml:2: 'task.data' must be one of"),
    Self(
      yaml: "task:\n  data: omniglot\n  split: vinyls\n",
      error: "did you mean 'vinyals'?"),
    Self(
      yaml: "task:\n  data: sinusoid\nlearner:\n  kind: protonet\n",
      error: "r.yaml:4: 'learner.kind' protonet tells classes apart"),
    Self(
      yaml: "task:\n  data: sinusoid\n  ways: 5\nlearner:\n  kind: maml\n",
      error: "r.yaml:3: unknown key 'task.ways'"),
    Self(
      yaml: "task:\n  data: sinusoid\nlearner:\n  kind: maml\nnetwork:\n  kind: conv4\n",
      error: "r.yaml:6: 'network.kind' must be mlp where inputs are numbers"),
    Self(
      yaml: "task:\n  ways: [9, 3]\n",
      error: "r.yaml:2: 'task.ways' must be [least, most], not [9, 3]"),
    Self(
      yaml: "task:\n  ways: [3, 5, 7]\n",
      error: "r.yaml:2: 'task.ways' must be a whole number or a list of the least and the most"),
    Self(
      yaml: "task:\n  ways: 1\n",
      error: "r.yaml:2: 'task.ways' must be between 2 and 1000, but is '1'"),
    Self(
      yaml: "task:\n  ways: [3, 5]\nlearner:\n  kind: maml\n",
      error: "r.yaml:2: 'task.ways' must be one number with the learner maml"),
    Self(
      yaml: "learner:\n  kind: reptile\nevaluation:\n  ways: 20\n",
      error: "r.yaml:4: 'evaluation.ways' must be 'task.ways', 5"),
    Self(
      yaml: "learner:\n  kind: maml\nnetwork:\n  normalization: running\n",
      error: "r.yaml:4: 'network.normalization' must not be 'running' with the learner maml"),
    Self(
      yaml: "network:\n  width: [64, 128]\n",
      error: "r.yaml:2: 'network.width' must be one whole number or a list of 4, not of 2"),
    Self(
      yaml: "network:\n  width: [64, 64, 0, 64]\n",
      error: "r.yaml:2: 'network.width' must be between 1 and 1024, but is '0'"),
    Self(
      yaml: "network:\n  width: [64, 64, x, 64]\n",
      error: "r.yaml:2: 'network.width' must be a whole number or a list of 4"),
    Self(
      yaml: "network:\n  normalization: examples\n",
      error:
        "r.yaml:2: 'network.normalization' must be one of none, support, supportAndQuery, taskNorm, running"
    ),
    Self(
      yaml: "training:\n  schedule:\n    kind: piecewise\n    from: [100, 50]\n"
        + "    factors: [1, 2]\n",
      error: "piecewise.from must ascend"),
    Self(
      yaml: "training:\n  validateEvery: null\n  patience: 3\n",
      error: "r.yaml:3: 'training.patience' counts validations"),
    Self(
      yaml: "training:\n  seed: -1\n",
      error: "r.yaml:2: 'training.seed' must be at least 0, but is '-1'"),
    Self(
      yaml: "evaluation:\n  innerSteps: [1, 10]\n",
      error: "r.yaml:2: 'evaluation.innerSteps' needs a learner with an inner loop"),
  ]
}

/// A recipe that can be followed.
private struct RightRecipe: CustomTestStringConvertible, Sendable {
  let name: String
  let yaml: String

  var testDescription: String { name }

  static let all: [RightRecipe] = [
    Self(name: "empty", yaml: ""),
    Self(
      name: "varying ways and shots",
      yaml: "task:\n  ways: [3, 8]\n  shots: [1, 5]\nevaluation:\n  ways: 5\n"),
    Self(
      name: "every optimizer",
      yaml: "learner:\n  kind: reptile\n  optimizer:\n    kind: sgd\n    momentum: 0.9\n"
        + "optimizer:\n  kind: adamw\n  weightDecay: 0.1\n"),
    Self(name: "rmsprop", yaml: "optimizer:\n  kind: rmsprop\n"),
    Self(
      name: "anil with learned rates",
      yaml: "learner:\n  kind: anil\n  steps: 3\n  learnsRates: true\n  firstOrder: true\n"),
    Self(
      name: "piecewise with warmup",
      yaml: "training:\n  schedule:\n    kind: piecewise\n    from: [10, 20]\n"
        + "    factors: [0.5, 0.1]\n    warmup: 5\n"),
    Self(
      name: "augmentation", yaml: "task:\n  augmentation:\n    shift: 1.5\n    mirroring: true\n"),
    Self(name: "a folder", yaml: "task:\n  data: ./pictures\n  size: 32\n  darkInk: true\n"),
    Self(
      name: "sines",
      yaml: "task:\n  data: sinusoid\n  tasks: 100\nlearner:\n  kind: fomaml\n"
        + "evaluation:\n  innerSteps: [1, 10]\n"),
    Self(
      name: "features of one length",
      yaml: "network:\n  features: mean\n  normalizesFeatures: true\n"),
    Self(name: "a width for each block", yaml: "network:\n  width: [8, 8, 16, 32]\n"),
    Self(name: "dense on pictures", yaml: "network:\n  kind: mlp\n  hidden: [64, 32]\n"),
  ]
}

@Suite struct RecipeTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Recipes")

  @Test(arguments: WrongRecipe.all)
  private func `a wrong recipe is told by place, mistake and remedy`(_ wrong: WrongRecipe) {
    let error = #expect(throws: RecipeError.self) {
      try Recipe(yaml: wrong.yaml, file: "r.yaml")
    }
    #expect(error?.description.contains(wrong.error) == true, "\(error?.description ?? "")")
    #expect(error?.exitStatus == .badData)
  }

  @Test(arguments: RightRecipe.all)
  private func `a recipe written out reads as the same recipe`(_ right: RightRecipe) throws {
    let recipe = try Recipe(yaml: right.yaml, file: "r.yaml")
    let again = try Recipe(yaml: recipe.yaml, file: "again.yaml")
    #expect(again == recipe)
    #expect(again.yaml == recipe.yaml)
  }

  @Test func `every recipe of the folder is complete when written out`() throws {
    let files = try FileManager.default.contentsOfDirectory(
      at: Self.folder, includingPropertiesForKeys: nil)
    #expect(files.count >= 8)
    for file in files {
      let recipe = try Recipe(url: file)
      #expect(try Recipe(yaml: recipe.yaml, file: "again.yaml") == recipe, "\(file.path)")
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
    let error = #expect(throws: RecipeError.self) {
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
    guard case .mlp(hidden: [40], _) = recipe.network.form,
      case .anil(let loop, _) = recipe.learner
    else {
      Issue.record("not dense layers and ANIL: \(recipe.network), \(recipe.learner)")
      return
    }
    #expect(loop.steps == 3)
    #expect(!recipe.yaml.contains("width"))
    let error = #expect(throws: RecipeError.self) {
      try Recipe(yaml: yaml, file: "r.yaml", overrides: ["network.kind=mlp", "network.width=9"])
    }
    #expect(error?.description.contains("unknown key 'network.width'") == true)
  }

  @Test func `FOMAML is MAML of first order`() throws {
    let recipe = try Recipe(yaml: "learner:\n  kind: fomaml\n  steps: 4\n", file: "r.yaml")
    guard case .fomaml(let loop, false) = recipe.learner else {
      Issue.record("not fomaml: \(recipe.learner)")
      return
    }
    #expect(loop.isFirstOrder)
    #expect(loop.steps == 4)
    #expect(loop.evaluationSteps == 4)
  }
}
