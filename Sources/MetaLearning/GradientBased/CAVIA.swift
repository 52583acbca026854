public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Fast context adaptation (Zintgraf, Shiarlis, Kurin, Hofmann and Whiteson 2019, arXiv 1810.03642,
/// section 3.1): a few context numbers are an input beside the examples', and inner steps move them
/// alone.
///
/// φ ← φ - α ∂L_support(θ, φ)/∂φ from φ = 0 in each step; the network θ is meta-learned through
/// these steps and the same for all tasks. What a task is known by is as small as the context, and
/// there is no overfitting of θ. A step costs what one of MAML does, with less memory. The paper's
/// second form, which scales and shifts feature maps of pictures, is not here: targets are numbers.
public struct CAVIA: MetaLearner {
  /// Maps what is seen and the context to numbers.
  public let network: Network
  /// What is seen.
  public let inputs: [InputDescription]
  /// How many context numbers there are.
  public let contextSize: Int
  /// Steps in meta-training.
  public let steps: Int
  /// Steps when a trained learner adapts.
  public let evaluationSteps: Int
  /// The rate of a step.
  public let learningRate: Double

  private static let contextName = "context"

  /// Makes a learner of a network on inputs that are joined with the context.
  public init(
    network: Network, inputs: [InputDescription], contextSize: Int = 5, steps: Int = 1,
    evaluationSteps: Int? = nil, learningRate: Double = 1
  ) {
    self.network = network
    self.inputs = inputs
    self.contextSize = contextSize
    self.steps = steps
    self.evaluationSteps = evaluationSteps ?? steps
    self.learningRate = learningRate
  }

  /// The parameters of the network.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    network.initialSubtree(key)
  }

  /// The network, and the context after some steps on the support set.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    let count = context.choose(training: steps, adapting: evaluationSteps)
    let start = Parameters([CAVIA.contextName: support.zeros([contextSize])])
    let end = repeated(count, from: start) { numbers, _ in
      let outputs = outputs(for: support.inputs, parameters, numbers[CAVIA.contextName])
      let slope = gradient(of: loss(of: outputs, on: support), withRespectTo: numbers)
      return numbers - learningRate * slope
    }
    var adapted = parameters
    adapted.append(.init(name: CAVIA.contextName, leaf: end[CAVIA.contextName]))
    return adapted
  }

  /// The numbers that the network gives in the task's context.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    Prediction(outputs(for: inputs, adapted, adapted[CAVIA.contextName]), .numbers)
  }

  private func outputs(
    for inputs: Inputs, _ parameters: Parameters, _ context: Tensor
  ) -> Tensor {
    let seen = inputs.joined(self.inputs)
    let repeated = context.insertingAxis(at: 0).broadcast(to: [seen.shape[0], contextSize])
    return network(
      Tensor.concatenating([seen, repeated], along: 1),
      parameters.subtree(Network.parametersName))
  }
}

extension CAVIA {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "cavia", "MAML whose inner loop moves a few context numbers alone (Zintgraf et al. 2019)"
  ) { (settings) throws(SettingsError) in
    let contextSize = try settings.integer(
      "contextSize", "How many context numbers there are.", default: 5, in: 1...1000)
    let hidden = try settings.integers(
      "hidden", "Units of each hidden layer.", default: [40, 40], in: 1...8192, count: 1...16)
    let steps = try settings.integer(
      "steps", "Gradient steps on a support set in meta-training.", default: 1, in: 1...1000)
    let evaluationSteps = try settings.integer(
      "evaluationSteps", "Gradient steps when a trained learner adapts.", default: steps,
      in: 0...1000)
    let learningRate = try settings.number(
      "learningRate", "The rate of a gradient step.", default: 1, .positive)
    let needs = LearnerNeeds(
      .ownNetwork, targets: [.numbers], adaptationSteps: evaluationSteps)
    return LearnerPlan(needs: needs) { parts in
      let inputs = parts.signature.inputs
      let width = inputs.reduce(0) { $0 + $1.shape.elementCount }
      return CAVIA(
        network: multilayerPerceptron(
          inputs: [width + contextSize], hidden: hidden,
          outputs: parts.signature.target.target(ways: nil).outputCount),
        inputs: inputs, contextSize: contextSize, steps: steps,
        evaluationSteps: parts.adaptationSteps ?? evaluationSteps, learningRate: learningRate)
    }
  }
}
