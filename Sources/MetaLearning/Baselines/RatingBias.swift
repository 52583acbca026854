public import MetaTasks
public import Tensors

/// Controls for ratings: the mean rating of the item, and the same with how much more or less than
/// these the user gave.
///
/// Item means are as of the moment and drawn towards that of all items, the user's part is drawn
/// towards nothing. Nothing is learned across tasks.
public struct RatingBias: MetaLearner {
  /// Whether the user counts.
  public let countsUser: Bool
  /// How many ratings of the mean are added to those of a user.
  private static let userWeight = 2.0

  /// Makes the control.
  public init(countsUser: Bool) { self.countsUser = countsUser }

  /// No parameters.
  public func initialParameters(_ key: RandomKey) -> ParameterValues { ParameterValues() }

  /// What the user gave beyond the means of the items.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    guard countsUser else { return Parameters(["bias": .fill(0, shape: [1])]) }
    let beyond = support.targets - support.inputs[RatingTasks.itemMeanName]
    let weights = support.weights ?? .fill(1, shape: [beyond.shape[0]])
    let sum = (beyond * weights.insertingAxis(at: 1)).sum(along: [0])
    return Parameters(["bias": sum / (weights.sum() + Self.userWeight)])
  }

  /// The means of the items, and the user's part.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    Prediction(
      inputs[RatingTasks.itemMeanName] + adapted["bias"].insertingAxis(at: 0), .numbers)
  }
}

extension RatingBias {
  /// The mean of the item as evaluations name it.
  public static let itemEntry = entry(
    "itemMean", "the item's mean rating until then", countsUser: false)
  /// Item and user as evaluations name them.
  public static let entry = entry(
    "itemAndUserBias", "the item's mean rating and the user's bias", countsUser: true)

  private static func entry(_ name: String, _ summary: String, countsUser: Bool) -> ControlEntry {
    ControlEntry(name, summary) { parts in
      parts.signature.inputs.contains { $0.name == RatingTasks.itemMeanName }
        ? RatingBias(countsUser: countsUser) : nil
    }
  }
}
