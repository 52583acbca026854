import Files
import Foundation
import Runs
import TensorFiles
import Tensors

/// A reference calculation: what to compute, from which numbers, and what must come out.
struct Fixture {
  /// An output with its tolerance.
  struct Expected {
    let shape: Shape
    let elements: [Double]
    /// What the norm of the difference is divided by.
    let scale: Double
  }

  let name: String
  /// What kind of calculation, with the algorithm where a kind has several: `gbml/maml`.
  let kind: String
  let hyper: FixtureObject
  /// The largest relative error of a calculation in single precision.
  let tolerance: Double
  private(set) var inputs: [String: TensorValue] = [:]
  private(set) var outputs: [String: Expected] = [:]

  init(named name: String) throws {
    let url = FixtureFolder.url
    let text = try String(contentsOf: url.appending(path: "\(name).json"), encoding: .utf8)
    let json = FixtureObject(value: try JSONValue(parsing: text), path: name)
    self.name = name
    hyper = try json.object("hyper")
    tolerance = try json.object("tolerance").number("relative")
    let family = try json.string("kind")
    kind = hyper.has("algorithm") ? "\(family)/\(try hyper.string("algorithm"))" : family
    let file = try Safetensors.read(url.appending(path: "\(name).safetensors"))
    for (tensorName, description) in try json.object("tensors").members {
      try take(tensorName, description, file)
    }
  }

  private mutating func take(
    _ tensorName: String, _ description: FixtureObject, _ file: SafetensorsFile
  ) throws {
    let shape = Shape(try description.integers("shape"))
    guard try file.tensor(tensorName).shape == shape.dimensions else {
      throw FixtureError("\(name): \(tensorName) differs in shape from its file")
    }
    switch try description.string("role") {
    case "input": inputs[tensorName] = try file.value(tensorName)
    case "output":
      outputs[tensorName] = Expected(
        shape: shape, elements: try file.doubles(tensorName),
        scale: try description.number("scale"))
    case let role: throw FixtureError("\(name): \(tensorName) is neither input nor output: \(role)")
    }
  }

  func input(_ name: String) throws -> TensorValue {
    guard let value = inputs[name] else { throw FixtureError("\(self.name): no input \(name)") }
    return value
  }

  /// The inputs below a prefix in the order and with the roles of a tree, whose names and shapes
  /// must be theirs.
  func parameters(like tree: ParameterValues, below prefix: String) throws -> ParameterValues {
    let given = inputs.keys.filter { $0.hasPrefix("\(prefix).") }
    guard Set(given) == Set(tree.names.map { "\(prefix).\($0)" }) else {
      throw FixtureError(
        "\(name): the inputs \(given.sorted()) are not the parameters \(tree.names)")
    }
    return try tree.mapEntries { entry in
      let value = try input("\(prefix).\(entry.name)")
      guard value.shape == entry.leaf.shape else {
        throw FixtureError(
          "\(name): \(entry.name) has the shape \(value.shape), not \(entry.leaf.shape)")
      }
      return value
    }
  }
}
