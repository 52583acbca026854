import MetaTasks
import Runs
import Settings
import Testing

/// A recipe that cannot be followed, and what is said of it.
private struct WrongRecipe: CustomTestStringConvertible, Sendable {
  let yaml: String
  let error: String
  /// Whether the mistake shows only once the recipe meets its data.
  var needsData = false

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
      error: "r.yaml:4: 'learner.kind' protonet learns classes, and these tasks are of numbers"),
    Self(
      yaml: "task:\n  data: sinusoid\n  ways: 5\nlearner:\n  kind: maml\n",
      error: "r.yaml:3: unknown key 'task.ways'"),
    Self(
      yaml: "task:\n  data: sinusoid\nlearner:\n  kind: maml\nnetwork:\n  kind: conv4\n",
      error:
        "r.yaml:6: 'network.kind' must be mlp or linear or layers where inputs are numbers; conv4 takes "
        + "pictures", needsData: true),
    Self(
      yaml: "task:\n  data: sinusoid\nlearner:\n  kind: maml\nevaluation:\n  metric: accuracy\n",
      error: "evaluation.metric: the tasks are not judged by 'accuracy', but by squaredError, ",
      needsData: true),
    Self(
      yaml: "task:\n  data: sinusoid\nlearner:\n  kind: cnp\nevaluation:\n  metric: coverage90\n",
      error:
        "evaluation.metric: of numbers 'coverage90' is known where predictions have a variance",
      needsData: true),
    Self(
      yaml: "task:\n  data: bernoulli-bandit\nlearner:\n  kind: lstmPolicy\nevaluation:\n"
        + "  metric: accuracy\n",
      error: "evaluation.metric: the tasks are judged by return alone", needsData: true),
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
      error:
        "r.yaml:4: 'network.normalization' must not be 'running' with a learner whose inner loop "
        + "does not follow running statistics; use support or supportAndQuery or taskNorm"),
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
      error: "r.yaml:4: 'training.schedule.from' must ascend"),
    Self(
      yaml: "training:\n  validateEvery: null\n  patience: 3\n",
      error: "r.yaml:3: 'training.patience' counts validations"),
    Self(
      yaml: "training:\n  seed: -1\n",
      error: "r.yaml:2: 'training.seed' must be at least 0, but is '-1'"),
    Self(
      yaml: "evaluation:\n  innerSteps: [1, 10]\n",
      error: "r.yaml:2: 'evaluation.innerSteps' needs a learner that adapts by steps"),
    Self(
      yaml: "training:\n  writers: [metrcs]\n",
      error: "r.yaml:2: 'training.writers' names 'metrcs', and there are: metrics; did you mean "
        + "'metrics'?"),
  ]

  static let ofPhases = [
    Self(
      yaml: "training:\n  phases:\n    - kind: joint\n      iterations: 5\n  iterations: 7\n",
      error: "r.yaml:5: unknown key 'training.iterations'; did you mean "
        + "'training.phases.0.iterations'?"),
    Self(
      yaml: "training:\n  phase:\n    - kind: joint\n",
      error: "r.yaml:2: unknown key 'training.phase'; did you mean 'training.phases'?"),
    Self(
      yaml: "training:\n  phases: []\n",
      error: "r.yaml:2: 'training.phases' must be a list of sections, not an empty list"),
    Self(
      yaml: "training:\n  phases:\n    - kind: jiont\n",
      error: "r.yaml:3: 'training.phases.0.kind' must be one of episodes, joint"),
    Self(
      yaml: "training:\n  phases:\n    - kind: episodes\n    - kind: episodes\n"
        + "      batchSize: 8\n",
      error: "r.yaml:5: unknown key 'training.phases.1.batchSize'"),
    Self(
      yaml: "training:\n  phases:\n    - {}\n    - validateEvery: null\n      patience: 3\n",
      error: "r.yaml:5: 'training.phases.1.patience' counts validations, and "
        + "'training.phases.1.validateEvery' asks for none"),
    Self(
      yaml: "training:\n  phases:\n    - {}\n    - trains: [network/blok4]\n",
      error: "r.yaml:4: 'training.phases.1.trains' has 'network/blok4', with which no leaf's name "
        + "begins; did you mean 'network/block4'?", needsData: true),
    Self(
      yaml: "learner:\n  kind: maml\ntraining:\n  kind: joint\n",
      error: "training.kind: joint trains the features of a network", needsData: true),
  ]
}

@Suite struct WrongRecipeTests {
  @Test(arguments: WrongRecipe.all + WrongRecipe.ofPhases)
  private func `a wrong recipe is told by place, mistake and remedy`(_ wrong: WrongRecipe) {
    let read = Result { () throws(SettingsError) in try Recipe(yaml: wrong.yaml, file: "r.yaml") }
    guard wrong.needsData, case .success(let recipe) = read else {
      let error = #expect(throws: SettingsError.self) { try read.get() }
      #expect(error?.description.contains(wrong.error) == true, "\(error?.description ?? "")")
      #expect(error?.exitStatus == .badData)
      return
    }
    let error = #expect(throws: (any Error).self) {
      try PreparedRecipe(
        recipe, from: DataSets(folders: [], cache: nil, catalogue: Catalogues.standard.dataSets))
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(wrong.error), "\(text)")
  }
}
