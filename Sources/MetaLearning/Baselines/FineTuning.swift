public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Fine-tuning: features that are usually learned from all training classes at once
/// (``JointStep``), and steps of gradient descent on the support set from a linear head at zero, of
/// the head alone or of everything.
///
/// Baseline of Chen et al., A closer look at few-shot classification, 2019, section 3.1, whose head
/// begins at random. It is what any meta-learner has to be better than.
public struct FineTuning: FeatureLearner {
  /// What the steps move.
  public enum Part: String, Codable, Hashable, Sendable, CaseIterable {
    /// The linear head.
    case head
    /// The network and the head.
    case all
  }

  /// Maps inputs to features.
  public let network: Network
  /// What the steps move.
  public let part: Part
  /// Steps on a support set.
  public let steps: Int
  /// The rate of a step.
  public let learningRate: Double

  private static let headName = "head"

  /// Makes a learner on the features of a network.
  public init(network: Network, part: Part = .head, steps: Int = 50, learningRate: Double = 0.1) {
    self.network = network
    self.part = part
    self.steps = steps
    self.learningRate = learningRate
  }

  /// The network and the head after the steps.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    let width = network.featureCount
    var start = parameters
    start.append(
      Parameters([
        "weight": support.zeros([width, support.classCount]),
        "bias": support.zeros([support.classCount]),
      ]), as: FineTuning.headName)
    let end = part == .head ? movedHead(start, support) : movedAll(start, support)
    return network.withStatistics(of: support, end)
  }

  /// How the steps depend on the features, which are meant to be learned from all classes at once.
  public func approximation(at progress: LearningProgress) -> String? {
    steps > 0 ? InnerLoop.firstOrderWords : nil
  }

  /// Steps of the head on features that are computed once.
  private func movedHead(_ start: Parameters, _ support: Examples) -> Parameters {
    let features = measured(support, start).features
    let own = start.filter { $0.name.hasPrefix("\(FineTuning.headName)/") }
    let head = repeated(steps, from: own) { head, _ in
      moved(head, down: loss(of: logits(features, head), on: support))
    }
    return start.replacing(with: head)
  }

  /// Steps of everything that is learned; running statistics stay as they are.
  private func movedAll(_ start: Parameters, _ support: Examples) -> Parameters {
    repeated(steps, from: start) { all, _ in
      let features = measured(support, all).features
      return moved(all, down: loss(of: logits(features, all), on: support))
    }
  }

  private func moved(_ parameters: Parameters, down loss: Tensor) -> Parameters {
    let slope = gradient(of: loss, withRespectTo: parameters.learned).stopGradient()
    return parameters.replacing(
      with: slope.mapEntries { parameters[$0.name] - learningRate * $0.leaf })
  }

  /// The logits of the head.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    Prediction(
      logits(network.inductiveResults(for: inputs, with: adapted), adapted), .logits)
  }

  private func logits(_ features: Tensor, _ parameters: Parameters) -> Tensor {
    let head = parameters.subtree(FineTuning.headName)
    return matrixProduct(features.rows, head["weight"]) + head["bias"]
  }
}

extension FineTuning {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "fineTuning", "features of all classes at once, and gradient steps on a linear head or on all"
  ) { (settings) throws(SettingsError) in
    let part = try settings.choice("moves", "What the steps move.", default: Part.head)
    let steps = try settings.integer(
      "steps", "Gradient steps on a support set.", default: 50, in: 0...1000)
    let learningRate = try settings.number(
      "learningRate", "The rate of a step.", default: 0.1, .positive)
    var needs = LearnerNeeds.comparedFeatures
    needs.adaptationSteps = steps
    needs.usualPhase = JointStep.name
    return LearnerPlan(needs: needs) { parts in
      FineTuning(
        network: parts.network, part: part, steps: parts.adaptationSteps ?? steps,
        learningRate: learningRate)
    }
  }
}
