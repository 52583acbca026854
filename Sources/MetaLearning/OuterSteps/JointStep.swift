public import MetaTasks
import NeuralNetworks
public import Settings
public import TensorPrograms
public import Tensors

/// A gradient step on mini-batches of all training classes: the features of a learner's network
/// with a head of the step's own, which is thrown away afterwards (pre-training).
///
/// Each lane has a mini-batch; normalization layers see the examples of theirs.
public struct JointStep: OuterStep {
  /// The kind of the step in recipes.
  public static let name = "joint"

  /// How features become logits of all classes.
  public enum Head: String, Hashable, Sendable, CaseIterable {
    /// Products with weights, and a bias.
    case linear
    /// Cosines to weights, times a scale (Chen et al. 2019, arXiv 1904.04232, section 3.2).
    case cosine
  }

  /// The learner.
  public let learner: any FeatureLearner
  /// The tasks whose classes are learned.
  public let tasks: any ClassPool
  /// Mini-batches in each step.
  public let tasksPerStep: Int
  /// Examples in each mini-batch.
  public let batchSize: Int
  /// How features become logits.
  public let head: Head
  /// The factor of cosines.
  public let scale: Double
  /// How the loss moves the parameters; the head is trained whichever of these are.
  public let update: ParameterUpdate

  /// Names the head's parameters beside the learner's.
  private static let headName = "jointHead"

  /// Makes a step.
  public init(
    learner: any FeatureLearner, tasks: any ClassPool, tasksPerStep: Int, batchSize: Int,
    head: Head, scale: Double, update: ParameterUpdate
  ) {
    self.learner = learner
    self.tasks = tasks
    self.tasksPerStep = tasksPerStep
    self.batchSize = batchSize
    self.head = head
    self.scale = scale
    self.update = ParameterUpdate(
      optimizer: update.optimizer, gradientNormLimit: update.gradientNormLimit,
      trained: update.trained.map { $0 + [JointStep.headName] })
  }

  /// The head, and the optimizer's state for it and the learner's parameters.
  public func initialTrees(for parameters: ParameterValues, key: RandomKey) -> TrainingTrees {
    let shape: Shape = [learner.network.featureCount, tasks.classCount]
    var values = ParameterValues([
      "weight": Initializer.glorotUniform.values(shape, key: key.folded("weight"))
    ])
    if head == .linear {
      values.append(.init(name: "bias", leaf: TensorValue(repeating: 0, shape: [shape[1]])))
    }
    let both = JointStep.joined(parameters, values)
    return [Self.headName: values, TreeName.optimizer: update.initialState(for: both)]
  }

  /// Takes steps on mini-batches that the key names.
  public func start(
    _ trees: TrainingTrees, key: RandomKey, runner: Runner
  ) -> any OuterStepRun {
    JointStepRun(self, trees, key: key, runner: runner)
  }

  /// The learner's parameters and the head's in one tree, as the optimizer moves them.
  private static func joined(
    _ parameters: ParameterValues, _ head: ParameterValues
  ) -> ParameterValues {
    var both = parameters
    both.append(head, as: headName)
    return both
  }

  /// The trees with the head among the learner's parameters.
  fileprivate static func joined(_ trees: TrainingTrees) -> TrainingTrees {
    var joined = trees
    let head = joined.removeValue(forKey: headName) ?? ParameterValues()
    joined[TreeName.learner] = Self.joined(trees[TreeName.learner] ?? ParameterValues(), head)
    return joined
  }

  /// The trees with the head apart again.
  fileprivate static func separated(_ trees: TrainingTrees) -> TrainingTrees {
    var separated = trees
    let both = trees[TreeName.learner] ?? ParameterValues()
    separated[TreeName.learner] = both.removingSubtree(headName)
    separated[headName] = both.subtree(headName)
    return separated
  }

  /// The mini-batches of a step, with lanes in front, and a key for each.
  fileprivate func batch(
    step: Int, key: RandomKey
  ) -> (examples: ExampleValues, keys: TensorValue) {
    let keys = TaskBatch.trainingKeys(key, step: step, count: tasksPerStep)
    return (
      .stacking(keys.map { tasks.examples(count: batchSize, key: $0) }),
      TensorValue(keys: keys.map(TaskBatch.learnerKey))
    )
  }

