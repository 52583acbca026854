internal import Files
internal import Foundation
internal import MetaLearning
internal import MetaTasks
internal import NeuralNetworks
internal import Settings
internal import TensorFiles
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
  /// What its tasks are made of.
  let signature: Signature
  /// The classes that it tells apart, or those of test tasks; nil where there are none.
  let ways: Int?
  /// How raw input becomes inputs; nil where there is none to bring.
  let preparation: (any Preparation)?
  /// Below which score a query is of none of the classes; nil where that was not found.
  var unknown: NoveltyThreshold?
  /// Of an adapted model the classes' names, in the order of the outputs, and how many examples it
  /// saw.
  var classes: [String]?
  var supportCount: Int?
  /// Whether these weighed differently, as classes had different numbers of them.
  var isSupportWeighted = false

  /// The learner that the tensors belong to.
  func learner() throws(SettingsError) -> any MetaLearner {
    try recipe.learner(for: signature, ways: ways)
  }
}

// MARK: Reading and writing

extension ModelMetadata {
  private static let format = "metalearn.format"
  private static let formatNumber = "2"
  private static let kindKey = "metalearn.kind"
  private static let recipeKey = "metalearn.recipe"
  private static let signatureKey = "metalearn.signature"
  private static let waysKey = "metalearn.ways"
  private static let preparationKey = "metalearn.preparation"
  private static let unknownKey = "metalearn.unknown"
  private static let classesKey = "metalearn.classes"
  private static let supportKey = "metalearn.supportCount"
  private static let weightedKey = "metalearn.supportWeights"

  /// The free text of the file.
  var encoded: [String: String] {
    var texts = [
      Self.format: Self.formatNumber, Self.kindKey: kind.rawValue, Self.recipeKey: recipe.yaml,
      Self.signatureKey: "\(signature.json)",
    ]
    if let ways { texts[Self.waysKey] = "\(ways)" }
    if let preparation {
      let json: JSONValue = [
        "kind": .string(type(of: preparation).kind), "settings": preparation.json,
      ]
      texts[Self.preparationKey] = "\(json)"
    }
    if let unknown { texts[Self.unknownKey] = "\(unknown.json)" }
    if let classes {
      texts[Self.classesKey] = "\(JSONValue.array(classes.map(JSONValue.string)))"
    }
    if let supportCount { texts[Self.supportKey] = "\(supportCount)" }
    if isSupportWeighted { texts[Self.weightedKey] = "balanced" }
    return texts
  }

  /// Reads a safetensors file; one that carries a digest of itself is checked against it.
  static func read(_ url: URL) throws(SafetensorsError) -> SafetensorsFile {
    let file = try Safetensors.read(url)
    return file.metadata["sha256"] == nil ? file : try SealedSafetensors.read(url)
  }

  /// Reads what stands beside the tensors; throws where it is not that of such a model.
  init(
    _ file: SafetensorsFile, expecting kind: Kind, _ catalogues: Catalogues
  ) throws {
    func damaged(_ problem: String) -> ModelError { ModelError(.damaged, file: file.file, problem) }
    let texts = file.metadata
    guard let found = texts[Self.kindKey].flatMap(Kind.init(rawValue:)),
      let yaml = texts[Self.recipeKey]
    else { throw damaged("it is a safetensors file, but no model of metalearn") }
    guard texts[Self.format] == Self.formatNumber else {
      throw damaged("it was written by another version of this program; train the run again")
    }
    guard found == kind else {
      throw damaged(
        kind == .adapted
          ? "the model is not adapted to classes yet; use metalearn adapt RUN --support FOLDER "
            + "--output MODEL first"
          : "the model is adapted already; name the run that it came from")
    }
    guard let json = try texts[Self.signatureKey].map({ try JSONValue(parsing: $0) }),
      let signature = Signature(json: json)
    else { throw damaged("what its inputs and outputs are is missing or damaged") }
    self.kind = kind
    recipe = try Recipe(yaml: yaml, file: "\(file.file), recipe", catalogues)
    self.signature = signature
    ways = texts[Self.waysKey].flatMap(Int.init)
    guard ways.map({ (1...10_000).contains($0) }) ?? (signature.target != .classes) else {
      throw damaged("the number of its classes is missing")
    }
    preparation = try Self.preparation(
      texts[Self.preparationKey], like: signature, file: file.file, catalogues)
    unknown = try texts[Self.unknownKey].map { try JSONValue(parsing: $0) }
      .flatMap(NoveltyThreshold.init(json:))
    classes = try texts[Self.classesKey].map { try JSONValue(parsing: $0) }?.elements(\.string)
    supportCount = texts[Self.supportKey].flatMap(Int.init).map { min(max($0, 1), 1 << 16) }
    isSupportWeighted = texts[Self.weightedKey] != nil
    let isComplete = classes?.isEmpty == false && supportCount != nil
    guard kind == .metaTrained || isComplete else {
      throw damaged("the names of its classes are missing")
    }
    try checkSize(file)
  }

