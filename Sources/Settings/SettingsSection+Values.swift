// Settings of one value. Each states its key, its meaning, its default and its bounds; without a
// default the key is needed.
extension SettingsSection {
  /// A whole number within bounds.
  public func integer(
    _ key: String, _ meaning: String, default fallback: Int? = nil,
    in range: ClosedRange<Int> = Int.min...Int.max
  ) throws(SettingsError) -> Int {
    let setting = Setting(
      key: key, kind: .integer(range), meaning: meaning,
      standard: fallback.map(SettingValue.integer))
    return try value(
      setting, default: fallback, least: range.lowerBound, recorded: SettingValue.integer
    ) { (node) throws(SettingsError) in try parseInteger(key, node, range) }
  }

  /// A whole number within bounds, or nothing (`null`).
  public func optionalInteger(
    _ key: String, _ meaning: String, default fallback: Int? = nil,
    in range: ClosedRange<Int> = Int.min...Int.max
  ) throws(SettingsError) -> Int? {
    try optional(key, .integer(range), meaning, fallback, SettingValue.integer) {
      (node) throws(SettingsError) in try parseInteger(key, node, range)
    }
  }

  /// A finite number within bounds.
  public func number(
    _ key: String, _ meaning: String, default fallback: Double? = nil, _ bounds: NumberBounds = .any
  ) throws(SettingsError) -> Double {
    let setting = Setting(
      key: key, kind: .number(bounds), meaning: meaning,
      standard: fallback.map(SettingValue.number))
    return try value(setting, default: fallback, least: 1, recorded: SettingValue.number) {
      (node) throws(SettingsError) in try parseNumber(key, node, bounds)
    }
  }

  /// A finite number within bounds, or nothing (`null`).
  public func optionalNumber(
    _ key: String, _ meaning: String, default fallback: Double? = nil, _ bounds: NumberBounds = .any
  ) throws(SettingsError) -> Double? {
    try optional(key, .number(bounds), meaning, fallback, SettingValue.number) {
      (node) throws(SettingsError) in try parseNumber(key, node, bounds)
    }
  }

  /// True or false.
  public func boolean(
    _ key: String, _ meaning: String, default fallback: Bool? = nil
  ) throws(SettingsError) -> Bool {
    let setting = Setting(
      key: key, kind: .boolean, meaning: meaning, standard: fallback.map(SettingValue.boolean))
    return try value(setting, default: fallback, least: false, recorded: SettingValue.boolean) {
      (node) throws(SettingsError) in
      guard case .scalar(let text, isQuoted: false) = node.content else { return nil }
      return ["true": true, "false": false][text]
    }
  }

  /// A text.
  public func text(
    _ key: String, _ meaning: String, default fallback: String? = nil
  ) throws(SettingsError) -> String {
    let setting = Setting(
      key: key, kind: .text, meaning: meaning, standard: fallback.map(SettingValue.text))
    return try value(setting, default: fallback, least: "", recorded: SettingValue.text) {
      (node) throws(SettingsError) in node.typed ?? node.text
    }
  }

  /// One of several names.
  public func choice(
    _ key: String, _ meaning: String, default fallback: String? = nil, among names: [String]
  ) throws(SettingsError) -> String {
    let setting = Setting(
      key: key, kind: .choice(names), meaning: meaning, standard: fallback.map(SettingValue.text))
    return try value(
      setting, default: fallback, least: names.first ?? "", recorded: SettingValue.text
    ) { (node) throws(SettingsError) in
      guard let text = node.text else { return nil }
      if names.contains(text) { return text }
      let nearest = NearestName.question(for: text, among: names)
      throw SettingsError(
        .outOfBounds, node.place,
        "'\(full(key))' must be \(setting.expected), but is \(node.shown)\(nearest)")
    }
  }

  /// One of the named cases of a type.
  public func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ meaning: String, default fallback: Choice? = nil
  ) throws(SettingsError) -> Choice {
    let name = try choice(
      key, meaning, default: fallback?.rawValue, among: Choice.allCases.map(\.rawValue))
    guard let choice = Choice(rawValue: name) else {
      fatalError("\(Choice.self) does not know its own case '\(name)'.")
    }
    return choice
  }

  private func optional<Value>(
    _ key: String, _ kind: Setting.Kind, _ meaning: String, _ fallback: Value?,
    _ recorded: @escaping (Value) -> SettingValue,
    parse: (SettingsNode) throws(SettingsError) -> Value?
  ) throws(SettingsError) -> Value? {
    let setting = Setting(
      key: key, kind: kind, isOptional: true, meaning: meaning,
      standard: fallback.map(recorded) ?? .null)
    return try value(
      setting, default: .some(fallback), least: nil, recorded: { $0.map(recorded) ?? .null },
      parse: { (node) throws(SettingsError) -> Value?? in
        if case .null = node.content { return .some(nil) }
        guard let value = try parse(node) else { return nil }
        return .some(value)
      })
  }
}

// MARK: Parsing

extension SettingsNode {
  /// The word, number or text that stands here.
  var text: String? { if case .scalar(let text, _) = content { text } else { nil } }
}

extension SettingsSection {
  func parseInteger(
    _ key: String, _ node: SettingsNode, _ range: ClosedRange<Int>
  ) throws(SettingsError) -> Int? {
    guard case .scalar(let text, isQuoted: false) = node.content,
      text.utf8.allSatisfy({ "+-0123456789".utf8.contains($0) })
    else { return nil }
    let digits = text.drop { "+-".contains($0) }
    guard !digits.isEmpty, digits.allSatisfy(\.isNumber), text.utf8.count - digits.utf8.count <= 1
    else { return nil }
    guard let integer = Int(text), range.contains(integer) else {
      throw outOfBounds(key, node, must: "be \(IntegerBounds.words(range))")
    }
    return integer
  }

  func parseNumber(
    _ key: String, _ node: SettingsNode, _ bounds: NumberBounds
  ) throws(SettingsError) -> Double? {
    // Swift's own reading of numbers also takes words and hexadecimal digits.
    guard case .scalar(let text, isQuoted: false) = node.content,
      text.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }), let number = Double(text)
    else { return nil }
    guard number.isFinite, bounds.contains(number) else {
      throw outOfBounds(key, node, must: number.isFinite ? bounds.words : "be finite")
    }
    return number
  }
}
