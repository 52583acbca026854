public import Files
public import Foundation
public import Tensors

/// Features that some other program made: they are taken as they are.
public struct FeaturePreparation: Preparation, Hashable {
  /// The name of the input, float32 of the shape of an example.
  public static let inputName = "features"

  /// The shape of one example.
  public let shape: Shape

  /// Describes features of a shape.
  public init(shape: Shape) { self.shape = shape }

  /// Features of the shape.
  public var inputs: [InputDescription] { [InputDescription(Self.inputName, shape: shape)] }

  /// A file means all its rows, `file[0]`, `file[1]`, ....
  public func items(meantBy words: [String], _ reading: Reading) throws(ReadError) -> [String] {
    var items: [String] = []
    for word in words {
      items += (0..<(try features(in: word).shape[0])).map { "\(word)[\($0)]" }
    }
    return items
  }

  /// The rows that are named `file[row]`; throws where there is none.
  public func values(
    of items: [String], _ reading: Reading
  ) throws(ReadError) -> NamedTree<TensorValue> {
    var files: [String: TensorValue] = [:]
    var chosen: [Float] = []
    for item in items {
      guard item.hasSuffix("]"), let bracket = item.lastIndex(of: "["),
        let row = Int(item[item.index(after: bracket)...].dropLast())
      else {
        throw ReadError(.damaged, file: item, "no row of a file; name one as file[0].")
      }
      let file = String(item[..<bracket])
      if files[file] == nil { files[file] = try features(in: file) }
      guard let features = files[file] else { continue }
      guard (0..<features.shape[0]).contains(row) else {
        throw ReadError(.damaged, file: file, "it has \(features.shape[0]) rows and none \(row).")
      }
      chosen += features.slice(at: row).floats
    }
    return NamedTree([Self.inputName: TensorValue(chosen, shape: [items.count] + shape)])
  }

  /// The features of a user's classes in a file; throws where it names no classes, or features have
  /// another shape.
  public func classes(at url: URL, _ reading: Reading) throws(ReadError) -> LabelledInputs {
    let file = try FeatureFile(url)
    guard let labels = file.labels else {
      throw ReadError(
        .damaged, file: url.path,
        "it has no labels; put them beside the features, a number or a line for each row.")
    }
    try check(file.features, url.path)
    let features = LabelledFeatures(file.features, labels: labels)
    return LabelledInputs(
      classes: features.categories.map { ($0.name, $0.rows.count) },
      inputs: features.values(numbers: Array(0..<features.exampleCount)))
  }

  private func features(in path: String) throws(ReadError) -> TensorValue {
    let features = try FeatureFile(URL(fileURLWithPath: path)).features
    try check(features, path)
    return features
  }

  private func check(_ features: TensorValue, _ path: String) throws(ReadError) {
    guard features.shape.dimensions.dropFirst().elementsEqual(shape.dimensions) else {
      throw ReadError(
        .damaged, file: path,
        "its examples have the shape \(Array(features.shape.dimensions.dropFirst())), and those of the "
          + "training had \(shape.dimensions); take features of the same encoder.")
    }
  }
}

// MARK: In model files

extension FeaturePreparation {
  /// The name in model files.
  public static var kind: String { "features" }
  /// What one item is.
  public static var itemName: String { "features" }
  /// A file of features and their labels.
  public static var supportForm: String { "FEATURES.npz with labels" }

  /// The shape.
  public var json: JSONValue { ["shape": .array(shape.dimensions.map { .integer($0) })] }

  /// Reads what `json` wrote.
  public init(json: JSONValue) throws(PreparationError) {
    guard let extents = json["shape"]?.elements(\.integer), (1...8).contains(extents.count),
      extents.allSatisfy({ (1...1 << 24).contains($0) })
    else { throw PreparationError("its shape is missing or out of bounds") }
    self.init(shape: Shape(extents))
  }
}
