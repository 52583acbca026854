internal import MetaTasks

/// The bounds of a number in a recipe.
public enum RecipeBounds: Hashable, Sendable {
  /// Any finite number.
  case any
  /// Greater than 0.
  case positive
  /// 0 or greater.
  case notNegative
  /// Both ends included.
  case within(ClosedRange<Double>)

  func contains(_ value: Double) -> Bool {
    switch self {
    case .any: true
    case .positive: value > 0
    case .notNegative: value >= 0
    case .within(let range): range.contains(value)
    }
  }

  /// The bounds in words that follow "must".
  var words: String {
    switch self {
    case .any: "be a number"
    case .positive: "be greater than 0"
    case .notNegative: "not be negative"
    case .within(let range): "be between \(range.lowerBound) and \(range.upperBound)"
    }
  }
}

extension RecipeSection {
  /// A whole number within bounds; without a default the key is needed.
  public func integer(
    _ key: String, default fallback: Int? = nil, in range: ClosedRange<Int> = Int.min...Int.max
  ) throws(RecipeError) -> Int {
    try value(key, default: fallback, expected: "a whole number", recorded: RecipeValue.integer) {
      (node) throws(RecipeError) in try parseInteger(key, node, range)
    }
  }

  /// A finite number within bounds; without a default the key is needed.
  public func number(
    _ key: String, default fallback: Double? = nil, _ bounds: RecipeBounds = .any
  ) throws(RecipeError) -> Double {
    try value(key, default: fallback, expected: "a number", recorded: RecipeValue.number) {
      (node) throws(RecipeError) in try parseNumber(key, node, bounds)
    }
  }

  /// True or false; without a default the key is needed.
  public func boolean(
    _ key: String, default fallback: Bool? = nil
  ) throws(RecipeError) -> Bool {
    try value(key, default: fallback, expected: "true or false", recorded: RecipeValue.boolean) {
      (node) throws(RecipeError) in
      guard case .scalar(let text, isQuoted: false) = node.content else { return nil }
      return ["true": true, "false": false][text]
    }
  }

  /// A text; without a default the key is needed.
  public func string(
    _ key: String, default fallback: String? = nil
  ) throws(RecipeError) -> String {
    try value(key, default: fallback, expected: "a text", recorded: RecipeValue.string) {
      (node) throws(RecipeError) in
      guard case .scalar(let text, _) = node.content else { return nil }
      return text
    }
  }

