public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// A deep memory network: a query looks at the support examples several times, each time with what
/// it found before.
///
/// Sukhbaatar, Szlam, Weston and Fergus, End-to-end memory networks, 2015, arXiv 1503.08895, section
/// 2, whose memories are sentences; here they are support examples with their labels.
///
/// With features f: m_i = A f(x_i), c_i = C [f(x_i), y_i], u_1 = A f(x), and in each hop
/// u_{k+1} = H u_k + Σ_i softmax_i(u_k · m_i / √width) c_i; logits or numbers are a linear map of
/// the last u. A, C and H are the same in all hops (the paper's tying of recurrent networks), and
/// products are over √width, which the paper's are not. The order of support examples does not
/// matter, and one that weighs twice counts as two; the names of classes matter. An outer step costs
/// the features of all examples, and for each hop a look of all queries at the support set.
public struct MemoryNetwork: MemoryLearner {
  /// Maps inputs to features.
  public let network: Network
  /// The numbers of a label, and of an answer.
  public let outputCount: Int
  /// What answers are.
  public let meaning: Prediction.Meaning
  /// The extent of a memory.
  public let width: Int
  /// How often a query looks.
  public let hops: Int

  private static let readerName = "reader"

  /// Makes a learner on the features of a network.
  public init(
    network: Network, outputCount: Int, meaning: Prediction.Meaning = .logits, width: Int = 64,
    hops: Int = 3
  ) {
    self.network = network
    self.outputCount = outputCount
    self.meaning = meaning
    self.width = width
    self.hops = hops
  }

  /// The parameters of the network, and of the maps A, C, H and the last one as `reader/`.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    let features = network.featureCount
    var definitions = ParameterDefinitions()
    for (name, inputs, outputs) in [
      ("keys", features, width), ("values", features + outputCount, width), ("hop", width, width),
      ("readout", width, outputCount),
    ] {
      definitions.append(
        Dense(units: outputs).parameterDefinitions(for: [inputs]), below: name)
    }
    var parameters = network.initialSubtree(key)
    parameters.append(
      definitions.initialValues(key.folded(MemoryNetwork.readerName)),
      as: MemoryNetwork.readerName)
    return parameters
  }

  /// The `keys` m and `values` c `[examples, width]`, and the `weights` of the examples.
  public func memory(
    of features: Tensor, _ support: Examples, _ parameters: Parameters
  ) -> Parameters {
    let pairs = Tensor.concatenating([features, support.labels], along: 1)
    var memory = Parameters([
      "keys": mapped(features, "keys", width, parameters),
      "values": mapped(pairs, "values", width, parameters),
    ])
    if let weights = support.weights { memory.append(.init(name: "weights", leaf: weights)) }
    return memory
  }

  /// What each query is after the last hop, mapped to logits or numbers.
  public func answers(
    to features: Tensor, remembering memory: Parameters, _ parameters: Parameters
  ) -> Tensor {
    let mask = memory.leaf(named: "weights").map { $0.insertingAxis(at: 0) }
    let start = mapped(features, "keys", width, parameters)
    let end = (0..<hops).reduce(start) { state, _ in
      mapped(state, "hop", width, parameters)
        + attention(state, memory["keys"], memory["values"], mask: mask)
    }
    return mapped(end, "readout", outputCount, parameters)
  }

  private func mapped(
    _ rows: Tensor, _ name: String, _ units: Int, _ parameters: Parameters
  ) -> Tensor {
    var context = NetworkContext()
    return context.apply(
      Dense(units: units), named: name, to: [rows],
      parameters.subtree(MemoryNetwork.readerName))
  }
}

extension MemoryNetwork {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "memoryNetwork", "looks at the support examples several times (Sukhbaatar et al. 2015)"
  ) { (settings) throws(SettingsError) in
    let width = try settings.integer(
      "width", "The extent of what is remembered of an example.", default: 64, in: 1...8192)
    let hops = try settings.integer(
      "hops", "How often a query looks at the support examples.", default: 3, in: 1...64)
    return LearnerPlan(needs: .labelledFeatures([.classes, .numbers])) { parts in
      MemoryNetwork(
        network: parts.network, outputCount: parts.outputCount, meaning: parts.meaning,
        width: width, hops: hops)
    }
  }
}
