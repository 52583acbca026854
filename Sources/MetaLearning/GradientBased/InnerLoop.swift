import MetaTasks
import NeuralNetworks
import Tensors

/// Some steps of gradient descent on one task, which derivatives go through.
public struct InnerLoop: Sendable, Hashable {
  /// Steps taken in meta-training.
  public var steps: Int
  /// Steps taken when a trained learner adapts.
  public var evaluationSteps: Int
  /// The rate of a step.
  public var learningRate: Double
  /// Whether the gradients of the steps are constants to the meta-gradient (FOMAML).
  public var isFirstOrder: Bool
  /// Whether each layer has a learned rate for each step (MAML++, arXiv 1810.09502, section 4).
  public var learnsRates: Bool
  /// The layer, such as `head`, that begins each task at zero; nil: all begin as meta-learned.
  ///
  /// No class is favoured before the first step, and tasks may have any number of classes (Kao, Chiu
  /// and Chen 2022, arXiv 2106.15367).
  public var zeroedLayer: String?
  /// The number of classes that the rates of the zeroed layer are meant for; nil: any.
  ///
  /// A mean over fewer classes has larger gradients for each of them. Steps on tasks with other numbers
  /// of classes are as much longer or shorter, so that logits are as certain as in training.
  public var zeroedClassCount: Int?
  /// Whether the insides of a step are computed anew for the meta-gradient rather than kept.
  public var recomputes: Bool

  /// Makes an inner loop.
  public init(
    steps: Int, evaluationSteps: Int? = nil, learningRate: Double, isFirstOrder: Bool = false,
    learnsRates: Bool = false, zeroedLayer: String? = nil, zeroedClassCount: Int? = nil,
    recomputes: Bool = false
  ) {
    self.steps = steps
    self.evaluationSteps = evaluationSteps ?? steps
    self.learningRate = learningRate
    self.isFirstOrder = isFirstOrder
    self.learnsRates = learnsRates
    self.zeroedLayer = zeroedLayer
    self.zeroedClassCount = zeroedClassCount
    self.recomputes = recomputes
  }

  /// The part of a parameter's name that its learned rate is known by.
  private static func layer(of name: String) -> String {
    name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
  }

  /// Names learned rates below this.
  package static let ratesName = "innerRates"

  /// The parameters of the network alone.
  private static func withoutRates(_ parameters: Parameters) -> Parameters {
    parameters.filter { !$0.name.hasPrefix("\(ratesName).") }
  }

  private func isZeroed(_ name: String) -> Bool {
    zeroedLayer.map { name.hasPrefix("\($0).") } ?? false
  }

  /// The parameters of a network, and the learned rates; without those of the zeroed layer, which
  /// each task makes for itself.
  func initialParameters(
    of network: Network, moving moves: (String) -> Bool = { _ in true }, _ key: RandomKey
  ) -> ParameterValues {
    let all = network.initialParameters(key)
    var parameters = all.filter { !isZeroed($0.name) }
    parameters.append(initialRates(for: all.filter { moves($0.name) }), below: InnerLoop.ratesName)
    return parameters
  }

  /// The parameters of a network that a task begins with: those given, without rates, and the zeroed
  /// layer with an output for each class of the support set.
  func start(_ parameters: Parameters, of network: Network, for support: Examples) -> Parameters {
    var start = InnerLoop.withoutRates(parameters)
    guard let zeroedLayer else { return start }
    let layer = network.suffix(from: zeroedLayer).initialParameters(RandomKey(seed: 0))
    for entry in layer.entries where isZeroed(entry.name) {
      let shape = entry.leaf.shape
      let zeros = Tensor.fill(
        0, shape: shape.replacing(axis: -1, with: support.classCount ?? shape[-1]))
      let leaf = support.inputs.variesByLane ? zeros.seenPerLane : zeros
      start.append(.init(name: entry.name, leaf: leaf))
    }
    return start
  }

  /// The learned rates [steps] of the layers of parameters, empty where none are learned.
  private func initialRates(for parameters: ParameterValues) -> ParameterValues {
    var rates = ParameterValues()
    guard learnsRates else { return rates }
    for name in parameters.learned.names.map(InnerLoop.layer) where rates.leaf(named: name) == nil {
      rates.append(
        .init(name: name, leaf: TensorValue(repeating: Float(learningRate), shape: [steps])))
    }
    return rates
  }

  /// The parameters after a number of steps down a loss.
  func descend(
    _ start: Parameters, steps: Int, rates: Parameters, _ loss: (Parameters) -> Tensor
  ) -> Parameters {
    repeated(steps, from: start, recomputing: recomputes) { fast, index in
      let gradient = gradient(of: loss(fast), withRespectTo: fast)
      let direction = isFirstOrder ? gradient.stopGradient() : gradient
      let moved = direction.mapEntries { entry in
        fast[entry.name] - rate(of: entry, step: index, rates) * entry.leaf
      }
      return fast.replacing(with: moved)
    }
  }

  /// The rate of a parameter in a step; steps beyond those learned have the rate of the last.
  private func rate(of entry: Parameters.Entry, step: Int, _ rates: Parameters) -> Tensor {
    let factor = zeroedFactor(entry)
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
