import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors

/// A piece of work that is defined so exactly that programs can be compared on it.
struct Job {
  let name: String
  let learner: any MetaLearner
  let batch: TaskBatch
  /// Whether only adapting and predicting are timed, without a meta-gradient.
  let isLatency: Bool

  static let names = [
    "A4", "A32", "A2", "B4", "B32", "C32", "D1", "D2", "E1", "E5", "F1", "F5", "F20", "F50", "G1",
    "G2",
  ]

  init?(_ name: String) {
    self.name = name
    isLatency = name.hasPrefix("G")
    let tasks: [String: Int] = ["A4": 4, "B4": 4, "A32": 32, "A2": 32, "B32": 32, "C32": 32]
    let steps: [String: Int] = ["A2": 1, "E1": 1, "F1": 1, "F20": 20, "F50": 50]
    guard Job.names.contains(name) else { return nil }
    let innerSteps = steps[name] ?? 5
    switch name.first {
    case "D":
      let ways = name == "D1" ? 5 : 60
      learner = PrototypicalNetworks(network: Job.conv4(ways: nil))
      batch = Job.pictures(tasks: 1, ways: ways, shots: 5, queries: name == "D1" ? 15 : 5)
    case "E":
      learner = MAML(
        network: multilayerPerceptron(inputs: [1], hidden: [40, 40], outputs: 1),
        innerLoop: InnerLoop(steps: innerSteps, learningRate: 0.01), meaning: .numbers)
      batch = TaskBatch(
        EpisodeShape(shots: 10, queries: 10), values: JobData.sinusoids(tasks: 25, points: 10),
        keys: Job.keys(25))
    case "C":
      learner = ANIL(
        network: Job.conv4(ways: 5), innerLoop: InnerLoop(steps: innerSteps, learningRate: 0.4),
        trainsTransductively: true)
      batch = Job.pictures(tasks: 32, ways: 5, shots: 1, queries: 15)
    case "G" where name == "G2":
      learner = PrototypicalNetworks(network: Job.conv4(ways: nil))
      batch = Job.pictures(tasks: 1, ways: 5, shots: 1, queries: 15)
    default:
      learner = MAML(
        network: Job.conv4(ways: 5, form: name == "A2" ? .strided : .maxPool),
        innerLoop: InnerLoop(
          steps: innerSteps, learningRate: 0.4, isFirstOrder: name.hasPrefix("B"),
          recomputes: innerSteps >= 20), trainsTransductively: true)
      batch = Job.pictures(tasks: tasks[name] ?? 1, ways: 5, shots: 1, queries: 15)
    }
  }

  private static func conv4(ways: Int?, form: Conv4.Form = .maxPool) -> Network {
    NeuralNetworks.conv4(
      inputShape: [28, 28, 1], form: form, outputs: ways, normalization: .examples,
      convolutionBias: false)
  }

  private static func keys(_ count: Int) -> TensorValue {
    TensorValue([UInt32](repeating: 0, count: 2 * count), shape: [count, 2])
  }

  private static func pictures(tasks: Int, ways: Int, shots: Int, queries: Int) -> TaskBatch {
    TaskBatch(
      EpisodeShape(ways: ways, shots: shots, queries: queries),
      values: JobData.pictures(tasks: tasks, ways: ways, shots: shots, queries: queries),
      keys: keys(tasks))
  }

  /// The program of the job, and the trees that it begins with.
  func program() -> (program: Program, trees: TrainingTrees) {
    let parameters = JobData.parameters(like: learner.initialParameters(RandomKey(seed: 0)))
    let step = step
    guard !isLatency else {
      return (
        step.objectiveProgram(parameters: parameters, like: batch), [TreeName.learner: parameters]
      )
    }
    var trees = step.initialTrees(for: parameters, key: RandomKey(seed: 0))
    trees[TreeName.learner] = parameters
    return (step.program(from: trees, like: batch), trees)
  }

  /// The step of meta-training; it runs on the job's batch and draws no tasks.
  private var step: GradientStep {
    let metric: MetricDescription =
      if case .classes = batch.values.query.target { .accuracy } else { .squaredError }
    return GradientStep(
      learner: learner, tasks: SinusoidTasks(), episodes: EpisodeShapeRange(batch.shape),
      tasksPerStep: batch.laneCount, update: ParameterUpdate(optimizer: Adam()),
      metrics: MetricCatalogue.standard.items.filter { $0.name == metric.name })
  }

  /// The program ready to run on threads, with everything that it needs.
  func execution(of program: Program, _ trees: TrainingTrees, threads: Int) -> Execution {
    let state = PersistentValues(trees.map { (prefix: $0.key, values: $0.value) })
    let execution = Runner(.init(threads: threads)).execution(of: program, persistent: state)
    if !isLatency { execution.set("learningRate", TensorValue(0.001)) }
    execution.set(batch)
    return execution
  }
}
