import MetaTasks
import TensorPrograms
import Tensors

/// The loop between a policy, which runs as a program over all tasks at once, and their
/// environments.
struct RolloutLoop {
  let learner: any ActingLearner
  let tasks: any EnvironmentDistribution
  let owner: ProgramOwner
  let runner: Runner

  /// Where the policy's parameters come from.
  enum Source {
    /// Numbers, given before each run.
    case values(ParameterValues)
    /// Values that a training keeps, in the form of a tree.
    case persistent(PersistentValues, like: ParameterValues)

    /// The names and shapes.
    var template: ParameterValues {
      switch self {
      case .values(let values), .persistent(_, let values): values
      }
    }
  }

  /// The courses of the tasks that keys name.
  ///
  /// Actions are drawn from the policy by the same keys, or the likeliest ones are taken.
  func rollouts(
    _ source: Source, keys: [RandomKey], isGreedy: Bool = false
  ) -> RolloutValues {
    var environments = tasks.environments(keys: keys.map { $0.folded("task") })
    var observation = environments.begin()
    var memory = learner.initialMemory.map { value in
      TensorValue.stacking([TensorValue](repeating: value, count: keys.count))
    }
    let actionKeys = keys.map { $0.folded("actions") }
    var course = Course()
    for step in 0..<tasks.horizon {
      let next = act(source, observation, memory)
      memory = next.memory
      let actions = zip(next.logits.asRows, actionKeys).map { logits, key in
        RolloutLoop.action(logits, key: isGreedy ? nil : key.folded(step))
      }
      let result = environments.step(actions: actions)
      course.append(observation, actions, result.rewards)
      observation = result.observations
    }
    return course.values(tasks: keys.count)
  }

  /// The action with the largest logit, after a draw from the Gumbel distribution is added to each
  /// where there is a key: a draw of the softmax.
  static func action(_ logits: [Float], key: RandomKey?) -> Int {
    guard let key else { return logits.indices.reduce(0) { logits[$1] > logits[$0] ? $1 : $0 } }
    let scores = zip(logits, key.gumbel(count: logits.count)).map { Double($0) + $1 }
    return scores.indices.reduce(0) { scores[$1] > scores[$0] ? $1 : $0 }
  }

  /// Logits `[tasks, actions]` and the memory after an observation.
  private func act(
    _ source: Source, _ observation: NamedTree<TensorValue>, _ memory: ParameterValues
  ) -> (logits: TensorValue, memory: ParameterValues) {
    let inputs =
      observation.entries.map { (name: "observation.\($0.name)", value: $0.leaf) }
      + memory.entries.map { (name: "memory.\($0.name)", value: $0.leaf) }
    let lanes = observation.leaves.first?.shape[0] ?? 0
    let key = ProgramKey(owner: owner, "action", InputForm(inputs), lanes: lanes)
    let execution: Execution
    switch source {
    case .persistent(let state, _):
      execution = runner.execution(for: key, persistent: state) {
        program(source.template, observation, memory, lanes: lanes)
      }
    case .values(let values):
      execution = runner.execution(for: key) {
        program(source.template, observation, memory, lanes: lanes)
      }
      execution.set(values, prefix: TreeName.learner)
    }
    execution.set(inputs)
    execution.run()
    return (
      execution.value("logits"), memory.mapEntries { execution.value("memory.\($0.name)") }
    )
  }

  private func program(
    _ parameters: ParameterValues, _ observation: NamedTree<TensorValue>,
    _ memory: ParameterValues, lanes: Int
  ) -> Program {
    func inputs(_ tree: NamedTree<TensorValue>, _ name: String) -> Parameters {
      tree.mapEntries { entry in
        Tensor.input(
          "\(name).\(entry.name)", shape: Shape(Array(entry.leaf.shape.dimensions.dropFirst())),
          elementType: entry.leaf.elementType, .perLane)
      }
    }
    let shared = Parameters.inputs(like: parameters, prefix: TreeName.learner)
    let (seen, remembered) = (inputs(observation, "observation"), inputs(memory, "memory"))
    let next = learner.act(
      shared.perLane(), on: seen.map { $0.insertingAxis(at: 0) }, remembering: remembered)
    let count = next.logits.shape[-1]
    let outputs =
      [(name: "logits", tensor: next.logits.reshaped([count]))]
      + next.memory.entries.map { (name: "memory.\($0.name)", tensor: $0.leaf) }
    return Program(
      outputs, laneCount: lanes,
      declaring: shared.leaves + seen.leaves + remembered.leaves)
  }
}

/// What happened so far, step by step.
private struct Course {
  private var observations: [NamedTree<TensorValue>] = []
  private var actions: [[Int]] = []
  private var rewards: [[Float]] = []

  mutating func append(
    _ observation: NamedTree<TensorValue>, _ actions: [Int], _ rewards: [Float]
  ) {
    observations.append(observation)
    self.actions.append(actions)
    self.rewards.append(rewards)
  }

  /// The courses with the tasks in front, each `[tasks, steps, ...]`.
  func values(tasks: Int) -> RolloutValues {
    let steps = actions.count
    let seen = observations[0].mapEntries { entry in
      TensorValue.stacking(
        (0..<tasks).map { task in
          .stacking(observations.map { $0[entry.name].slice(at: task) })
        })
    }
    return RolloutValues(
      observations: seen,
      actions: TensorValue(
        (0..<tasks).flatMap { task in actions.map { Int32($0[task]) } }, shape: [tasks, steps]),
      rewards: TensorValue(
        (0..<tasks).flatMap { task in rewards.map { $0[task] } }, shape: [tasks, steps]))
  }
}

extension RolloutSet where Value == TensorValue {
  /// The sum of rewards of each task.
  var returns: [Double] { rewards.asRows.map { $0.reduce(0) { $0 + Double($1) } } }
}
