import MetaTasks
import NeuralNetworks
public import Settings
import Tensors

/// Some steps of gradient descent on one task, which derivatives go through.
public struct InnerLoop: Sendable, Hashable {
  /// Which rates meta-training changes.
  public enum LearnedRates: Hashable, Sendable {
    /// None: all have the given one.
    case fixed
    /// One for each layer and step (MAML++, arXiv 1810.09502, section 4).
    case perLayerAndStep
    /// One for each number, the same in all steps (Meta-SGD, arXiv 1707.09835).
    case perNumber
    /// The given one, times matrices that mix a parameter's numbers along its axes (``MetaCurvature``).
    case curvature
  }

  /// Steps taken in meta-training.
  public var steps: Int
  /// Steps taken when a trained learner adapts.
  public var evaluationSteps: Int
  /// The rate of a step.
  public var learningRate: Double
  /// Whether the gradients of the steps are constants to the meta-gradient (FOMAML).
  public var isFirstOrder: Bool
  /// Which rates are learned.
  public var learnedRates: LearnedRates
  /// The layer, such as `head`, that begins each task at zero; nil: all begin as meta-learned.
  ///
  /// No class is favoured before the first step, and tasks may have any number of classes (Kao,
  /// Chiu and Chen 2022, arXiv 2106.15367).
  public var zeroedLayer: String?
  /// The number of classes that the rates of the zeroed layer are meant for; nil: any.
  ///
  /// A mean over fewer classes has larger gradients for each of them. Steps on tasks with other
  /// numbers of classes are as much longer or shorter, so that logits are as certain as in
  /// training.
  public var zeroedClassCount: Int?
  /// Whether the insides of a step are recomputed for the meta-gradient rather than kept.
  public var recomputes: Bool

  /// Makes an inner loop.
  public init(
    steps: Int, evaluationSteps: Int? = nil, learningRate: Double, isFirstOrder: Bool = false,
    learnedRates: LearnedRates = .fixed, zeroedLayer: String? = nil, zeroedClassCount: Int? = nil,
    recomputes: Bool = false
  ) {
    self.steps = steps
    self.evaluationSteps = evaluationSteps ?? steps
    self.learningRate = learningRate
    self.isFirstOrder = isFirstOrder
    self.learnedRates = learnedRates
    self.zeroedLayer = zeroedLayer
    self.zeroedClassCount = zeroedClassCount
    self.recomputes = recomputes
  }

  /// Reads an inner loop, of a learner that may begin the head at zero or not, and that decides
  /// which rates are learned or leaves it to the recipe.
  public init(
    _ settings: SettingsSection, isFirstOrder: Bool, canZeroHead: Bool = true,
    learnedRates: LearnedRates? = nil, usualRate: Double = 0.1
  ) throws(SettingsError) {
    let steps = try settings.integer(
      "steps", "Gradient steps on a support set in meta-training.", default: 1, in: 1...1000)
    let evaluationSteps = try settings.integer(
      "evaluationSteps", "Gradient steps when a trained learner adapts.", default: steps,
      in: 0...1000)
    let learningRate = try settings.number(
      "learningRate", "The rate of a gradient step, or where learned rates begin.",
      default: usualRate, .positive)
    var rates = learnedRates
    if rates == nil {
      rates =
        try settings.boolean(
          "learnsRates", "Whether each layer has a learned rate for each step.", default: false)
        ? .perLayerAndStep : LearnedRates.fixed
    }
    var zeroesHead = false
    if canZeroHead {
      zeroesHead = try settings.boolean(
        "zeroesHead", "Whether the head begins each task at zero, for any number of classes.",
        default: false)
    }
    self.init(
      steps: steps, evaluationSteps: evaluationSteps, learningRate: learningRate,
      isFirstOrder: isFirstOrder, learnedRates: rates ?? .fixed,
      zeroedLayer: zeroesHead ? "head" : nil,
      recomputes: try settings.boolean(
        "recomputes", "Whether steps are recomputed for the meta-gradient rather than kept.",
        default: steps > 5))
  }

  /// The same loop on tasks of so many classes, with other steps when it adapts where they are
  /// given.
  func adjusted(to parts: LearnerParts) -> InnerLoop {
    var loop = self
    loop.zeroedClassCount = parts.ways
    loop.evaluationSteps = parts.adaptationSteps ?? evaluationSteps
    return loop
  }

  /// What learners with this loop need of networks and tasks.
  func needs(canZeroHead: Bool = true) -> LearnerNeeds {
    var needs = LearnerNeeds(
      zeroedLayer == nil ? .fixedHead : .anyHead, network: InnerLoop.networkNeeds,
      adaptationSteps: evaluationSteps)
    needs.anyHeadAdvice = canZeroHead ? "set learner.zeroesHead=true" : nil
    return needs
  }

  /// Statistics that follow training have no place in an inner loop that does not follow them.
  static let networkNeeds = NetworkNeeds(refusing: [
    .running: "with a learner whose inner loop does not follow running statistics"
  ])
}

// MARK: Parameters

extension InnerLoop {
  /// Names learned rates among a learner's parameters.
  package static let ratesName = "rates"

  private static let networkPrefix = Network.parametersName + "/"

  /// The name of a parameter in its network.
  private static func own(_ name: String) -> String {
    name.hasPrefix(networkPrefix) ? String(name.dropFirst(networkPrefix.count)) : name
  }

