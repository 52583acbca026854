// Settings of several values, some of which one number may stand for.
extension SettingsSection {
  /// A list of whole numbers within bounds, itself of a length within bounds.
  public func integers(
    _ key: String, _ meaning: String, default fallback: [Int]? = nil,
    in range: ClosedRange<Int> = Int.min...Int.max, count: ClosedRange<Int> = 0...Int.max
  ) throws(SettingsError) -> [Int] {
    try list(key, .integers(range, count: count), meaning, fallback, count, SettingValue.integer) {
      (node) throws(SettingsError) in try parseInteger(key, node, range)
    }
  }

  /// A list of finite numbers within bounds, itself of a length within bounds.
  public func numbers(
    _ key: String, _ meaning: String, default fallback: [Double]? = nil,
    _ bounds: NumberBounds = .any, count: ClosedRange<Int> = 0...Int.max
  ) throws(SettingsError) -> [Double] {
    try list(key, .numbers(bounds, count: count), meaning, fallback, count, SettingValue.number) {
      (node) throws(SettingsError) in try parseNumber(key, node, bounds)
    }
  }

  /// A list of texts, of a length within bounds.
  public func texts(
    _ key: String, _ meaning: String, default fallback: [String]? = nil,
    count: ClosedRange<Int> = 0...Int.max
  ) throws(SettingsError) -> [String] {
    try list(key, .texts(count: count), meaning, fallback, count, SettingValue.text) {
      (node) throws(SettingsError) in node.text
    }
  }

  /// A whole number, or a list of the least and the most, within bounds.
  public func integerRange(
    _ key: String, _ meaning: String, default fallback: ClosedRange<Int>? = nil,
    in bounds: ClosedRange<Int>
  ) throws(SettingsError) -> ClosedRange<Int> {
    func recorded(_ range: ClosedRange<Int>) -> SettingValue {
      range.count == 1
        ? .integer(range.lowerBound)
        : .list([.integer(range.lowerBound), .integer(range.upperBound)])
    }
    let setting = Setting(
      key: key, kind: .integerRange(bounds), meaning: meaning, standard: fallback.map(recorded))
    return try value(
      setting, default: fallback, least: bounds.lowerBound...bounds.lowerBound, recorded: recorded
    ) { (node) throws(SettingsError) -> ClosedRange<Int>? in
      guard case .list(let ends) = node.content else {
        return try parseInteger(key, node, bounds).map { $0...$0 }
      }
      guard ends.count == 2, let least = try parseInteger(key, ends[0], bounds),
        let most = try parseInteger(key, ends[1], bounds)
      else { return nil }
      guard least <= most else {
        throw SettingsError(
          .outOfBounds, node.place,
          "'\(full(key))' must be [least, most], not [\(least), \(most)]")
      }
      return least...most
    }
  }

  /// A whole number that stands for each of `count`, or a list of so many, within bounds.
  public func integers(
    _ key: String, _ meaning: String, each fallback: Int, in bounds: ClosedRange<Int>, count: Int
  ) throws(SettingsError) -> [Int] {
    func recorded(_ integers: [Int]) -> SettingValue {
      Set(integers).count == 1
        ? .integer(integers[0]) : .list(integers.map(SettingValue.integer))
    }
    let all = Array(repeating: fallback, count: count)
    let setting = Setting(
      key: key, kind: .eachInteger(bounds, count: count), meaning: meaning, standard: recorded(all))
    return try value(setting, default: all, least: all, recorded: recorded) {
      (node) throws(SettingsError) -> [Int]? in
      guard case .list(let nodes) = node.content else {
        return try parseInteger(key, node, bounds).map { Array(repeating: $0, count: count) }
      }
      guard nodes.count == count else {
        throw SettingsError(
          .outOfBounds, node.place,
          "'\(full(key))' must be one whole number or a list of \(count), not of \(nodes.count)")
      }
      return try parseElements(setting, nodes) { (node) throws(SettingsError) in
        try parseInteger(key, node, bounds)
      }
    }
  }

  private func list<Element>(
    _ key: String, _ kind: Setting.Kind, _ meaning: String, _ fallback: [Element]?,
    _ count: ClosedRange<Int>, _ recorded: @escaping (Element) -> SettingValue,
    parse: (SettingsNode) throws(SettingsError) -> Element?
  ) throws(SettingsError) -> [Element] {
    let setting = Setting(
      key: key, kind: kind, meaning: meaning,
      standard: fallback.map { .list($0.map(recorded)) })
    return try value(setting, default: fallback, least: [], recorded: { .list($0.map(recorded)) }) {
      (node) throws(SettingsError) -> [Element]? in
      guard case .list(let nodes) = node.content else { return nil }
      guard count.contains(nodes.count) else {
        throw SettingsError(
          .outOfBounds, node.place,
          "'\(full(key))' must have \(IntegerBounds.words(count, of: "elements")), but has "
            + "\(nodes.count)")
      }
      return try parseElements(setting, nodes, parse: parse)
    }
  }

  private func parseElements<Element>(
    _ setting: Setting, _ nodes: [SettingsNode],
    parse: (SettingsNode) throws(SettingsError) -> Element?
  ) throws(SettingsError) -> [Element] {
    var elements: [Element] = []
    for node in nodes {
      guard let element = try parse(node) else { throw wrongType(setting, node) }
      elements.append(element)
    }
    return elements
  }
}
