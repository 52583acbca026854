public import Foundation
public import MetaLearning
public import MetaTasks
public import TensorFiles
public import TensorPrograms
public import Tensors

/// A model that was adapted to somebody's own classes: one small file that needs nothing else.
public struct AdaptedModel: Sendable {
  /// The recipe that its meta-training followed.
  public let recipe: Recipe
  /// What its tasks are made of.
  public let signature: Signature
  /// How raw input becomes inputs.
  public let preparation: any Preparation
  /// The names of the classes, in the order of the outputs.
  public let classes: [String]
  /// The examples that it was adapted to.
  public let supportCount: Int
  /// Whether these weighed differently, as classes had different numbers of them.
  public let isSupportWeighted: Bool
  /// What was learned from the support set.
  public let adapted: ParameterValues
  /// Below which score an item is of none of the classes; nil where that was not found.
  public let unknown: NoveltyThreshold?

  /// What the model says of one item.
  public struct Answer: Sendable, Hashable {
    /// The likeliest class.
    public let category: String
    /// Its probability.
    public let probability: Double
    /// The probability of each class, in the order of the classes.
    public let probabilities: [Double]
    /// Whether it seems to be of none of the classes; nil where the model cannot tell.
    public let isUnknown: Bool?
  }

  /// Adapts a meta-trained model to examples in classes.
  ///
  /// Throws where the model takes no raw input, or tells another number of classes apart.
  public init(
    adapting model: MetaTrainedModel, to support: LabelledInputs, named place: String,
    runner: Runner
  ) throws {
    guard let preparation = model.preparation, model.signature.target == .classes else {
      throw ModelError(
        .damaged, file: place,
        "the run learned tasks \(model.signature.target.words) that no files hold; name a run that "
          + "learned from pictures or texts in classes")
    }
    try AdaptedModel.check(support, for: model, named: place)
    let predictor = Predictor(
      learner: try model.learner(), parameters: model.parameters, support: support.examples,
      runner: runner)
    guard predictor.adapted.isFinite else {
      throw ModelError(
        .damaged, file: place,
        "adapting to it gives NaN or infinite numbers; the run may have diverged: see its figures with "
          + "metalearn evaluate")
    }
    self.init(
      recipe: model.recipe, signature: model.signature, preparation: preparation,
      classes: support.classes.map(\.name), supportCount: support.count,
      isSupportWeighted: !support.isBalanced, adapted: predictor.adapted, unknown: model.unknown)
  }

  private init(
    recipe: Recipe, signature: Signature, preparation: any Preparation, classes: [String],
    supportCount: Int, isSupportWeighted: Bool, adapted: ParameterValues,
    unknown: NoveltyThreshold?
  ) {
    self.unknown = unknown
    self.recipe = recipe
    self.signature = signature
    self.preparation = preparation
    self.classes = classes
    self.supportCount = supportCount
    self.isSupportWeighted = isSupportWeighted
    self.adapted = adapted
  }

  private static func check(
    _ support: LabelledInputs, for model: MetaTrainedModel, named place: String
  ) throws(ModelError) {
    let count = support.classes.count
    guard count >= 2 else {
      throw ModelError(
        .damaged, file: place,
        "\(count) class\(count == 1 ? "" : "es"); telling apart takes at least 2, each with examples of "
          + "its own")
    }
    let (needs, ways) = (model.recipe.learner.plan.needs, model.ways ?? 0)
    guard !needs.fixesWays || count == ways else {
      let advice = needs.anyHeadAdvice.map { ", or \($0)" } ?? ""
      throw ModelError(
        .damaged, file: place,
        "\(count) classes, and the learner \(model.recipe.learner.name) of this run tells \(ways) "
          + "apart; bring as many, or train with --set task.ways=\(count)\(advice), or with a learner "
          + "that takes any number of classes (metalearn explain learners)")
    }
    if let empty = support.classes.first(where: { $0.count == 0 }) {
      throw ModelError(.damaged, file: place, "class '\(empty.name)' has no examples; add one")
    }
  }
}

// MARK: Files

