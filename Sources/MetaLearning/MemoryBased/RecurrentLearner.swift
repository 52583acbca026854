public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// An LSTM that reads the support examples with their labels one after the other, and then each
/// query: learning is what its state does.
///
/// Hochreiter, Younger and Conwell, Learning to learn using gradient descent, 2001; the LSTM that
/// Santoro, Bartunov, Botvinick, Wierstra and Lillicrap compare theirs with, Meta-learning with
/// memory-augmented neural networks, 2016, arXiv 1605.06065.
///
/// An example is read as [f(x), y, 1], a query as [f(x), 0, 0] with features f; a linear map of the
/// hidden state after the query gives logits or numbers. The papers give each label one step later
/// and ask at all steps; here the support set is read with its labels, and the loss is that of the
/// queries, each of which is read from the same state. The order of support examples and the names
/// of classes matter; weights of support examples do not. An outer step costs the features of all
/// examples, one step of the LSTM for each support example, and one for all queries together.
public struct RecurrentLearner: MemoryLearner {
  /// Maps inputs to features.
  public let network: Network
  /// The numbers of a label, and of an answer.
  public let outputCount: Int
  /// What answers are.
  public let meaning: Prediction.Meaning
  /// What reads.
  public let reader: LSTM

  private static let readerName = "reader"
  private static let readoutName = "readout"

  /// Makes a learner on the features of a network.
  public init(
    network: Network, outputCount: Int, meaning: Prediction.Meaning = .logits, units: Int = 128
  ) {
    self.network = network
    self.outputCount = outputCount
    self.meaning = meaning
    reader = LSTM(units: units)
  }

  private var readout: Dense { Dense(units: outputCount) }

  /// The parameters of the network, of the LSTM as `reader/` and of the last map as `readout/`.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = network.initialSubtree(key)
    let (reader, readout) = (RecurrentLearner.readerName, RecurrentLearner.readoutName)
    let width = network.featureCount + outputCount + 1
    parameters.append(
      self.reader.initialParameters(for: [1, width], key: key.folded(reader)), as: reader)
    parameters.append(
      self.readout.initialParameters(for: [self.reader.units], key: key.folded(readout)),
      as: readout)
    return parameters
  }

  /// The state `[1, units]` after the support set.
  public func memory(
    of features: Tensor, _ support: Examples, _ parameters: Parameters
  ) -> Parameters {
    let count = features.shape[0]
    let read = Tensor.concatenating(
      [features, support.labels, .fill(1, shape: [count, 1])], along: 1)
    let own = parameters.subtree(RecurrentLearner.readerName)
    return (0..<count).reduce(reader.initialState(count: 1)) { state, example in
      reader.step(read.slice(along: 0, from: example, to: example + 1), state, own)
    }
  }

  /// What the LSTM makes of each query, read next.
  public func answers(
    to features: Tensor, remembering memory: Parameters, _ parameters: Parameters
  ) -> Tensor {
    let state = memory.map { $0.broadcast(to: [features.shape[0], reader.units]) }
    let next = reader.step(
      features.withoutLabels(outputCount + 1), state,
      parameters.subtree(RecurrentLearner.readerName))
    var context = NetworkContext()
    return readout(next["hidden"], parameters.subtree(RecurrentLearner.readoutName), &context)
  }
}

extension RecurrentLearner {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "recurrent", "an LSTM that reads the support set, then each query (Hochreiter et al. 2001)"
  ) { (settings) throws(SettingsError) in
    let units = try settings.integer(
      "units", "The extent of the LSTM's state.", default: 128, in: 1...8192)
    return LearnerPlan(needs: .labelledFeatures([.classes, .numbers])) { parts in
      RecurrentLearner(
        network: parts.network, outputCount: parts.outputCount, meaning: parts.meaning,
        units: units)
    }
  }
}
