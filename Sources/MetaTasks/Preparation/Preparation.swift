public import Files
public import Foundation
public import Settings
public import Tensors

/// How raw input of one kind, such as pictures in files, becomes the inputs of a learner.
///
/// It belongs into every model file, so that new input is treated as that of the training was. Data
/// sets, `adapt` and `predict` share it.
public protocol Preparation: Sendable {
  /// The name of the kind in model files, such as `picture`.
  static var kind: String { get }
  /// What one item is, for people: `picture`.
  static var itemName: String { get }
  /// What a support set of classes is given as, for people: `FOLDER/<class>/*.png`.
  static var supportForm: String { get }

  /// Reads what `json` wrote; throws, saying what is wrong, where it is not that.
  init(json: JSONValue) throws(PreparationError)
  /// Everything that preparing depends on.
  var json: JSONValue { get }

  /// The inputs that come out.
  var inputs: [InputDescription] { get }

  /// The items that words of a user mean: a folder may mean all that is in it.
  ///
  /// Throws where a folder has nothing of the kind.
  func items(meantBy words: [String], _ reading: Reading) throws(ReadError) -> [String]

  /// The inputs for items as a user names them, such as file names or texts, each `[items, ...]`.
  ///
  /// Throws at the first item that is missing or of another kind, and where reading is stopped.
  func values(
    of items: [String], _ reading: Reading
  ) throws(ReadError) -> NamedTree<TensorValue>

  /// The examples of a user's classes at a path; throws where there are none or one is damaged, and
  /// where reading is stopped.
  func classes(at url: URL, _ reading: Reading) throws(ReadError) -> LabelledInputs
}

extension Preparation {
  /// Each word means itself.
  public func items(meantBy words: [String], _ reading: Reading) throws(ReadError) -> [String] {
    words
  }

  /// The inputs for items, read without telling anybody.
  public func values(of items: [String]) throws(ReadError) -> NamedTree<TensorValue> {
    try values(of: items, .plain)
  }

  /// The examples of a user's classes at a path, read without telling anybody.
  public func classes(at url: URL) throws(ReadError) -> LabelledInputs {
    try classes(at: url, .plain)
  }
}

/// Examples in classes of a user's own, ready to be learned from.
public struct LabelledInputs: Sendable {
  /// The name of each class, and how many examples it has, in order.
  public let classes: [(name: String, count: Int)]
  /// The inputs of all examples, class after class, each `[examples, ...]`.
  public let inputs: NamedTree<TensorValue>

  /// Puts examples in classes together.
  public init(classes: [(name: String, count: Int)], inputs: NamedTree<TensorValue>) {
    self.classes = classes
    self.inputs = inputs
  }

  /// The number of examples.
  public var count: Int { classes.reduce(0) { $0 + $1.count } }

  /// The examples with the numbers of their classes as targets.
  ///
  /// Where classes have different numbers of examples, these weigh so much that all classes count
  /// the same.
  public var examples: ExampleValues {
    let targets = classes.enumerated().flatMap { number, category in
      [Int32](repeating: Int32(number), count: category.count)
    }
    return ExampleValues(
      inputs: inputs, targets: TensorValue(targets, shape: [targets.count]),
      weights: isBalanced ? nil : TensorValue(balancingWeights, shape: [targets.count]),
      target: .classes(classes.count))
  }

  /// Whether all classes have as many examples.
  public var isBalanced: Bool { Set(classes.map(\.count)).count <= 1 }

  /// What makes all classes count the same; the mean over examples is 1.
  private var balancingWeights: [Float] {
    classes.flatMap { category in
      [Float](
        repeating: Float(count) / Float(max(1, classes.count * category.count)),
        count: category.count)
    }
  }
}

/// A preparation that cannot be read: what is wrong with it.
public struct PreparationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public let description: String

  /// Makes an error of what is wrong.
  public init(_ description: String) { self.description = description }
}

/// One kind of preparation that model files may name.
public struct PreparationEntry: CatalogueItem {
  /// The name in model files.
  public let name: String
  /// What it is, in one line.
  public let summary: String
  /// Reads one.
  public let read: @Sendable (JSONValue) throws(PreparationError) -> any Preparation

  /// Makes the entry of a type.
  public init<Kind: Preparation>(_ type: Kind.Type, _ summary: String) {
    name = Kind.kind
    self.summary = summary
    read = { (json) throws(PreparationError) in try Kind(json: json) }
  }

  /// A recipe sets nothing about it: the data set chooses it.
  public func describe(in section: SettingsSection) {}
}
