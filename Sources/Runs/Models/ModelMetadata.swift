internal import Files
internal import Foundation
internal import MetaLearning
internal import MetaTasks
internal import Tensors

/// What stands beside the tensors of a model file.
struct ModelMetadata {
  /// What the tensors are.
  enum Kind: String {
    /// Parameters that wait for a support set.
    case metaTrained = "meta-trained"
    /// What was learned from a support set.
    case adapted
  }

  let kind: Kind
  let recipe: Recipe
  let inputShape: Shape
  let outputCount: Int
  let preparation: PicturePreparation?
  /// The names of the classes, in the order of the outputs.
  let classes: [String]?

  init(
    kind: Kind, recipe: Recipe, inputShape: Shape, outputCount: Int,
    preparation: PicturePreparation?, classes: [String]?
  ) {
    self.kind = kind
    self.recipe = recipe
    self.inputShape = inputShape
    self.outputCount = outputCount
    self.preparation = preparation
    self.classes = classes
  }

  /// The learner that the tensors belong to.
  func learner() throws(RecipeError) -> any MetaLearner {
    try recipe.learner(inputShape: inputShape, outputCount: outputCount)
  }
}

// MARK: Reading and writing

extension ModelMetadata {
  private static let format = "metalearn.format"
  private static let kindKey = "metalearn.kind"
  private static let recipeKey = "metalearn.recipe"
  private static let shapeKey = "metalearn.inputShape"
  private static let outputsKey = "metalearn.outputs"
  private static let preparationKey = "metalearn.preparation"
  private static let classesKey = "metalearn.classes"

  /// The free text of the file.
  var encoded: [String: String] {
    var texts = [
      Self.format: "1", Self.kindKey: kind.rawValue, Self.recipeKey: recipe.yaml,
      Self.shapeKey: "\(JSONValue.array(inputShape.dimensions.map(JSONValue.integer)))",
      Self.outputsKey: "\(outputCount)",
    ]
    if let preparation { texts[Self.preparationKey] = "\(preparation.json)" }
    if let classes {
      texts[Self.classesKey] = "\(JSONValue.array(classes.map(JSONValue.string)))"
    }
    return texts
  }

  /// Reads a safetensors file; one that carries a digest of itself is checked against it.
  static func read(_ url: URL) throws(SafetensorsError) -> SafetensorsFile {
    let file = try Safetensors.read(url)
    return file.metadata["sha256"] == nil ? file : try SealedSafetensors.read(url)
  }

  /// Reads what stands beside the tensors; throws where it is not that of such a model.
  init(_ file: SafetensorsFile, expecting kind: Kind) throws {
    func damaged(_ problem: String) -> ModelError { ModelError(.damaged, file: file.file, problem) }
    guard let found = file.metadata[Self.kindKey].flatMap(Kind.init(rawValue:)),
      file.metadata[Self.format] == "1", let yaml = file.metadata[Self.recipeKey]
    else { throw damaged("it is a safetensors file, but no model of metalearn") }
    guard found == kind else {
      throw damaged(
        kind == .adapted
          ? "the model is not adapted to classes yet; use metalearn adapt RUN --support FOLDER "
            + "--output MODEL first"
          : "the model is adapted already; name the run that it came from")
    }
    self.kind = kind
    recipe = try Recipe(yaml: yaml, file: "\(file.file), recipe")
    let dimensions = try Self.elements(file.metadata[Self.shapeKey], \.integer)
    guard let dimensions, (1...4).contains(dimensions.count),
      dimensions.allSatisfy({ (1...1024).contains($0) }), dimensions.reduce(1, *) <= 1 << 24,
      let outputs = file.metadata[Self.outputsKey].flatMap(Int.init), (1...10_000) ~= outputs
    else { throw damaged("the shape of its inputs or the number of its outputs is missing") }
    let held = file.tensors.reduce(0) { $0 + $1.bytes.count / 4 }
    let least = try recipe.network.leastElementCount(
      inputShape: Shape(dimensions), outputs: recipe.learner.hasFixedWays ? outputs : nil)
    guard least <= held else {
      throw damaged("the network of its recipe has more weights than the file")
    }
    inputShape = Shape(dimensions)
    outputCount = outputs
    if let text = file.metadata[Self.preparationKey] {
      guard
        let value = (try? JSONValue(parsing: text)).flatMap(PicturePreparation.init),
        [value.height, value.width, value.channels] == dimensions
      else { throw damaged("the preparation of its pictures is damaged") }
      preparation = value
    } else {
      preparation = nil
    }
    classes = try Self.elements(file.metadata[Self.classesKey], \.string)
    guard kind == .metaTrained || classes?.isEmpty == false else {
      throw damaged("the names of its classes are missing")
    }
  }

  /// The elements of one kind in an array of JSON; nil where there is no text or another value.
  private static func elements<Element>(
    _ text: String?, _ kind: (JSONValue) -> Element?
  ) throws(JSONError) -> [Element]? {
    guard let text else { return nil }
    return try JSONValue(parsing: text).elements(kind)
  }
}

extension SafetensorsFile {
  /// The tensors as a tree of given names, shapes and roles; throws where one is missing, of another
  /// shape or not finite.
  func tree(like shapes: NamedTree<Shape>) throws -> ParameterValues {
    guard Set(names) == Set(shapes.names) else {
      let other =
        shapes.names.first { !names.contains($0) } ?? names.first { !shapes.names.contains($0) }
      throw ModelError(
        .damaged, file: file,
        "its tensors are not those of its recipe; one that differs is '\(other ?? "")'")
    }
    return try shapes.mapEntries { entry in
      let value = try value(entry.name)
      guard value.shape == entry.leaf, value.elementType == .float32 else {
        throw ModelError(
          .damaged, file: file,
          "'\(entry.name)' is \(value.elementType) of the shape \(value.shape), not float32 "
            + "\(entry.leaf)")
      }
      guard value.isFinite else {
        throw ModelError(.damaged, file: file, "'\(entry.name)' holds a number that is not finite")
      }
      return value
    }
  }
}