  /// The part of a parameter's name that the rate of its layer is known by.
  private static func layer(of name: String) -> String {
    let own = own(name)
    return own.lastIndex(of: ".").map { String(own[..<$0]) } ?? own
  }

  private func isZeroed(_ name: String) -> Bool {
    zeroedLayer.map { name.hasPrefix("\(InnerLoop.networkPrefix)\($0).") } ?? false
  }

  /// The parameters of a network, and the learned rates; without those of the zeroed layer, which
  /// each task makes for itself.
  ///
  /// `moves` says which the loop moves, by their names in the network.
  func initialParameters(
    of network: Network, moving moves: (String) -> Bool = { _ in true }, _ key: RandomKey
  ) -> ParameterValues {
    let all = network.initialSubtree(key)
    var parameters = all.filter { !isZeroed($0.name) }
    let moved = network.parameterShapes.learned.filter { moves($0.name) }
    parameters.append(initialRates(for: moved), as: InnerLoop.ratesName)
    return parameters
  }

  /// The learned rates of parameters: [steps] for each layer, or one for each number.
  private func initialRates(for shapes: NamedTree<Shape>) -> ParameterValues {
    var rates = ParameterValues()
    func append(_ name: String, _ shape: Shape) {
      rates.append(
        .init(name: name, leaf: TensorValue(repeating: Float(learningRate), shape: shape)))
    }
    switch learnedRates {
    case .fixed: break
    case .perLayerAndStep:
      for name in shapes.names.map(InnerLoop.layer) where rates.leaf(named: name) == nil {
        append(name, [steps])
      }
    case .perNumber:
      for entry in shapes.entries { append(entry.name, entry.leaf) }
    case .curvature: rates = MetaCurvature.initialMatrices(for: shapes)
    }
    return rates
  }

  /// The parameters of a network that a task begins with: those given, without rates, and the
  /// zeroed layer with an output for each class or number of the support set.
  func start(_ parameters: Parameters, of network: Network, for support: Examples) -> Parameters {
    var start = parameters.filter { $0.name.hasPrefix(InnerLoop.networkPrefix) }
    guard let zeroedLayer else { return start }
    for entry in network.suffix(from: zeroedLayer).parameterShapes.entries {
      let name = InnerLoop.networkPrefix + entry.name
      guard isZeroed(name) else { continue }
      let shape = entry.leaf.replacing(axis: -1, with: support.target.outputCount)
      start.append(.init(name: name, leaf: support.zeros(shape)))
    }
    return start
  }
}

// MARK: Descent

extension InnerLoop {
  /// What a meta-gradient leaves out that sees the gradients of inner steps as constants.
  static let firstOrderWords = "the gradients of inner steps are seen as constants (first order)"

  /// What the meta-gradient leaves out.
  var approximation: String? { isFirstOrder && steps > 0 ? Self.firstOrderWords : nil }

  /// The number of steps that a context asks for.
  func stepCount(_ context: LearningContext) -> Int {
    context.choose(training: steps, adapting: evaluationSteps)
  }

  /// The parameters after a number of steps down a loss, which is told each step's number, from 0.
  func descend(
    _ start: Parameters, steps: Int, rates: Parameters, isFirstOrder: Bool? = nil,
    _ loss: (Parameters, Int) -> Tensor
  ) -> Parameters {
    repeated(steps, from: start, recomputing: recomputes) { fast, step in
      moved(
        fast, down: loss(fast, step), step: step, rates: rates,
        isFirstOrder: isFirstOrder ?? self.isFirstOrder)
    }
  }

  /// The parameters after one step down a loss.
  func moved(
    _ fast: Parameters, down loss: Tensor, step: Int, rates: Parameters, isFirstOrder: Bool
  ) -> Parameters {
    let gradient = gradient(of: loss, withRespectTo: fast)
    let direction = isFirstOrder ? gradient.stopGradient() : gradient
    let moved = direction.mapEntries { entry in
      fast[entry.name] - rate(of: entry, step: step, rates) * curved(entry, by: rates)
    }
    return fast.replacing(with: moved)
  }

  /// The gradient of a parameter, mixed by matrices where there are some.
  private func curved(_ entry: Parameters.Entry, by rates: Parameters) -> Tensor {
    guard learnedRates == .curvature else { return entry.leaf }
    return MetaCurvature.transformed(
      entry.leaf, by: rates.below(InnerLoop.own(entry.name)))
  }

  /// The rate of a parameter in a step; steps beyond those learned have the rate of the last.
  private func rate(of entry: Parameters.Entry, step: Int, _ rates: Parameters) -> Tensor {
    let factor = zeroedFactor(entry)
    if learnedRates == .perNumber { return rates[InnerLoop.own(entry.name)] }
    guard let learned = rates.leaf(named: InnerLoop.layer(of: entry.name)) else {
      return Tensor.fill(learningRate * factor)
    }
    let index = min(step, steps - 1)
    return learned.slice(along: 0, from: index, to: index + 1).reshaped(.scalar) * factor
  }

  /// How many classes a parameter of the zeroed layer has, over how many its rate is meant for.
  private func zeroedFactor(_ entry: Parameters.Entry) -> Double {
    guard let zeroedClassCount, isZeroed(entry.name) else { return 1 }
    return Double(entry.leaf.shape[-1]) / Double(zeroedClassCount)
  }
}
