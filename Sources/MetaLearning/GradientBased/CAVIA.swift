public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Fast context adaptation (Zintgraf, Shiarlis, Kurin, Hofmann and Whiteson 2019, arXiv 1810.03642,
/// section 3): a few context numbers are an input beside the examples', and inner steps move them
/// alone.
///
/// φ ← φ - α ∂L_support(θ, φ)/∂φ from φ = 0 in each step; the network θ is meta-learned through
/// these steps and the same for all tasks. What a task is known by is as small as the context, and
/// there is no overfitting of θ. A step costs what one of MAML does, with less memory.
///
/// The context enters in one of two ways. Beside the inputs (section 3.1), of which a perceptron
/// takes both in a row: the paper's form for numbers. Or it scales and shifts what one activation
/// reads, channel by channel (section 3.2; the layer `film`): the paper's form for pictures. Otherwise than
/// in the paper's code scales begin around 1, as that of a network without context, and batches are
/// normalised by the support set unless the recipe says otherwise.
public struct CAVIA: NetworkLearner {
  /// Maps what is seen and, as its last input, the context.
  public let network: Network
  /// Steps in meta-training.
  public let steps: Int
  /// Steps when a trained learner adapts.
  public let evaluationSteps: Int
  /// The rate of a step.
  public let learningRate: Double
  /// Whether meta-training normalises queries by their own statistics.
  public let trainsTransductively: Bool
  /// What the network's outputs are.
  public let meaning: Prediction.Meaning

  /// Names the context among adapted tensors.
  private static let contextName = "context"
  /// Names the context among a network's inputs: not as a recipe may name a layer.
  private static let inputName = "task context"

  /// Makes a learner of a network whose last input is the context: see
  /// ``joining(_:contextSize:before:)`` and ``modulating(_:atActivation:contextSize:)``.
  public init(
    network: Network, steps: Int = 1, evaluationSteps: Int? = nil, learningRate: Double = 1,
    trainsTransductively: Bool = false, meaning: Prediction.Meaning = .numbers
  ) {
    self.network = network
    self.steps = steps
    self.evaluationSteps = evaluationSteps ?? steps
    self.learningRate = learningRate
    self.trainsTransductively = trainsTransductively
    self.meaning = meaning
  }

  /// A network that reads inputs and a context in a row, `[features]`.
  public static func joining(
    _ inputs: [InputDescription], contextSize: Int, before network: Network
  ) -> Network {
    let context = InputDescription(inputName, shape: [contextSize])
    let flat = inputs.map { Network.Node("flat.\($0.name)", Flatten(), reading: [$0.name]) }
    let joined = Network.Node(
      "joined", Concatenate(), reading: flat.map(\.name) + [context.name])
    return Network(certainly: inputs + [context], flat + [joined] + network.nodes)
  }

  /// A network of which a context modulates what an activation reads, counted from 1.
  public static func modulating(
    _ network: Network, atActivation number: Int = 3, contextSize: Int = 100
  ) -> Network {
    network.modulated(
      atActivation: number, by: InputDescription(inputName, shape: [contextSize]))
  }

  /// The network, the context after some steps on the support set, and its statistics there.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    let count = context.choose(training: steps, adapting: evaluationSteps)
    let size = network.inputs[network.inputs.count - 1].shape
    let start = Parameters([CAVIA.contextName: support.zeros(size)])
    let end = repeated(count, from: start) { numbers, _ in
      let outputs = network(known(support, numbers), parameters)
      let slope = gradient(of: loss(of: outputs, on: support), withRespectTo: numbers)
      return numbers - learningRate * slope
    }
    var adapted = network.withStatistics(of: known(support, end), parameters)
    adapted.append(.init(name: CAVIA.contextName, leaf: end[CAVIA.contextName]))
    return adapted
  }

  /// The query loss in the context of the support set.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    let adapted = adapted(parameters, to: episode.support, context)
    let inputs = episode.query.inputs
    let together =
      trainsTransductively ? transductivePredictions(for: inputs, with: adapted) : nil
    return Objective(
      together ?? predictions(for: inputs, with: adapted), on: episode.query, context)
  }

  /// The network's results in the task's context, normalised by the support set.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    Prediction(network.inductiveResults(for: known(inputs, adapted), with: adapted), meaning)
  }

  /// The network's results in the task's context, normalised by the inputs themselves; nil where it
  /// normalises nothing.
  public func transductivePredictions(
    for inputs: Inputs, with adapted: Parameters
  ) -> Prediction? {
    network.normalises
      ? Prediction(network.transductiveResults(for: known(inputs, adapted), with: adapted), meaning)
      : nil
  }

  /// Inputs `[n, ...]` with the context of their task beside each.
  private func known(_ inputs: Inputs, _ adapted: Parameters) -> Inputs {
    let own = network.inputs.dropLast()
    // Where there is one of each, their names need not agree.
    var known =
      inputs.count == 1 && own.count == 1
      ? Inputs([.init(name: own[0].name, leaf: inputs.only)]) : inputs
    let context = adapted[CAVIA.contextName]
    let each = context.insertingAxis(at: 0).broadcast(to: [inputs.exampleCount] + context.shape)
    known.append(.init(name: CAVIA.inputName, leaf: each))
    return known
  }

  /// Examples with the context of their task beside each.
  private func known(_ examples: Examples, _ adapted: Parameters) -> Examples {
    Examples(
      inputs: known(examples.inputs, adapted), targets: examples.targets,
      weights: examples.weights, target: examples.target)
  }
}

