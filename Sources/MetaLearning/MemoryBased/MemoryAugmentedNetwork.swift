public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// A recurrent network with an external memory that reads examples one after the other, each beside
/// the label of the one before (Santoro, Bartunov, Botvinick, Wierstra and Lillicrap 2016, arXiv
/// 1605.06065).
///
/// In step t the controller, an LSTM, takes the features of example t, the label of example t - 1
/// and what was read in step t - 1; its hidden state h gives the keys tanh(h K) and gates
/// sigmoid(h G) of an `ExternalMemory`; the logits are [h, read] W. Adapting reads the support
/// set; each query is a step of its own after it.
///
/// Meta-training descends on the loss at every position of support and queries together in any
/// order, as in the paper, whose episodes are 50 examples of 5 classes (5 ways, 1 shot, 9 queries).
/// `accuracyBySighting` is the accuracy where a class is seen the first time, the second, and so
/// on. At n shots a query is a sighting n + 1.
///
/// Otherwise than in the paper, the network may have layers before the controller, and gates are
/// computed from h. An outer step costs one controller step for each example, which follow one
/// another.
public struct MemoryAugmentedNetwork: FeatureLearner {
  /// Maps inputs to features.
  public let network: Network
  /// The number of classes of all tasks.
  public let classCount: Int
  /// What reads the examples.
  public let controller: LSTM
  /// What it writes to and reads from.
  public let memory: ExternalMemory

  /// The name of what is known after some examples, among adapted tensors.
  private static let stateName = "state"

  /// Makes a learner; stops where the network normalises by a support set, which a sequence lacks.
  public init(network: Network, classCount: Int, units: Int, memory: ExternalMemory) {
    guard !network.measuresSupport else {
      fatalError("Examples that are read one by one are no support set to normalise by.")
    }
    self.network = network
    self.classCount = classCount
    controller = LSTM(units: units)
    self.memory = memory
  }

  /// What the controller's hidden state and what is read are mapped to, by name: the layer, and the
  /// extent of what it takes.
  private var maps: [(name: String, layer: Dense, inputs: Int)] {
    let (units, read) = (controller.units, memory.heads * memory.width)
    return [
      ("keys", Dense(units: read), units), ("gate", Dense(units: memory.heads), units),
      ("readout", Dense(units: classCount), units + read),
    ]
  }

  /// The network, the controller, and the maps to keys, gates and logits.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = network.initialSubtree(key)
    let width =
      network.featureCount + classCount + memory.heads * memory.width
    parameters.append(
      controller.initialParameters(for: [1, width], key: key.folded("controller")),
      as: "controller")
    for (name, layer, inputs) in maps {
      parameters.append(
        layer.initialParameters(for: [inputs], key: key.folded(name)), as: name)
    }
    return parameters
  }

  /// The parameters, and what is known after the support set.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    var (adapted, features) = measured(support, parameters)
    adapted.append(read(features, of: support, parameters).state, as: Self.stateName)
    return adapted
  }

  /// The logits of a step on each input after the support set.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    let features = network.inductiveResults(for: inputs, with: adapted)
    let state = adapted.subtree(Self.stateName).map {
      $0.broadcast(to: $0.shape.replacing(axis: 0, with: inputs.exampleCount))
    }
    return Prediction(step(features, state, adapted).logits, .logits)
  }

  /// The mean cross-entropy over all positions of support and queries in one sequence.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    let examples = Examples.joining(episode.support, episode.query)
    let order = context.key.folded(0).uniform([examples.targets.shape[0]])
      .largest(examples.targets.shape[0]).positions
    let sequence = examples.rows(order)
    let (features, updates) = batchFeatures(of: sequence, parameters, context)
    let prediction = Prediction(read(features, of: sequence, parameters).logits, .logits)
    var objective = Objective(prediction, on: sequence, context, updates: updates)
    objective.metrics.append(
      ("accuracyBySighting", prediction.accuracyBySighting(in: sequence)))
    return objective
  }
}

// MARK: Step by step