extension AdaptedModel {
  /// Writes the model to a file, which is there whole or not at all.
  public func write(to url: URL) throws(SafetensorsError) {
    try SealedSafetensors.write(
      adapted.entries.map { ($0.name, $0.leaf) },
      metadata: ModelMetadata(
        kind: .adapted, recipe: recipe, signature: signature, ways: classes.count,
        preparation: preparation, unknown: unknown, classes: classes, supportCount: supportCount,
        isSupportWeighted: isSupportWeighted
      ).encoded, to: url)
  }

  /// Reads a model; throws where the file is missing, damaged or of another kind.
  public static func read(_ url: URL, _ catalogues: Catalogues = .standard) throws -> AdaptedModel {
    let file = try ModelMetadata.read(url)
    let metadata = try ModelMetadata(file, expecting: .adapted, catalogues)
    guard let preparation = metadata.preparation, let classes = metadata.classes,
      classes.count == metadata.ways, let supportCount = metadata.supportCount
    else {
      throw ModelError(
        .damaged, file: url.path, "it does not say how raw input becomes inputs of its classes")
    }
    return AdaptedModel(
      recipe: metadata.recipe, signature: metadata.signature, preparation: preparation,
      classes: classes, supportCount: supportCount,
      isSupportWeighted: metadata.isSupportWeighted,
      adapted: try file.tree(like: try metadata.adaptedForms()), unknown: metadata.unknown)
  }
}

extension ModelMetadata {
  /// The names and forms of what the learner learns from as many examples.
  fileprivate func adaptedForms() throws -> NamedTree<LeafForm> {
    let count = supportCount ?? 1
    let inputs = NamedTree<TensorValue>(
      signature.inputs.map { input in
        let shape = [1, count] + input.shape
        let value =
          input.elementType == .float32
          ? TensorValue(repeating: 0, shape: shape)
          : TensorValue([Int32](repeating: 0, count: shape.elementCount), shape: shape)
        return .init(name: input.name, leaf: value)
      })
    let support = ExampleValues(
      inputs: inputs, targets: TensorValue([Int32](repeating: 0, count: count), shape: [1, count]),
      weights: isSupportWeighted ? TensorValue(repeating: 1, shape: [1, count]) : nil,
      target: signature.target.target(ways: ways))
    let learner = try learner()
    return Predictor.adaptation(
      learner, like: learner.initialParameters(RandomKey(seed: 0)), to: support
    ).adapted.forms
  }
}

// MARK: Answers

extension AdaptedModel {
  /// What the model says of items; each is a function of the model and that item alone.
  public func answers(
    for inputs: NamedTree<TensorValue>, runner: Runner
  ) throws -> [Answer] {
    let learner = try recipe.learner(for: signature, ways: classes.count)
    let logits = Predictor(learner: learner, adapted: adapted, runner: runner)
      .separatePredictions(inputs).values.floats
    return stride(from: 0, to: logits.count, by: classes.count).map { first in
      answer(logits[first..<first + classes.count].map(Double.init))
    }
  }

  /// What the model says of items as a user names them, such as files, or why one cannot be read.
  public func answers(
    forItems items: [String], runner: Runner, _ reading: Reading = .plain
  ) throws -> [Result<Answer, ReadError>] {
    let all = Result { () throws(ReadError) in try preparation.values(of: items, reading) }
    if case .success(let inputs) = all {
      return try answers(for: inputs, runner: runner).map { .success($0) }
    }
    return try items.map { item in
      let read = Result { () throws(ReadError) in try preparation.values(of: [item], reading) }
      switch read {
      case .failure(let error) where error.kind == .stopped: throw error
      case .failure(let error): return .failure(error)
      case .success(let inputs): return .success(try answers(for: inputs, runner: runner)[0])
      }
    }
  }

  private func answer(_ logits: [Double]) -> Answer {
    let largest = logits.max() ?? 0
    let powers = logits.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    let best = logits.firstIndex(of: largest) ?? 0
    return Answer(
      category: classes[best], probability: powers[best] / sum,
      probabilities: powers.map { $0 / sum }, isUnknown: unknown?.isUnknown(logits))
  }
}