// MARK: Entries

extension CAVIA {
  /// The learner of numbers, as recipes name it.
  public static let entry = LearnerEntry(
    "cavia", "MAML whose inner loop moves a few context numbers alone (Zintgraf et al. 2019)"
  ) { (settings) throws(SettingsError) in
    let contextSize = try settings.contextSize(default: 5)
    let hidden = try settings.integers(
      "hidden", "Units of each hidden layer.", default: [40, 40], in: 1...8192, count: 1...16)
    let (steps, evaluationSteps, learningRate) = try settings.contextSteps(default: 1)
    let needs = LearnerNeeds(
      .ownNetwork, targets: [.numbers], adaptationSteps: evaluationSteps)
    return LearnerPlan(needs: needs) { parts in
      let inputs = parts.signature.inputs
      let width = inputs.reduce(0) { $0 + $1.shape.elementCount }
      let layers = multilayerPerceptron(
        inputs: [width + contextSize], hidden: hidden,
        outputs: parts.signature.target.target(ways: nil).outputCount)
      return CAVIA(
        network: joining(inputs, contextSize: contextSize, before: layers), steps: steps,
        evaluationSteps: parts.adaptationSteps ?? evaluationSteps, learningRate: learningRate)
    }
  }

  /// The learner whose context modulates any network, as recipes name it.
  public static let modulatingEntry = LearnerEntry(
    "caviaFiLM", "CAVIA whose context numbers scale and shift what one activation reads (2019)"
  ) { (settings) throws(SettingsError) in
    let contextSize = try settings.contextSize(default: 100)
    let activation = try settings.integer(
      "activation",
      "Before which activation the context enters, from 1; the last where there are fewer.",
      default: 3, in: 1...1000)
    let (steps, evaluationSteps, learningRate) = try settings.contextSteps(default: 2)
    let trainsTransductively = try settings.trainsTransductively()
    let needs = LearnerNeeds(
      .fixedHead, network: InnerLoop.networkNeeds, adaptationSteps: evaluationSteps)
    return LearnerPlan(needs: needs) { parts in
      CAVIA(
        network: modulating(
          parts.network, atActivation: activation, contextSize: contextSize), steps: steps,
        evaluationSteps: parts.adaptationSteps ?? evaluationSteps, learningRate: learningRate,
        trainsTransductively: trainsTransductively, meaning: parts.meaning)
    }
  }
}

extension SettingsSection {
  /// The key `contextSize`.
  fileprivate func contextSize(default fallback: Int) throws(SettingsError) -> Int {
    try integer(
      "contextSize", "How many context numbers there are.", default: fallback, in: 1...1000)
  }

  /// The keys of the steps of a context: `steps`, `evaluationSteps` and `learningRate`.
  fileprivate func contextSteps(
    default fallback: Int
  ) throws(SettingsError) -> (training: Int, adapting: Int, rate: Double) {
    let steps = try integer(
      "steps", "Gradient steps on a support set in meta-training.", default: fallback,
      in: 1...1000)
    let evaluationSteps = try integer(
      "evaluationSteps", "Gradient steps when a trained learner adapts.", default: steps,
      in: 0...1000)
    let learningRate = try number(
      "learningRate", "The rate of a gradient step.", default: 1, .positive)
    return (steps, evaluationSteps, learningRate)
  }
}
