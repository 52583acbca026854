public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// A head whose weights other networks say, from the support set and without any training on it
/// (hypernetworks; Ha, Dai and Le 2017, arXiv 1609.09106): relu(f(x) W + b) V + c.
///
/// The support set is known by the mean r of what an encoder makes of its elements (deep sets;
/// Zaheer et al. 2017): the mean feature m_k of each class, or each example's features beside its
/// numbers. From r come W and b. From [m_k, r] comes the column of V and the number of c for class
/// k, so that tasks may have any number of classes, and names of classes do not matter; of numbers
/// all of V and c come from r. Meta-training descends on the query loss.
///
/// That networks say weights is the cited idea; which networks see what is chosen here (as in
/// Gidaris and Komodakis 2018 the column of a class comes from the mean of its features). An outer
/// step costs one of prototypes, and three small networks.
public struct HypernetworkHead: OnePassLearner {
  /// Maps inputs to features.
  public let network: Network
  /// How many numbers are to be said; nil where classes are.
  public let numberCount: Int?
  /// The units of the head's hidden layer.
  public let units: Int
  /// Maps an element of the support set to what is averaged.
  public let encoder: Network
  /// Maps the support set's mean to W and b.
  public let hiddenLayer: Network
  /// Maps it, for classes beside the class's mean feature, to columns of V and numbers of c.
  public let outputLayer: Network
  /// Whether meta-training normalises queries by their own statistics where layers measure the
  /// support set.
  public let trainsTransductively: Bool

  /// Makes a learner on the features of a network, whose other networks have one hidden layer.
  public init(
    network: Network, numberCount: Int? = nil, units: Int = 32, hidden: Int = 64,
    trainsTransductively: Bool = false
  ) {
    let width = network.featureCount
    self.network = network
    self.numberCount = numberCount
    self.units = units
    encoder = multilayerPerceptron(
      inputs: [width + (numberCount ?? 0)], hidden: [hidden], outputs: hidden)
    hiddenLayer = multilayerPerceptron(
      inputs: [hidden], hidden: [hidden], outputs: (width + 1) * units)
    outputLayer = multilayerPerceptron(
      inputs: [hidden + (numberCount == nil ? width : 0)], hidden: [hidden],
      outputs: (units + 1) * (numberCount ?? 1))
    self.trainsTransductively = trainsTransductively
  }

  private var saying: [(name: String, network: Network)] {
    [("encoder", encoder), ("hiddenLayer", hiddenLayer), ("outputLayer", outputLayer)]
  }

  /// The parameters of all networks.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    saying.reduce(into: network.initialSubtree(key)) { parameters, part in
      parameters.append(
        part.network.initialParameters(key.folded(part.name)), as: part.name)
    }
  }

  /// The networks that say weights.
  public var subtreesOfSummaries: [String] { saying.map(\.name) }
}

// MARK: The head

extension HypernetworkHead {
  /// The weights of the head for the features of a support set.
  public func summary(
    of features: Tensor, _ support: Examples, _ parameters: Parameters, _ context: LearningContext
  ) -> Parameters {
    func said(_ name: String, _ network: Network, _ inputs: Tensor) -> Tensor {
      network(inputs, parameters.subtree(name))
    }
    let (mean, classes) = means(features, of: support) { said("encoder", encoder, $0) }
    let hidden = said("hiddenLayer", hiddenLayer, mean).reshaped([network.featureCount + 1, units])
    var known = mean
    if let classes {
      let shape: Shape = [classes.shape[0], mean.shape[1]]
      known = .concatenating([classes, mean.broadcast(to: shape)], along: 1)
    }
    // A column for each class or number, of which the last row is added.
    let output = said("outputLayer", outputLayer, known).reshaped([-1, units + 1])
      .matrixTransposed
    return Parameters(["hidden": hidden, "output": output])
  }

  /// The mean `[1, ...]` of what is made of the elements of a support set, and the mean features
  /// `[classes, features]` of its classes where it has any.
  private func means(
    _ features: Tensor, of support: Examples, _ encoded: (Tensor) -> Tensor
  ) -> (mean: Tensor, classes: Tensor?) {
    guard numberCount != nil else {
      let classes = prototypes(features, of: support)
      return (encoded(classes).mean(along: [0], keepingAxes: true), classes)
    }
    let each = encoded(.concatenating([features.rows, support.targets], along: 1))
    return (support.mean(of: each).insertingAxis(at: 0), nil)
  }

  /// The logits or numbers of the head.
  public func answers(
    to features: Tensor, by head: Parameters, _ parameters: Parameters
  ) -> Prediction {
    let hidden = features.rows.mapped(byRowsOf: head["hidden"]).relu()
    let results = hidden.mapped(byRowsOf: head["output"])
    return Prediction(results, numberCount == nil ? .logits : .numbers)
  }
}

extension Tensor {
  /// The products `[n, out]` of rows `[n, in]` with all but the last of the rows `[in + 1, out]`,
  /// which is added.
  fileprivate func mapped(byRowsOf weights: Tensor) -> Tensor {
    let count = weights.shape[0] - 1
    return matrixProduct(self, weights.slice(along: 0, from: 0, to: count))
      + weights.slice(along: 0, from: count, to: count + 1)
  }
}

extension HypernetworkHead {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "hypernetwork", "a head whose weights networks say from the support set (Ha et al. 2017)"
  ) { (settings) throws(SettingsError) in
    let units = try settings.integer(
      "units", "Units of the head's hidden layer.", default: 32, in: 1...1024)
    let hidden = try settings.integer(
      "hidden", "Units of the hidden layer of each network that says weights.", default: 64,
      in: 1...4096)
    let trainsTransductively = try settings.trainsTransductively()
    var needs = LearnerNeeds.comparedFeatures
    needs.targets = [.classes, .numbers]
    return LearnerPlan(needs: needs) { parts in
      let target = parts.signature.target
      return HypernetworkHead(
        network: parts.network,
        numberCount: target == .classes ? nil : target.target(ways: nil).outputCount,
        units: units, hidden: hidden, trainsTransductively: trainsTransductively)
    }
  }
}