  /// The program of a step on mini-batches like these.
  fileprivate func program(from trees: TrainingTrees, like batch: ExampleValues) -> Program {
    let state = ParameterUpdate.State(like: trees)
    let examples = BatchInputs.examples(batch, "examples")
    let words = Tensor.input("key", shape: [2], elementType: .uint32, .perLane)
    var context = NetworkContext(key: SymbolicKey(words: words))
    let parameters = state.parameters.perLane()
    let features = learner.network(examples.inputs, parameters, &context)
    let logits = logits(
      features.reshaped([batchSize, -1]), parameters.subtree(Self.headName))
    func mean(_ tensor: Tensor) -> Tensor { sumOverLanes(tensor) / Double(tasksPerStep) }
    let updates = Parameters(context.updatedStatistics, as: Network.parametersName)
    let goal = ParameterUpdate.Goal(
      loss: mean(loss(of: Prediction(logits, .logits), on: examples)),
      metrics: [("accuracy", accuracy(logits, examples.targets))], updates: updates.map(mean))
    return update.program(
      down: goal, from: state, laneCount: tasksPerStep,
      declaring: examples.parts.map(\.value) + [words])
  }

  private func logits(_ features: Tensor, _ parameters: Parameters) -> Tensor {
    switch head {
    case .linear: matrixProduct(features, parameters["weight"]) + parameters["bias"]
    case .cosine:
      matrixProduct(
        features.normalized(along: 1), parameters["weight"].normalized(along: 0)) * scale
    }
  }
}

extension JointStep {
  /// The step as recipes name it.
  public static let entry = OuterStepEntry(
    name, "a gradient step on mini-batches over all training classes, with a head of its own"
  ) { (settings) throws(SettingsError) in
    let batchSize = try settings.integer(
      "batchSize", "Examples in each mini-batch.", default: 64, in: 2...100_000)
    let head: Head = try settings.choice(
      "head", "How features become logits of all classes.", default: .linear)
    let scale = try settings.number("scale", "The factor of cosines.", default: 10, .positive)
    return OuterStepPlan { (parts) throws(TaskError) in
      guard let learner = parts.learner as? any FeatureLearner else {
        throw TaskError(
          "training.kind: \(name) trains the features of a network, and this learner has a head in it; "
            + "choose a learner on features (metalearn explain learners)")
      }
      guard let tasks = parts.tasks as? any ClassPool else {
        throw TaskError(
          "training.kind: \(name) needs classes beyond single tasks, and \(parts.tasks.name) has none"
        )
      }
      return JointStep(
        learner: learner, tasks: tasks, tasksPerStep: parts.tasksPerStep, batchSize: batchSize,
        head: head, scale: scale, update: parts.update)
    }
  }
}

/// Steps on mini-batches as they are taken.
private final class JointStepRun: OuterStepRun {
  private let step: JointStep
  private let key: RandomKey
  private let runner: Runner
  private let initial: TrainingTrees
  private let state: PersistentValues
  private let owner = ProgramOwner()
  private var computed: Execution?

  init(_ step: JointStep, _ trees: TrainingTrees, key: RandomKey, runner: Runner) {
    self.step = step
    self.key = key
    self.runner = runner
    initial = JointStep.joined(trees)
    state = PersistentValues(trees: initial)
  }

  var trees: TrainingTrees { JointStep.separated(state.trees(like: initial)) }

  func compute(_ moment: OuterMoment) -> OuterFigures {
    let (examples, keys) = step.batch(step: moment.progress.step, key: key)
    let inputs = examples.parts.map { (name: "examples.\($0.name)", value: $0.value) }
    let key = ProgramKey(owner: owner, "step", InputForm(inputs), lanes: step.tasksPerStep)
    let execution = runner.execution(for: key, persistent: state) {
      step.program(from: initial, like: examples)
    }
    execution.set(inputs + [("key", keys)])
    execution.set("learningRate", TensorValue(Float(moment.learningRate)))
    execution.compute()
    computed = execution
    return execution.figures()
  }

  func accept() { computed?.carry() }
}
