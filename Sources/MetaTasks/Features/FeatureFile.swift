import Files
import Foundation
import TensorFiles
import Tensors

/// Features that some other program made, in a file: a row of numbers for each example, and the class
/// of each where the file has classes.
///
/// Read are safetensors with tensors `features` [n, ...] and `labels` [n]; archives of NumPy (`.npz`)
/// with arrays of these names, or `X` and `y`; and an array of NumPy (`.npy`) with, beside it, a list of
/// the same name and the ending `.txt` with a class on each line.
struct FeatureFile {
  /// The features, float32 [n, ...].
  let features: TensorValue
  /// The class of each example by name; nil where the file has none.
  let labels: [String]?

  private static let featureNames = ["features", "X", "x", "embeddings"]
  private static let labelNames = ["labels", "y", "targets"]

  /// The endings of names of such files, in small letters.
  static let endings = ["npy", "npz", "safetensors"]

  /// Reads a file; throws where it has no features, or as many classes as it should.
  init(_ url: URL) throws(ReadError) {
    let (features, labels): (TensorValue, [String]?)
    switch url.pathExtension.lowercased() {
    case "npy": (features, labels) = try Self.array(url)
    case "npz": (features, labels) = try Self.archive(url)
    default: (features, labels) = try Self.tensors(url)
    }
    guard features.elementType == .float32, features.shape.rank >= 2, features.shape[0] > 0,
      features.shape.elementCount > 0
    else {
      throw ReadError(
        .damaged, file: url.path,
        "its features are \(features.elementType)\(features.shape), and numbers with a row for each "
          + "example are wanted.")
    }
    if let row = features.floats.firstIndex(where: { !$0.isFinite }) {
      let width = features.shape.elementCount / features.shape[0]
      throw ReadError(
        .damaged, file: url.path, "row \(row / width) has a number that is not finite.")
    }
    if let labels, labels.count != features.shape[0] {
      throw ReadError(
        .damaged, file: url.path,
        "\(features.shape[0]) rows of features and \(counted(labels.count, "label")) do not go "
          + "together.")
    }
    self.features = features
    self.labels = labels
  }

  private static func tensors(_ url: URL) throws(ReadError) -> (TensorValue, [String]?) {
    do throws(SafetensorsError) {
      let file = try Safetensors.read(url)
      let features = featureNames.first(where: file.names.contains) ?? featureNames[0]
      let labels = try labelNames.first(where: file.names.contains).map {
        (name) throws(SafetensorsError) in try file.value(name)
      }
      return (try file.value(features), labels.map(names))
    } catch {
      if case .file(let cause) = error.kind { throw ReadError(cause) }
      throw ReadError(.damaged, file: url.path, "\(error.reason).")
    }
  }

  private static func archive(_ url: URL) throws(ReadError) -> (TensorValue, [String]?) {
    let archive = try ZipReader(url)
    func value(_ names: [String]) throws(ReadError) -> TensorValue? {
      let member = archive.members.first { member in names.contains { "\($0).npy" == member.name } }
      guard let member else { return nil }
      return try array(in: try archive.bytes(of: member), file: url.path, member: member.name)
    }
    guard let features = try value(featureNames) else {
      throw ReadError(
        .damaged, file: url.path,
        "no array '\(featureNames.joined(separator: "', '"))'; there are: "
          + "\(archive.members.map(\.name).joined(separator: ", ")).")
    }
    return (features, try value(labelNames).map(names))
  }

  private static func array(_ url: URL) throws(ReadError) -> (TensorValue, [String]?) {
    let bytes = try ReadError.naming { () throws(FileError) in
      try OpenFile.bytes(of: url.path, limit: 1 << 34)
    }
    let features = try array(in: bytes, file: url.path)
    let list = url.deletingPathExtension().appendingPathExtension("txt")
    guard Folder.kind(at: list) != .absent else { return (features, nil) }
    let reader = try LineReader(list)
    var labels: [String] = []
    while let line = try reader.next() {
      labels.append(
        String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }
    return (features, labels)
  }

  private static func array(
    in bytes: [UInt8], file: String, member: String? = nil
  ) throws(ReadError) -> TensorValue {
    do throws(NumPyFile.Fault) {
      return try NumPyFile(bytes).value()
    } catch { throw ReadError(.damaged, file: file, member: member, error.description) }
  }

  /// Labels as names; whole numbers are written without a fraction.
  private static func names(_ labels: TensorValue) -> [String] {
    switch labels.storage {
    case .float32(let floats):
      floats.map { float in Int(exactly: float).map(String.init) ?? "\(float)" }
    case .int32(let integers): integers.map(String.init)
    case .uint32(let integers): integers.map(String.init)
    case .uint8(let integers): integers.map(String.init)
    }
  }
}
