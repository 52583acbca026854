internal import Files
internal import MetaTasks
internal import Tensors

// What tasks are made of, as model files hold it: enough to make the learner again.
extension Signature {
  /// The signature as JSON.
  var json: JSONValue {
    [
      "inputs": .array(inputs.map(\.json)), "target": .string(target.name),
      "count": target.count.map(JSONValue.integer) ?? .null, "order": .string(order.rawValue),
    ]
  }

  /// Reads what `json` wrote; nil where it is something else or out of all bounds.
  ///
  /// Metrics are not part of it: a model file is not judged.
  init?(json: JSONValue) {
    guard let inputs = json["inputs"]?.array?.map(InputDescription.init(json:)),
      (1...16).contains(inputs.count), let name = json["target"]?.string,
      let target = TargetKind(name: name, count: json["count"]?.integer),
      let order = json["order"]?.string.flatMap(Order.init(rawValue:))
    else { return nil }
    let sound = inputs.compactMap { $0 }
    guard sound.count == inputs.count, Set(sound.map(\.name)).count == sound.count else {
      return nil
    }
    self.init(
      inputs: sound, target: target, order: order,
      metrics: [target == .classes ? .accuracy : .squaredError])
  }
}

extension InputDescription {
  fileprivate var json: JSONValue {
    [
      "name": .string(name), "shape": .array(shape.dimensions.map(JSONValue.integer)),
      "valueCount": valueCount.map(JSONValue.integer) ?? .null,
    ]
  }

  fileprivate init?(json: JSONValue) {
    guard let name = json["name"]?.string, !name.isEmpty, name.utf8.count <= 200,
      let shape = json["shape"]?.elements(\.integer), shape.count <= 4,
      shape.allSatisfy({ (1...4096).contains($0) }), shape.reduce(1, *) <= 1 << 24
    else { return nil }
    if let valueCount = json["valueCount"]?.integer {
      guard (1...1 << 24).contains(valueCount) else { return nil }
      self.init(name, shape: Shape(shape), valueCount: valueCount)
    } else {
      self.init(name, shape: Shape(shape))
    }
  }
}

extension TargetKind {
  fileprivate var name: String {
    switch self {
    case .classes: "classes"
    case .numbers: "numbers"
    case .choice: "choice"
    case .rewards: "rewards"
    }
  }

  fileprivate var count: Int? {
    switch self {
    case .classes: nil
    case .numbers(let count), .choice(let count), .rewards(let count): count
    }
  }

  fileprivate init?(name: String, count: Int?) {
    if name == "classes" {
      self = .classes
      return
    }
    guard let count, (1...10_000).contains(count) else { return nil }
    switch name {
    case "numbers": self = .numbers(count)
    case "choice": self = .choice(candidates: count)
    case "rewards": self = .rewards(actions: count)
    default: return nil
    }
  }
}