  /// One of the named cases of a type; without a default the key is needed.
  public func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, default fallback: Choice? = nil
  ) throws(RecipeError) -> Choice {
    let name = try choice(
      key, default: fallback?.rawValue, among: Choice.allCases.map(\.rawValue))
    guard let choice = Choice(rawValue: name) else {
      fatalError("\(Choice.self) does not know its own case '\(name)'.")
    }
    return choice
  }

  /// One of several names; without a default the key is needed.
  public func choice(
    _ key: String, default fallback: String? = nil, among names: [String]
  ) throws(RecipeError) -> String {
    let expected = "one of \(names.joined(separator: ", "))"
    return try value(key, default: fallback, expected: expected, recorded: RecipeValue.string) {
      (node) throws(RecipeError) in
      guard case .scalar(let text, _) = node.content else { return nil }
      if names.contains(text) { return text }
      let nearest = NearestName.question(for: text, among: names)
      throw RecipeError(
        .outOfBounds, node.place,
        "'\(full(key))' must be \(expected), but is \(node.shown)\(nearest)")
    }
  }

  /// A whole number within bounds, or nothing (`null`, the default unless another is given).
  public func optionalInteger(
    _ key: String, default fallback: Int? = nil, in range: ClosedRange<Int> = Int.min...Int.max
  ) throws(RecipeError) -> Int? {
    try optional(key, fallback, "a whole number", RecipeValue.integer) {
      (node) throws(RecipeError) in try parseInteger(key, node, range)
    }
  }

  /// A finite number within bounds, or nothing (`null`, the default unless another is given).
  public func optionalNumber(
    _ key: String, default fallback: Double? = nil, _ bounds: RecipeBounds = .any
  ) throws(RecipeError) -> Double? {
    try optional(key, fallback, "a number", RecipeValue.number) {
      (node) throws(RecipeError) in try parseNumber(key, node, bounds)
    }
  }

  /// A list of whole numbers within bounds, itself of a length within bounds.
  public func integers(
    _ key: String, default fallback: [Int]? = nil, in range: ClosedRange<Int> = Int.min...Int.max,
    count: ClosedRange<Int> = 0...Int.max
  ) throws(RecipeError) -> [Int] {
    try list(key, fallback, "a list of whole numbers", count, RecipeValue.integer) {
      (node) throws(RecipeError) in try parseInteger(key, node, range)
    }
  }

  /// A list of finite numbers within bounds, itself of a length within bounds.
  public func numbers(
    _ key: String, default fallback: [Double]? = nil, _ bounds: RecipeBounds = .any,
    count: ClosedRange<Int> = 0...Int.max
  ) throws(RecipeError) -> [Double] {
    try list(key, fallback, "a list of numbers", count, RecipeValue.number) {
      (node) throws(RecipeError) in try parseNumber(key, node, bounds)
    }
  }

  /// A list of texts, of a length within bounds.
  public func strings(
    _ key: String, default fallback: [String]? = nil, count: ClosedRange<Int> = 0...Int.max
  ) throws(RecipeError) -> [String] {
    try list(key, fallback, "a list of texts", count, RecipeValue.string) {
      (node) throws(RecipeError) in
      guard case .scalar(let text, _) = node.content else { return nil }
      return text
    }
  }

  private func optional<Value>(
    _ key: String, _ fallback: Value?, _ expected: String,
    _ recorded: @escaping (Value) -> RecipeValue,
    parse: (RecipeNode) throws(RecipeError) -> Value?
  ) throws(RecipeError) -> Value? {
    try value(
      key, default: .some(fallback), expected: "\(expected) or null",
      recorded: { $0.map(recorded) ?? .null },
      parse: { (node) throws(RecipeError) -> Value?? in
        if case .null = node.content { return .some(nil) }
        guard let value = try parse(node) else { return nil }
        return .some(value)
      })
  }

  private func list<Element>(
    _ key: String, _ fallback: [Element]?, _ expected: String, _ count: ClosedRange<Int>,
    _ recorded: @escaping (Element) -> RecipeValue,
    parse: (RecipeNode) throws(RecipeError) -> Element?
  ) throws(RecipeError) -> [Element] {
    try value(
      key, default: fallback, expected: expected, recorded: { .list($0.map(recorded)) },
      parse: { (node) throws(RecipeError) -> [Element]? in
        guard case .list(let nodes) = node.content else { return nil }
        guard count.contains(nodes.count) else {
          throw RecipeError(
            .outOfBounds, node.place,
            "'\(full(key))' must have \(Self.words(count, of: "elements")), but has \(nodes.count)")
        }
        return try parseElements(key, nodes, expected, parse: parse)
      })
  }

  func parseElements<Element>(
    _ key: String, _ nodes: [RecipeNode], _ expected: String,
    parse: (RecipeNode) throws(RecipeError) -> Element?
  ) throws(RecipeError) -> [Element] {
    var elements: [Element] = []
    for node in nodes {
      guard let element = try parse(node) else { throw wrongType(key, node, expected: expected) }
      elements.append(element)
    }
    return elements
  }

  func parseInteger(
    _ key: String, _ node: RecipeNode, _ range: ClosedRange<Int>
  ) throws(RecipeError) -> Int? {
    guard case .scalar(let text, isQuoted: false) = node.content,
      text.utf8.allSatisfy({ "+-0123456789".utf8.contains($0) })
    else { return nil }
    let digits = text.drop { "+-".contains($0) }
    guard !digits.isEmpty, digits.allSatisfy(\.isNumber), text.utf8.count - digits.utf8.count <= 1
    else { return nil }
    guard let integer = Int(text), range.contains(integer) else {
      throw outOfBounds(key, node, must: "be \(Self.words(range, of: nil))")
    }
    return integer
  }

  private func parseNumber(
    _ key: String, _ node: RecipeNode, _ bounds: RecipeBounds
  ) throws(RecipeError) -> Double? {
    // Swift's own reading of numbers also takes words and hexadecimal digits.
    guard case .scalar(let text, isQuoted: false) = node.content,
      text.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }), let number = Double(text)
    else { return nil }
    guard number.isFinite, bounds.contains(number) else {
      throw outOfBounds(key, node, must: number.isFinite ? bounds.words : "be finite")
    }
    return number
  }

  private static func words(_ range: ClosedRange<Int>, of what: String?) -> String {
    let what = what.map { " \($0)" } ?? ""
    if range.lowerBound == range.upperBound { return "exactly \(range.lowerBound)\(what)" }
    if range.upperBound == .max, range.lowerBound == .min { return "of 64 bits\(what)" }
    if range.upperBound == .max { return "at least \(range.lowerBound)\(what)" }
    if range.lowerBound == .min { return "at most \(range.upperBound)\(what)" }
    return "between \(range.lowerBound) and \(range.upperBound)\(what)"
  }
}
