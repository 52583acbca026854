public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Features with a head of cosines: a class begins at the mean of its examples' directions, and the
/// head alone is tuned on the support set.
///
/// Baseline++ of Chen et al., A closer look at few-shot classification, 2019, section 3.2.
///
/// The features are usually learned from all training classes at once (``JointStep``). The paper's
/// head begins at random and is tuned for 100 steps; this one begins at the classes' means (as in
/// imprinting; Qi, Brown and Lowe 2018), so that few steps do.
public struct CosineHead: FeatureLearner {
  /// Maps inputs to features.
  public let network: Network
  /// Steps of the head on a support set.
  public let steps: Int
  /// The rate of a step.
  public let learningRate: Double
  /// The factor of cosines.
  public let scale: Double

  /// Makes a learner on the features of a network.
  public init(
    network: Network, steps: Int = 10, learningRate: Double = 0.1, scale: Double = 10
  ) {
    self.network = network
    self.steps = steps
    self.learningRate = learningRate
    self.scale = scale
  }

  /// The network, and the direction of each class after some steps.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    var adapted = network.withStatistics(of: support, parameters)
    let directions = directions(for: support.inputs, with: adapted)
    let start = Parameters(["head": prototypes(directions, of: support)])
    let head = repeated(steps, from: start) { head, _ in
      let loss = loss(of: logits(directions, head["head"]), on: support)
      return head - learningRate * gradient(of: loss, withRespectTo: head)
    }
    adapted.append(.init(name: "head", leaf: head["head"]))
    return adapted
  }

  /// The cosines to the classes' directions, scaled.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    Prediction(logits(directions(for: inputs, with: adapted), adapted["head"]), .logits)
  }

  private func directions(for inputs: Inputs, with adapted: Parameters) -> Tensor {
    let features = network.inductiveResults(for: inputs, with: adapted)
    return features.rows.normalized(along: 1)
  }

  private func logits(_ directions: Tensor, _ head: Tensor) -> Tensor {
    matrixProduct(directions, head.normalized(along: 1), transposingRight: true) * scale
  }
}

extension Tensor {
  /// The values divided by their length along an axis, which is kept from 0.
  func normalized(along axis: Int) -> Tensor {
    self * (square().sum(along: [axis], keepingAxes: true) + 1e-12).reciprocalSquareRoot()
  }
}

extension CosineHead {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "cosineHead", "features of all classes at once, and a head of cosines (Chen et al. 2019)"
  ) { (settings) throws(SettingsError) in
    let steps = try settings.integer(
      "steps", "Gradient steps of the head on a support set.", default: 10, in: 0...1000)
    let learningRate = try settings.number(
      "learningRate", "The rate of a step.", default: 0.1, .positive)
    let scale = try settings.number("scale", "The factor of cosines.", default: 10, .positive)
    var needs = LearnerNeeds.comparedFeatures
    needs.adaptationSteps = steps
    needs.usualPhase = JointStep.name
    return LearnerPlan(needs: needs) { parts in
      CosineHead(
        network: parts.network, steps: parts.adaptationSteps ?? steps,
        learningRate: learningRate, scale: scale)
    }
  }
}
