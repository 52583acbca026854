public import Foundation
internal import MetaLearning
public import MetaTasks
internal import NeuralNetworks
public import TensorPrograms
public import Tensors

/// A model that was adapted to somebody's own classes: one small file that needs nothing else.
public struct AdaptedModel: Sendable {
  /// The recipe that its meta-training followed.
  public let recipe: Recipe
  /// The shape of one example.
  public let inputShape: Shape
  /// How pictures become inputs.
  public let preparation: PicturePreparation
  /// The names of the classes, in the order of the outputs.
  public let classes: [String]
  /// What was learned from the support set.
  public let adapted: ParameterValues

  /// What the model says of one picture.
  public struct Answer: Sendable, Hashable {
    /// The likeliest class.
    public let category: String
    /// Its probability.
    public let probability: Double
    /// The probability of each class, in the order of the classes.
    public let probabilities: [Double]
  }

  /// Adapts a meta-trained model to pictures in classes.
  ///
  /// Throws where the model takes no pictures, or tells another number of classes apart.
  public init(
    adapting model: MetaTrainedModel, to pictures: LabelledPictures, named folder: String,
    execution: Runner.Configuration
  ) throws {
    guard let preparation = model.preparation else {
      throw ModelError(
        .damaged, file: folder,
        "the run learned from numbers, and a folder holds pictures; name a run that learned from "
          + "pictures")
    }
    let names = pictures.categories.map(\.name)
    guard names.count >= 2 else {
      throw ModelError(
        .damaged, file: folder,
        "\(names.count) class; telling apart takes at least 2, each a folder of pictures")
    }
    guard !model.recipe.learner.hasFixedWays || names.count == model.outputCount else {
      throw ModelError(
        .damaged, file: folder,
        "\(names.count) classes, and the learner \(model.recipe.learner.kind.rawValue) of this run "
          + "tells \(model.outputCount) apart; bring as many, or train with "
          + "--set task.ways=\(names.count), or with the learner protonet, or maml with "
          + "--set learner.zeroesHead=true, which take any number of classes")
    }
    if let empty = pictures.categories.first(where: { $0.pictures.isEmpty }) {
      throw ModelError(.damaged, file: folder, "class '\(empty.name)' has no pictures; add one")
    }
    let support = ExampleValues(
      inputs: preparation.normalization.values(
        of: pictures, numbers: pictures.categories.flatMap { Array($0.pictures) }),
      targets: TensorValue(
        pictures.categories.enumerated().flatMap { number, category in
          category.pictures.map { _ in Int32(number) }
        }, shape: [pictures.pictureCount]), classCount: names.count)
    let predictor = Predictor(
      learner: try model.learner(), parameters: model.parameters, support: support,
      execution: execution)
    guard predictor.adapted.isFinite else {
      throw ModelError(
        .damaged, file: folder,
        "adapting to it gives what is no number; the run may have diverged: see its figures with "
          + "metalearn evaluate")
    }
    self.init(
      recipe: model.recipe, inputShape: model.inputShape, preparation: preparation, classes: names,
      adapted: predictor.adapted)
  }

  private init(
    recipe: Recipe, inputShape: Shape, preparation: PicturePreparation, classes: [String],
    adapted: ParameterValues
  ) {
    self.recipe = recipe
    self.inputShape = inputShape
    self.preparation = preparation
    self.classes = classes
    self.adapted = adapted
  }

  /// Writes the model to a file, which is there whole or not at all.
  public func write(to url: URL) throws(SafetensorsError) {
    try SealedSafetensors.write(
      adapted.entries.map { ($0.name, $0.leaf) },
      metadata: ModelMetadata(
        kind: .adapted, recipe: recipe, inputShape: inputShape, outputCount: classes.count,
        preparation: preparation, classes: classes
      ).encoded, to: url)
  }

  /// Reads a model; throws where the file is missing, damaged or of another kind.
  public static func read(_ url: URL) throws -> AdaptedModel {
    let file = try ModelMetadata.read(url)
    let metadata = try ModelMetadata(file, expecting: .adapted)
    guard let preparation = metadata.preparation, let classes = metadata.classes,
      classes.count == metadata.outputCount
    else {
      throw ModelError(
        .damaged, file: url.path, "it does not say how pictures become inputs of its classes")
    }
    return AdaptedModel(
      recipe: metadata.recipe, inputShape: metadata.inputShape, preparation: preparation,
      classes: classes, adapted: try file.tree(like: try metadata.adaptedShapes(in: file)))
  }

  /// What the model says of pictures; each is a function of the model and that picture alone.
  public func answers(
    for inputs: TensorValue, execution: Runner.Configuration
  ) throws -> [Answer] {
    let learner = try recipe.learner(inputShape: inputShape, outputCount: classes.count)
    let logits = Predictor(learner: learner, adapted: adapted, execution: execution)
      .separatePredictions(inputs).floats
    return stride(from: 0, to: logits.count, by: classes.count).map { first in
      answer(logits[first..<first + classes.count].map(Double.init))
    }
  }

  /// What the model says of the pictures in files, or why one cannot be read.
  public func answers(
    forFiles files: [URL], execution: Runner.Configuration
  ) throws -> [Result<Answer, ReadError>] {
    if let all = try? preparation.values(of: files) {
      return try answers(for: all, execution: execution).map { .success($0) }
    }
    let read = files.map { file in
      Result { () throws(ReadError) in try preparation.values(of: [file]) }
    }
    let good = read.compactMap { try? $0.get().slice(at: 0) }
    var answers =
      good.isEmpty ? [] : try answers(for: .stacking(good), execution: execution).reversed()
    return read.map { $0.flatMap { _ in .success(answers.removeLast()) } }
  }

  private func answer(_ logits: [Double]) -> Answer {
    let largest = logits.max() ?? 0
    let powers = logits.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    let best = logits.firstIndex(of: largest) ?? 0
    return Answer(
      category: classes[best], probability: powers[best] / sum,
      probabilities: powers.map { $0 / sum })
  }
}

extension ModelMetadata {
  /// The names and shapes of what the learner learns from a support set: of one example a class, or
  /// of as many as a file keeps.
  fileprivate func adaptedShapes(in file: SafetensorsFile) throws(RecipeError) -> NamedTree<Shape> {
    let learner = try learner()
    let template = learner.initialParameters(RandomKey(seed: 0))
    let kept = file.tensors.first { $0.name == Network.supportInputsName }?.shape.first
    let count = min(max(kept ?? outputCount, 1), 1 << 16)
    let support = Examples(
      inputs: .input("inputs", shape: Shape([count] + inputShape.dimensions), .perLane),
      targets: .input("targets", shape: [count], elementType: .int32, .perLane),
      classCount: outputCount)
    let key = SymbolicKey(words: .input("key", shape: [2], elementType: .uint32, .perLane))
    let shared = Parameters.inputs(like: template, prefix: "parameters")
    return learner.adapted(shared.perLane(), to: support, key: key).map(\.shape)
  }
}
