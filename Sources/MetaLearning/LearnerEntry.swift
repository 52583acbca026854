public import MetaTasks
public import NeuralNetworks
public import Settings

/// A learner that a recipe can name.
public typealias LearnerEntry = CatalogueEntry<LearnerPlan>

/// A learner whose settings are known, before its network and its tasks are: what it needs of them,
/// and how it is made on them.
public struct LearnerPlan: Sendable {
  /// What it needs.
  public let needs: LearnerNeeds
  /// Makes the learner.
  public let make: @Sendable (LearnerParts) -> any MetaLearner

  /// Makes a plan.
  public init(
    needs: LearnerNeeds, make: @escaping @Sendable (LearnerParts) -> any MetaLearner
  ) {
    self.needs = needs
    self.make = make
  }
}

/// What a learner is made on.
public struct LearnerParts: Sendable {
  private let ownedNetwork: Network?
  /// What tasks are made of.
  public let signature: Signature
  /// The classes of tasks that it is trained on, the most where they vary; nil where they have
  /// none.
  public let ways: Int?
  /// The steps in which a trained learner adapts, where they are other than its settings say.
  public let adaptationSteps: Int?

  /// Puts parts together.
  public init(
    network: Network?, signature: Signature, ways: Int?, adaptationSteps: Int? = nil
  ) {
    ownedNetwork = network
    self.signature = signature
    self.ways = ways
    self.adaptationSteps = adaptationSteps
  }

  /// The network: with an output for each class or number, or features alone, as the learner asked;
  /// stops where it asked for none.
  public var network: Network {
    guard let ownedNetwork else {
      fatalError(
        "A learner that makes its own network is given none; ask for another in its needs.")
    }
    return ownedNetwork
  }

  /// What a network's outputs are for these tasks.
  public var meaning: Prediction.Meaning { Prediction.Meaning(of: signature.target) }
}

/// What a learner needs of networks and tasks.
///
/// Nothing else asks which learner it is.
public struct LearnerNeeds: Sendable {
  /// What the network gives.
  public enum Outputs: Hashable, Sendable {
    /// One output for each class, number or candidate, always as many.
    case fixedHead
    /// A head that the learner makes for each task, of any number of classes.
    case anyHead
    /// Features.
    case features
    /// Features, beside which the learner reads labels of always as many classes.
    case labelledFeatures
    /// Nothing: the learner makes its own network.
    case ownNetwork
  }

  /// What the network gives.
  public var outputs: Outputs
  /// The targets that it can learn.
  public var targets: Set<TargetName>
  /// How its network normalises, where a recipe does not say, and what it refuses.
  public var network: NetworkNeeds
  /// The steps in which a trained learner adapts, where it has such steps.
  public var adaptationSteps: Int?
  /// The kind of the steps that train it, where a recipe does not say.
  public var usualPhase: String
  /// Whether it is an optimizer, which trains its network from any start: then the usual ones, with
  /// as many steps, are controls.
  public var isOptimizer = false
  /// How a head of a fixed number of classes can be made one of any number, to be told after "or".
  public var anyHeadAdvice: String?

  /// The names of targets.
  public enum TargetName: String, Hashable, Sendable, CaseIterable {
    case classes, numbers, choice, rewards

    init(_ target: TargetKind) {
      switch target {
      case .classes: self = .classes
      case .numbers: self = .numbers
      case .choice: self = .choice
      case .rewards: self = .rewards
      }
    }
  }

  /// Describes needs; by default of a learner with a head, for any target but rewards.
  public init(
    _ outputs: Outputs, targets: Set<TargetName> = [.classes, .numbers, .choice],
    network: NetworkNeeds = NetworkNeeds(), adaptationSteps: Int? = nil,
    usualPhase: String = GradientStep.name
  ) {
    self.outputs = outputs
    self.targets = targets
    self.network = network
    self.adaptationSteps = adaptationSteps
    self.usualPhase = usualPhase
  }

  /// Whether tasks must have always as many classes, as the learner has a place for each.
  public var fixesWays: Bool { outputs == .fixedHead || outputs == .labelledFeatures }

  /// Whether it can learn a target.
  public func accepts(_ target: TargetKind) -> Bool { targets.contains(TargetName(target)) }
}
