public import Tensors

/// A learner that acts in environments: a policy that remembers what happened in a task.
///
/// As a learner from examples it folds a history of observations into its memory (`adapted`), and
/// says what it would do next (`predictions`).
public protocol ActingLearner: MetaLearner {
  /// What is remembered before the first step of a task, by name, each `[1, ...]`.
  var initialMemory: ParameterValues { get }

  /// Logits of the actions `[1, actions]` after an observation, each input `[1, ...]`, and what is
  /// remembered from then on.
  func act(
    _ parameters: Parameters, on observation: Inputs, remembering memory: Parameters
  ) -> (logits: Tensor, memory: Parameters)

  /// What meta-training descends on for the course of one task.
  func objective(
    _ parameters: Parameters, on rollout: Rollout, _ context: LearningContext
  ) -> Objective
}

/// The course of one task in an environment; values or symbols.
public struct RolloutSet<Value> {
  /// What was observed before each action, by name, each `[steps, ...]`.
  public var observations: NamedTree<Value>
  /// The actions, int32 `[steps]`.
  public var actions: Value
  /// The rewards, float32 `[steps]`.
  public var rewards: Value

  /// Puts a course together.
  public init(observations: NamedTree<Value>, actions: Value, rewards: Value) {
    self.observations = observations
    self.actions = actions
    self.rewards = rewards
  }

  /// All parts by name.
  var parts: [(name: String, value: Value)] {
    observations.entries.map { ("observations.\($0.name)", $0.leaf) }
      + [("actions", actions), ("rewards", rewards)]
  }
}

/// The course of a task as symbols.
public typealias Rollout = RolloutSet<Tensor>
/// The courses of tasks as numbers, with the tasks in front.
typealias RolloutValues = RolloutSet<TensorValue>
