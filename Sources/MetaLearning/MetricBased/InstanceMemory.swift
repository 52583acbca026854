public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Instance-based meta-learning: for each class the heads of the most similar past classes are
/// recalled, and learning starts from them.
///
/// The idea is that of case-based reasoning (Aamodt and Plaza 1994) and of memory-based learning
/// (Stanfill and Waltz 1986); this form is ours. A head that begins at zero, W = 0, has a row for each
/// class (or for each number to be predicted). With features z, and 1 for the bias:
///
/// - key: q_k = -∂L/∂W_k at W = 0, the loss L that of the support set, brought to length 1;
/// - recall: W_k <- t Σ_i softmax_i(s q_k · key_i) value_i over the `recalled` most similar slots i,
///   t and s learned;
/// - learning: some gradient steps of the head down L, through which derivatives go, as in ANIL;
/// - memory, in meta-training alone: what as many steps from W = 0 make of all examples of the task is
///   written with q_k into the slot most like q_k among `candidates` that are drawn at random.
///
/// The memory is followed, not learned: no derivative goes into it. With several tasks a step, a slot
/// moves by the mean over tasks. Its rows know nothing of their class's name, so that tasks of any
/// number of classes recall from one memory. An outer step costs what one of ANIL does, twice its head
/// steps, and a product of classes and slots.
public struct InstanceMemory: NetworkLearner {
  /// Maps inputs to logits or predicted numbers; its head begins each task as recalled.
  public let network: Network
  /// The steps of the head on a support set.
  public let innerLoop: InnerLoop
  /// How many rows are remembered.
  public let slots: Int
  /// From how many of them a row starts.
  public let recalled: Int
  /// Among how many, drawn at random, the one that is written to is chosen.
  public let candidates: Int
  /// Whether meta-training normalises queries by their own statistics.
  public let trainsTransductively: Bool
  /// What the network's outputs are.
  public let meaning: Prediction.Meaning
  private let body: Network
  private let headDescent: HeadDescent

  private static let headName = "head"
  private static let memoryName = "memory"
  private static let recallName = "recall"

  /// Makes a learner on a network whose last layer is a dense `head`, which begins at zero but for what
  /// is recalled, whatever the inner loop says.
  public init(
    network: Network, innerLoop: InnerLoop, slots: Int = 512, recalled: Int = 8,
    candidates: Int = 16, trainsTransductively: Bool = false,
    meaning: Prediction.Meaning = .logits
  ) {
    var loop = innerLoop
    loop.zeroedLayer = InstanceMemory.headName
    self.network = network
    self.innerLoop = loop
    self.slots = slots
    self.recalled = min(recalled, slots)
    self.candidates = candidates
    self.trainsTransductively = trainsTransductively
    self.meaning = meaning
    body = network.prefix(before: InstanceMemory.headName)
    headDescent = HeadDescent(of: network, from: InstanceMemory.headName, loop)
  }

  /// The parameters of the network without its head, the rates of the head, `recall/` s and t, and the
  /// `memory/` of keys and values [slots, features + 1], all zero.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = headDescent.initialParameters(of: network, key)
    parameters.append(
      ParameterValues(["sharpness": TensorValue(5), "trust": TensorValue(0.5)]),
      as: InstanceMemory.recallName)
    let rows = TensorValue(repeating: 0, shape: [slots, body.featureCount + 1])
    for name in ["keys", "values"] {
      parameters.append(
        .init(name: "\(InstanceMemory.memoryName)/\(name)", leaf: rows, role: .statistic))
    }
    return parameters
  }

  /// The network whose head began as recalled and took some steps, and the statistics.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    let fast = learned(
      parameters, on: body(support, parameters), of: support, steps: innerLoop.stepCount(context)
    ).fast
    return body.withStatistics(of: support, fast)
  }

  /// The query loss, and the memory with the task's rows in it.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    let features = body(episode.support, parameters)
    let learned = learned(
      parameters, on: features, of: episode.support, steps: innerLoop.steps)
    let queries = body.queryResults(
      of: episode, parameters, transductively: trainsTransductively)
    let taught = headDescent.descended(
      from: learned.zero, on: .concatenating([features, queries], along: 0),
      of: .joining(episode.support, episode.query), steps: innerLoop.steps,
      rates: parameters.subtree(InnerLoop.ratesName))
    return Objective(
      Prediction(headDescent.results(queries, learned.fast), meaning), on: episode.query, context,
      updates: written(
        keys: learned.keys.stopGradient(), values: rows(of: taught).stopGradient(), parameters,
        context.key))
  }

  /// The parameters with a head of zeros, the keys of its rows, and the parameters after some steps
  /// from what these recall.
  private func learned(
    _ parameters: Parameters, on features: Tensor, of support: Examples, steps: Int
  ) -> (zero: Parameters, keys: Tensor, fast: Parameters) {
    let zero = innerLoop.start(parameters, of: network, for: support)
    let keys = keys(zero, features, support)
    let fast = headDescent.descended(
      from: recalling(keys, from: zero, parameters), on: features, of: support, steps: steps,
      rates: parameters.subtree(InnerLoop.ratesName))
    return (zero, keys, fast)
  }
}

// MARK: Rows of the head