extension MemoryAugmentedNetwork {
  /// What is known before the first of the examples of n sequences: the controller's state, the
  /// memory's, what was `read` and the `label` of the last example.
  package func initialState(count: Int) -> Parameters {
    var state = NamedTree(
      controller.initialState(count: count).entries + memory.initialState(count: count).entries)
    state.append(
      .init(name: "read", leaf: .fill(0, shape: [count, memory.heads * memory.width])))
    state.append(.init(name: "label", leaf: .fill(0, shape: [count, classCount])))
    return state
  }

  /// The logits `[n, classes]` of the next example of n sequences, from features `[n, ...]`, and
  /// what is known then; the label stays the last one's until it is replaced.
  package func step(
    _ features: Tensor, _ state: Parameters, _ parameters: Parameters
  ) -> (logits: Tensor, state: Parameters, access: ExternalMemory.Step) {
    let count = features.shape[0]
    let seen = [features.reshaped([count, -1]), state["label"], state["read"]]
    let control = controller.step(
      .concatenating(seen, along: 1), state, parameters.subtree("controller"))
    let hidden = control["hidden"]
    let access = memory.step(
      keys: mapped(hidden, "keys", parameters).tanh().reshaped([count, memory.heads, -1]),
      gates: mapped(hidden, "gate", parameters).sigmoid().insertingAxis(at: 2), state)
    let logits = mapped(
      .concatenating([hidden, access.read], along: 1), "readout", parameters)
    let next = state.replacing(with: control).replacing(with: access.state)
      .replacing(with: Parameters(["read": access.read]))
    return (logits, next, access)
  }

  private func mapped(_ values: Tensor, _ name: String, _ parameters: Parameters) -> Tensor {
    let map = parameters.subtree(name)
    return matrixProduct(values, map["weight"]) + map["bias"]
  }

  /// Reads examples one after the other: the logits of each before its label is told, and what is
  /// known after the last.
  ///
  /// Examples that weigh nothing change nothing.
  private func read(
    _ features: Tensor, of examples: Examples, _ parameters: Parameters
  ) -> (logits: Tensor, state: Parameters) {
    var state = initialState(count: 1)
    let labels = examples.targets.oneHot(classCount)
    let logits = (0..<features.shape[0]).map { position in
      func now(_ values: Tensor) -> Tensor {
        values.slice(along: 0, from: position, to: position + 1)
      }
      let result = step(now(features), state, parameters)
      let next = result.state.replacing(with: Parameters(["label": now(labels)]))
      state =
        examples.weights.map { next.where(now($0), elsewhere: state) } ?? next
      return result.logits
    }
    return (.concatenating(logits, along: 0), state)
  }
}

extension NamedTree where Leaf == Tensor {
  /// These leaves where a weight `[1]` is positive, else those of another tree.
  fileprivate func `where`(_ weight: Tensor, elsewhere other: Parameters) -> Parameters {
    let isCounted = Tensor.fill(0).isLess(than: weight)
    return zip(other) { select(isCounted, $0, $1) }
  }
}

extension MemoryAugmentedNetwork {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "mann", "a recurrent network that keeps examples in an external memory (Santoro et al. 2016)"
  ) { (settings) throws(SettingsError) in
    let units = try settings.integer(
      "units", "The extent of the controller's state.", default: 200, in: 1...4096)
    let heads = try settings.integer(
      "heads", "How many keys read and write in each step.", default: 4, in: 1...64)
    let slots = try settings.integer(
      "slots", "Slots of the memory.", default: 128, in: heads...65_536)
    let width = try settings.integer(
      "width", "The extent of a slot.", default: 40, in: 1...4096)
    let usageDecay = try settings.number(
      "usageDecay", "What part of a slot's usage a step keeps.", default: 0.95, .within(0...1))
    let sharpness = try settings.number(
      "sharpness", "The factor of the cosines by which it reads, 1 in the paper.", default: 1,
      .positive)
    return LearnerPlan(needs: .labelledFeatures([.classes])) { parts in
      MemoryAugmentedNetwork(
        network: parts.network, classCount: parts.ways ?? 0, units: units,
        memory: ExternalMemory(
          slots: slots, width: width, heads: heads, usageDecay: usageDecay, sharpness: sharpness))
    }
  }
}