  private static func preparation(
    _ text: String?, like signature: Signature, file: String, _ catalogues: Catalogues
  ) throws -> (any Preparation)? {
    guard let text else { return nil }
    func damaged(_ problem: String) -> ModelError {
      ModelError(.damaged, file: file, "the preparation of its inputs: \(problem)")
    }
    let json = try JSONValue(parsing: text)
    guard let kind = json["kind"]?.string, let settings = json["settings"] else {
      throw damaged("it does not say what it is")
    }
    guard let entry = catalogues.preparations[kind] else {
      throw damaged("no kind is called '\(kind)'; run it with the program that made it")
    }
    do throws(PreparationError) {
      let preparation = try entry.read(settings)
      guard preparation.inputs == signature.inputs else {
        throw PreparationError("it does not make the model's inputs")
      }
      return preparation
    } catch {
      throw damaged(error.description)
    }
  }

  /// Weights that a file may lack before its network is refused unmade: a file that lacks fewer is
  /// told by the name of one.
  private static let harmlessCount = 1 << 20

  /// Throws where the network of the recipe has many more weights than the file, before any is
  /// made.
  private func checkSize(_ file: SafetensorsFile) throws {
    let held = file.tensors.reduce(0) { $0 + $1.bytes.count / 4 }
    // A head that the learner makes for each task is not in the file.
    let hasHead = recipe.learner.plan.needs.outputs == .fixedHead
    let outputs = hasHead ? signature.target.target(ways: ways).outputCount : nil
    guard let network = try recipe.network(for: signature, outputs: outputs) else { return }
    guard network.parameterDefinitions.elementCount <= held + Self.harmlessCount else {
      throw ModelError(
        .damaged, file: file.file, "the network of its recipe has more weights than the file")
    }
  }
}

/// What a tensor is like, without its numbers.
struct LeafForm: Hashable {
  let shape: Shape
  let elementType: ElementType
}

extension SafetensorsFile {
  /// The tensors as a tree of given names, forms and roles; throws where one is missing, of another
  /// form or not finite.
  func tree(like forms: NamedTree<LeafForm>) throws -> ParameterValues {
    guard Set(names) == Set(forms.names) else {
      let other =
        forms.names.first { !names.contains($0) } ?? names.first { !forms.names.contains($0) }
      throw ModelError(
        .damaged, file: file,
        "its tensors are not those of its recipe; one that differs is '\(other ?? "")'")
    }
    return try leaves(like: forms)
  }

  /// The same, where the file may hold others besides.
  func leaves(like forms: NamedTree<LeafForm>) throws -> ParameterValues {
    try forms.mapEntries { entry in
      let value = try value(entry.name)
      guard value.shape == entry.leaf.shape, value.elementType == entry.leaf.elementType else {
        throw ModelError(
          .damaged, file: file,
          "'\(entry.name)' is \(value.elementType) of the shape \(value.shape), not "
            + "\(entry.leaf.elementType) \(entry.leaf.shape)")
      }
      guard value.isFinite else {
        throw ModelError(.damaged, file: file, "'\(entry.name)' holds a number that is not finite")
      }
      return value
    }
  }
}

extension NamedTree where Leaf == TensorValue {
  /// What the leaves are like.
  var forms: NamedTree<LeafForm> {
    map { LeafForm(shape: $0.shape, elementType: $0.elementType) }
  }
}

extension NamedTree where Leaf == Tensor {
  /// What the leaves are like.
  var forms: NamedTree<LeafForm> {
    map { LeafForm(shape: $0.shape, elementType: $0.elementType) }
  }
}
