public import MetaTasks
public import NeuralNetworks
public import Tensors

/// What is meta-learned is the optimizer itself, a ``CoordinatewiseLSTM``, which trains a network
/// on the support set from any random start.
///
/// Andrychowicz, Denil, Gómez, Hoffman, Pfau, Schaul, Shillingford and de Freitas 2016, Learning to
/// learn by gradient descent by gradient descent, arXiv 1606.04474.
///
/// θ ← θ + s · m(∇f(θ), h), where f is the loss on the support set or on a mini-batch of it, m the
/// rule, h its state and s its output scale. Meta-training descends on the mean of f over all
/// steps, on some of them at a time (``UnrollStep``), each task from a start of its own; as in the
/// paper ∇f is a constant to it unless second derivatives are asked for. It may descend on the mean
/// of log f instead (our addition), to which the last decades count as much as the first: the mean of f
/// is that of the first few steps where f falls by decades. A trained learner begins
/// at one start, which stands among its parameters as followed, not learned.
///
/// A step costs a gradient of the network and some 12 · units² multiplications for each of its
/// parameters.
public struct LearnedOptimizer: NetworkLearner, UnrollingLearner {
  /// What meta-training makes small.
  public enum Goal: String, Codable, Hashable, Sendable, CaseIterable {
    /// The mean of the losses.
    case loss
    /// The mean of their logarithms.
    case logLoss
  }

  /// Maps inputs to logits or predicted numbers.
  public let network: Network
  /// How a gradient moves the parameters.
  public let rule: CoordinatewiseLSTM
  /// Steps in meta-training.
  public let steps: Int
  /// Steps when a trained learner adapts.
  public let evaluationSteps: Int
  /// The examples that a step sees, drawn with replacement; nil: all.
  public let batchSize: Int?
  /// Whether gradients of the network are constants to the meta-gradient.
  public let isFirstOrder: Bool
  /// What meta-training makes small.
  public let goal: Goal
  /// What the network's outputs are.
  public let meaning: Prediction.Meaning

  private static let optimizerName = "optimizer"
  private static let stateName = "state"
  private static let networkPrefix = Network.parametersName + "/"
  /// Keeps the logarithm of a loss of zero finite.
  private static let leastLoss = 1e-12

  /// Makes a learner.
  public init(
    network: Network, rule: CoordinatewiseLSTM = CoordinatewiseLSTM(), steps: Int = 100,
    evaluationSteps: Int? = nil, batchSize: Int? = nil, isFirstOrder: Bool = true,
    goal: Goal = .loss,
    meaning: Prediction.Meaning = .logits
  ) {
    self.network = network
    self.rule = rule
    self.steps = steps
    self.evaluationSteps = evaluationSteps ?? steps
    self.batchSize = batchSize
    self.isFirstOrder = isFirstOrder
    self.goal = goal
    self.meaning = meaning
  }

  /// A start of the network, which is not learned, and the rule as `optimizer/`.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = ParameterValues(
      network.initialSubtree(key).entries.map {
        .init(name: $0.name, leaf: $0.leaf, role: .statistic)
      })
    parameters.append(
      rule.initialParameters(key.folded(Self.optimizerName)), as: Self.optimizerName)
    return parameters
  }

  /// The network after the steps, and what its layers measure of the support set.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    let count = context.choose(training: steps, adapting: evaluationSteps)
    let start = parameters.filter { $0.name.hasPrefix(Self.networkPrefix) }
    let place = Parameters(start.entries.map { .init(name: $0.name, leaf: $0.leaf) })
    let course = course(
      ofSteps: count, from: place, parameters.subtree(Self.optimizerName),
      losses: losses(on: support, context))
    return network.withStatistics(of: support, moving(course.last?.place ?? place))
  }

  /// A random start of the network, and the rule's state of zeros.
  public func start(_ key: RandomKey) -> ParameterValues {
    var place = network.initialSubtree(key)
    let count = network.parameterDefinitions.elementCount
    place.append(
      rule.stateShapes(count: count).map { TensorValue(repeating: 0, shape: $0) },
      as: Self.stateName)
    return place
  }

  /// How slopes depend on the parameters before them, where derivatives are of first order.
  public func approximation(at progress: LearningProgress) -> String? {
    isFirstOrder ? InnerLoop.firstOrderWords : nil
  }

  /// The mean loss over some steps or that of its logarithm, and the loss after the last as `lastLoss`.
  public func objective(
    _ parameters: Parameters, ofSteps count: Int, from place: Parameters, on support: Examples,
    _ context: LearningContext
  ) -> (objective: Objective, place: Parameters) {
    let course = course(
      ofSteps: count, from: place, parameters.subtree(Self.optimizerName),
      losses: losses(on: support, context))
    func mean(_ values: [Tensor]) -> Tensor {
      values.reduce(.fill(0), +) / Double(max(1, count))
    }
    let losses = course.map(\.loss)
    let last = course.last.map { [(name: "lastLoss", value: $0.loss)] } ?? []
    var objective = Objective(loss: mean(losses), metrics: last)
    if goal == .logLoss {
      objective.reportedLoss = objective.loss
      objective.loss = mean(losses.map { ($0 + Self.leastLoss).log() })
    }
    return (objective, course.last?.place ?? place)
  }
}

// MARK: Steps

extension LearnedOptimizer {
  /// The place after each of some steps, and the loss there.
  ///
  /// - Parameters:
  ///   - place: what moves as `network/`, and the rule's state as `state/`, zeros where it is not
  ///     there.
  ///   - losses: the loss of what moves before a step of a number, from 0.
  package func course(
    ofSteps count: Int, from place: Parameters, _ optimizer: Parameters,
    losses: (_ fast: Parameters, _ step: Int) -> Tensor
  ) -> [(place: Parameters, loss: Tensor)] {
    var fast = moving(place)
    var state = place.subtree(Self.stateName)
    if state.isEmpty {
      let size = fast.leaves.reduce(0) { $0 + $1.shape.elementCount }
      state = rule.stateShapes(count: size).map { Tensor.fill(0, shape: $0) }
    }
    var loss = losses(fast, 0)
    return (0..<count).map { step in
      Scope.named("inner step \(step + 1)") {
        let slope = gradient(of: loss, withRespectTo: fast).inColumn
        let moved = rule.step(isFirstOrder ? slope.stopGradient() : slope, state, optimizer)
        fast = fast + fast.split(moved.update)
        state = moved.state
        loss = losses(fast, step + 1)
        var place = fast
        place.append(state, as: Self.stateName)
        return (place, loss)
      }
    }
  }

  /// The parts of a place that are the network's.
  private func moving(_ place: Parameters) -> Parameters {
    place.filter { $0.name.hasPrefix(Self.networkPrefix) }
  }

  /// The loss of the network on what each step sees of a support set.
  private func losses(
    on support: Examples, _ context: LearningContext
  ) -> (_ fast: Parameters, _ step: Int) -> Tensor {
    { fast, step in
      let seen = batch(of: support, context.key.folded(step))
      return loss(of: Prediction(network(seen, fast), meaning), on: seen)
    }
  }

  /// What a step sees.
  private func batch(of support: Examples, _ key: SymbolicKey) -> Examples {
    let count = support.targets.shape[0]
    guard let batchSize, batchSize < count else { return support }
    // A product may be rounded up to the count itself.
    let places = (key.uniform([batchSize]) * Double(count)).floor()
    let last = Tensor.fill(Double(count - 1), shape: places.shape)
    return support.rows(minimum(places, last).converted(to: .int32))
  }
}