extension InstanceMemory {
  private static let weight = "\(Network.parametersName)/\(headName).weight"
  private static let bias = "\(Network.parametersName)/\(headName).bias"

  /// The head as a row [features + 1] for each output: weights, and the bias.
  private func rows(of parameters: Parameters) -> Tensor {
    Tensor.concatenating(
      [
        parameters[InstanceMemory.weight].transposed([1, 0]),
        parameters[InstanceMemory.bias].insertingAxis(at: 1),
      ], along: 1)
  }

  /// The parameters with a head of such rows.
  private func replacingHead(_ parameters: Parameters, by rows: Tensor) -> Parameters {
    let features = body.featureCount
    return parameters.replacing(
      with: Parameters([
        InstanceMemory.weight: rows.slice(along: 1, from: 0, to: features).transposed([1, 0]),
        InstanceMemory.bias: rows.slice(along: 1, from: features, to: features + 1)
          .reshaped([rows.shape[0]]),
      ]))
  }

  /// What each row of a head of zeros is asked to become, of length 1.
  private func keys(_ zero: Parameters, _ features: Tensor, _ support: Examples) -> Tensor {
    let head = headDescent.headAlone(zero)
    let slope = gradient(
      of: loss(of: headDescent.results(features, head), on: support), withRespectTo: head)
    return (-rows(of: slope)).normalized(along: 1)
  }
}

// MARK: Memory

extension InstanceMemory {
  /// The parameters with rows from those of the most similar slots.
  private func recalling(
    _ keys: Tensor, from zero: Parameters, _ parameters: Parameters
  ) -> Parameters {
    let recall = parameters.subtree(InstanceMemory.recallName)
    let nearest = similarities(keys, parameters).largest(recalled)
    let attention = (recall["sharpness"] * nearest.values).softmax(along: 1)
    let values = parameters.subtree(InstanceMemory.memoryName)["values"].stopGradient()
    let count = keys.shape[0]
    let recalledRows = values.gatheringRows(nearest.positions.reshaped([count * recalled]))
      .reshaped([count, recalled, values.shape[1]])
    let rows = matrixProduct(attention.insertingAxis(at: 1), recalledRows)
    return replacingHead(zero, by: recall["trust"] * rows.reshaped([count, values.shape[1]]))
  }

  /// The cosines `[rows, slots]` of rows' keys and the slots' ones: slots that are the mean of
  /// several tasks' keys are shorter than 1 as they are written.
  private func similarities(_ keys: Tensor, _ parameters: Parameters) -> Tensor {
    let known = parameters.subtree(InstanceMemory.memoryName)["keys"].stopGradient()
    return matrixProduct(keys, known.normalized(along: 1), transposingRight: true)
  }

  /// The memory in which each row has taken the place of the slot most like it among some that are
  /// drawn at random; rows that choose one slot share it.
  private func written(
    keys: Tensor, values: Tensor, _ parameters: Parameters, _ key: SymbolicKey
  ) -> Parameters {
    let memory = parameters.subtree(InstanceMemory.memoryName).map { $0.stopGradient() }
    let similarities = similarities(keys, parameters).stopGradient()
    let shape = similarities.shape
    let draw = key.uniform(shape)
    let isCandidate = draw.isLess(
      than: Tensor.fill(Double(candidates) / Double(slots), shape: shape))
    // A row that draws no candidate takes the slot that came nearest to being one.
    let chosen = select(isCandidate, similarities, -2 - draw)
      .argumentMaximum(along: 1).oneHot(slots)
    let count = chosen.sum(along: [0]).insertingAxis(at: 1)
    let share = chosen.transposed([1, 0]) / maximum(count, .fill(1, shape: count.shape))
    let kept = 1 - minimum(count, .fill(1, shape: count.shape))
    return Parameters(
      [("keys", keys), ("values", values)].map { name, rows in
        .init(
          name: "\(InstanceMemory.memoryName)/\(name)",
          leaf: memory[name] * kept + matrixProduct(share, rows), role: .statistic)
      })
  }
}

extension InstanceMemory {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "instanceMemory", "a head that starts from those of the most similar past classes"
  ) { (settings) throws(SettingsError) in
    let loop = try InnerLoop(
      settings, isFirstOrder: false, canZeroHead: false, learnedRates: .perLayerAndStep,
      usualRate: 0.2)
    let slots = try settings.integer(
      "slots", "How many rows of heads are remembered.", default: 512, in: 1...100_000)
    let recalled = try settings.integer(
      "recalled", "From how many of them a row starts.", default: 8, in: 1...1000)
    let candidates = try settings.integer(
      "candidates", "Among how many slots, drawn at random, the one to write to is chosen.",
      default: 16, in: 1...100_000)
    let trainsTransductively = try settings.trainsTransductively()
    let needs = LearnerNeeds(
      .anyHead, targets: [.classes, .numbers], network: InnerLoop.networkNeeds,
      adaptationSteps: loop.evaluationSteps)
    return LearnerPlan(needs: needs) { parts in
      InstanceMemory(
        network: parts.network, innerLoop: loop.adjusted(to: parts), slots: slots,
        recalled: recalled, candidates: candidates, trainsTransductively: trainsTransductively,
        meaning: parts.meaning)
    }
  }
}
