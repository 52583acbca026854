public import MetaLearning
public import NeuralNetworks

/// The learner of a recipe with its options.
public enum LearnerRecipe: Hashable, Sendable {
  /// Model-agnostic meta-learning through second derivatives.
  case maml(InnerLoop, trainsTransductively: Bool)
  /// Model-agnostic meta-learning with first derivatives alone.
  case fomaml(InnerLoop, trainsTransductively: Bool)
  /// An inner loop of the head alone.
  case anil(InnerLoop, trainsTransductively: Bool)
  /// Steps towards where an optimizer leads.
  case reptile(ReptileOptions)
  /// Nearest means of features.
  case protonet(trainsTransductively: Bool)

  /// The options of Reptile.
  public struct ReptileOptions: Hashable, Sendable {
    /// Moves the parameters on a task.
    public var optimizer: OptimizerRecipe
    /// The rate of an inner step.
    public var learningRate: Double
    /// Steps in meta-training.
    public var steps: Int
    /// Steps when a trained learner adapts.
    public var evaluationSteps: Int
    /// Whether the optimizer's state goes on from task to task.
    public var carriesOptimizerState: Bool
    /// Examples in each mini-batch; nil: all.
    public var batchSize: Int?
    /// The same when a trained learner adapts.
    public var evaluationBatchSize: Int?
  }

  /// The learners by the name that a recipe gives them.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case maml, fomaml, anil, reptile, protonet
  }

  /// Which learner it is.
  public var kind: Kind {
    switch self {
    case .maml: .maml
    case .fomaml: .fomaml
    case .anil: .anil
    case .reptile: .reptile
    case .protonet: .protonet
    }
  }

  /// Whether the network ends in one output for each class, rather than in features.
  public var needsHead: Bool { kind != .protonet }

  /// The steps that derivatives go through; nil where there are none.
  private var innerLoop: InnerLoop? {
    switch self {
    case .maml(let loop, _), .fomaml(let loop, _), .anil(let loop, _): loop
    case .reptile, .protonet: nil
    }
  }

  /// Whether all tasks must have as many classes, those of the head's outputs.
  public var hasFixedWays: Bool { needsHead && innerLoop?.zeroedLayer == nil }

  /// Steps on a support set when a trained learner adapts; nil where there are none.
  public var evaluationSteps: Int? {
    if case .reptile(let options) = self { return options.evaluationSteps }
    return innerLoop?.evaluationSteps
  }

  /// The same learner with another number of steps when it adapts.
  public func adapting(steps: Int) -> LearnerRecipe {
    func changed(_ loop: InnerLoop) -> InnerLoop {
      var loop = loop
      loop.evaluationSteps = steps
      return loop
    }
    switch self {
    case .maml(let loop, let transductive):
      return .maml(changed(loop), trainsTransductively: transductive)
    case .fomaml(let loop, let transductive):
      return .fomaml(changed(loop), trainsTransductively: transductive)
    case .anil(let loop, let transductive):
      return .anil(changed(loop), trainsTransductively: transductive)
    case .reptile(var options):
      options.evaluationSteps = steps
      return .reptile(options)
    case .protonet: return self
    }
  }

  /// The learner on a network.
  public func learner(_ network: Network) -> any MetaLearner {
    switch self {
    case .maml(let loop, let transductive), .fomaml(let loop, let transductive):
      MAML(network: network, innerLoop: loop, trainsTransductively: transductive)
    case .anil(let loop, let transductive):
      ANIL(network: network, innerLoop: loop, trainsTransductively: transductive)
    case .reptile(let options):
      Reptile(
        network: network, optimizer: options.optimizer.optimizer,
        learningRate: options.learningRate, steps: options.steps,
        evaluationSteps: options.evaluationSteps,
        carriesOptimizerState: options.carriesOptimizerState, batchSize: options.batchSize,
        evaluationBatchSize: options.evaluationBatchSize)
    case .protonet(let transductive):
      PrototypicalNetworks(network: network, trainsTransductively: transductive)
    }
  }
}

extension LearnerRecipe {
  /// Reads a learner that is meta-trained on tasks of so many classes; nil: they have none.
  init(_ section: RecipeSection, ways: Int?) throws(RecipeError) {
    switch try section.choice("kind", default: Kind.protonet) {
    case .maml:
      let loop = try Self.innerLoop(section, ways, isFirstOrder: false)
      self = .maml(loop, trainsTransductively: try Self.transductive(section))
    case .fomaml:
      let loop = try Self.innerLoop(section, ways, isFirstOrder: true)
      self = .fomaml(loop, trainsTransductively: try Self.transductive(section))
    case .anil:
      let isFirstOrder = try section.boolean("firstOrder", default: false)
      let loop = try Self.innerLoop(section, ways, isFirstOrder: isFirstOrder)
      self = .anil(loop, trainsTransductively: try Self.transductive(section))
    case .reptile:
      let steps = try section.integer("steps", default: 5, in: 1...1000)
      self = .reptile(
        ReptileOptions(
          optimizer: try OptimizerRecipe(
            try section.section("optimizer"), default: .adam, beta1: 0),
          learningRate: try section.number("learningRate", default: 0.001, .positive),
          steps: steps,
          evaluationSteps: try section.integer("evaluationSteps", default: 50, in: 0...1000),
          carriesOptimizerState: try section.boolean("carriesOptimizerState", default: true),
          batchSize: try section.optionalInteger("batchSize", in: 1...100_000),
          evaluationBatchSize: try section.optionalInteger(
            "evaluationBatchSize", in: 1...100_000)))
    case .protonet:
      self = .protonet(trainsTransductively: try Self.transductive(section))
    }
  }

  private static func innerLoop(
    _ section: RecipeSection, _ ways: Int?, isFirstOrder: Bool
  ) throws(RecipeError) -> InnerLoop {
    let steps = try section.integer("steps", default: 1, in: 1...1000)
    return InnerLoop(
      steps: steps,
      evaluationSteps: try section.integer("evaluationSteps", default: steps, in: 0...1000),
      learningRate: try section.number("learningRate", default: 0.1, .positive),
      isFirstOrder: isFirstOrder,
      learnsRates: try section.boolean("learnsRates", default: false),
      zeroedLayer: try section.boolean("zeroesHead", default: false) ? "head" : nil,
      zeroedClassCount: ways,
      recomputes: try section.boolean("recomputes", default: steps > 5))
  }

  private static func transductive(_ section: RecipeSection) throws(RecipeError) -> Bool {
    try section.boolean("trainsTransductively", default: false)
  }
}
