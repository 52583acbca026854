internal import Files
package import TensorFiles
internal import Tensors

extension Checkpoint {
  private static let key = "metalearnCheckpoint"
  private static let format = 2

  /// The bytes of the checkpoint's file, always the same for the same checkpoint.
  ///
  /// Tensors are named `tree/leaf`, the rest is JSON in the free text, and a digest seals it all.
  package func encoded(file: String) throws(SafetensorsError) -> [UInt8] {
    var tensors: [(String, TensorValue)] = []
    for (tree, values) in trees {
      guard !tree.contains("/") else {
        fatalError("The name of a checkpoint's tree has no slash, unlike '\(tree)'.")
      }
      tensors += values.entries.map { ("\(tree)/\($0.name)", $0.leaf) }
    }
    return try SealedSafetensors.encode(
      tensors, metadata: [Self.key: "\(json)"], file: file)
  }

  /// Reads a checkpoint from the bytes of its file; throws where they are damaged or of another
  /// kind.
  package init(decoding bytes: [UInt8], file: String) throws(RunError) {
    let content: SafetensorsFile
    do throws(SafetensorsError) {
      content = try SealedSafetensors.decode(bytes, file: file)
    } catch {
      throw .damagedCheckpoint(file: file, reason: error.reason)
    }
    let fields = Fields(file: file)
    guard let text = content.metadata[Self.key], let json = try? JSONValue(parsing: text) else {
      throw fields.error("it is a safetensors file, but not a checkpoint")
    }
    guard try fields.integer(json["format"]) == Self.format else {
      throw fields.error("it was written by another version of this program")
    }
    self.init(
      step: try fields.integer(json["step"]),
      trees: try fields.map(json["trees"]) { (name, value) throws(RunError) in
        try fields.tree(name, value, content)
      },
      numbers: try fields.map(json["numbers"]) { (_, value) throws(RunError) in
        guard case .string(let text) = value, let number = Double(text) else {
          throw fields.error("a number of it is no number")
        }
        return number
      },
      counters: try fields.map(json["counters"]) { (_, value) throws(RunError) in
        try fields.integer(value)
      },
      texts: try fields.map(json["texts"]) { (_, value) throws(RunError) in
        try fields.text(value)
      },
      marks: try fields.map(json["marks"]) { (_, value) throws(RunError) in
        try fields.integer(value)
      })
  }

  /// What stands beside the tensors.
  private var json: JSONValue {
    [
      "format": .integer(Self.format), "step": .integer(step),
      "marks": Self.sorted(marks, JSONValue.integer),
      // As text, since JSON has no infinities.
      "numbers": Self.sorted(numbers) { .string("\($0)") },
      "counters": Self.sorted(counters, JSONValue.integer),
      "texts": Self.sorted(texts, JSONValue.string),
      "trees": Self.sorted(trees) { tree in
        .array(tree.entries.map { [.string($0.name), .string($0.role.rawValue)] })
      },
    ]
  }

  private static func sorted<Value>(
    _ values: [String: Value], _ encode: (Value) -> JSONValue
  ) -> JSONValue {
    .object(values.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, encode($0.value)) })
  }
}

/// Reads the fields of a checkpoint's description, any of which may be missing.
private struct Fields {
  let file: String

  func error(_ reason: String) -> RunError { .damagedCheckpoint(file: file, reason: reason) }

  func integer(_ value: JSONValue?) throws(RunError) -> Int {
    guard case .integer(let integer) = value else { throw error("a whole number is missing") }
    return integer
  }

  func text(_ value: JSONValue?) throws(RunError) -> String {
    guard case .string(let text) = value else { throw error("a text is missing") }
    return text
  }

  func map<Value>(
    _ value: JSONValue?, _ decode: (String, JSONValue) throws(RunError) -> Value
  ) throws(RunError) -> [String: Value] {
    guard case .object(let members) = value else { throw error("a group of fields is missing") }
    var values: [String: Value] = [:]
    for member in members { values[member.key] = try decode(member.key, member.value) }
    return values
  }

  func tree(
    _ name: String, _ value: JSONValue, _ content: SafetensorsFile
  ) throws(RunError) -> ParameterValues {
    guard case .array(let leaves) = value else { throw error("the tree '\(name)' is missing") }
    var tree = ParameterValues()
    for leaf in leaves {
      guard case .array(let parts) = leaf, parts.count == 2,
        let role = ParameterValues.Role(rawValue: try text(parts[1]))
      else { throw error("the tree '\(name)' has a leaf without a name or a role") }
      let leafName = try text(parts[0])
      guard tree.leaf(named: leafName) == nil else {
        throw error("the tree '\(name)' has two leaves '\(leafName)'")
      }
      do throws(SafetensorsError) {
        let value = try content.value("\(name)/\(leafName)")
        tree.append(ParameterValues.Entry(name: leafName, leaf: value, role: role))
      } catch {
        throw .damagedCheckpoint(file: file, reason: error.reason)
      }
    }
    return tree
  }
}
