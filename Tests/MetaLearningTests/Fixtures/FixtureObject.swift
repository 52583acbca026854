import Files
import Runs

/// An object of a fixture's JSON, whose members are asked for by name and type.
struct FixtureObject {
  let value: JSONValue
  /// How errors call it, such as `hyper.network`.
  let path: String

  func has(_ key: String) -> Bool {
    switch value[key] {
    case nil, .null: false
    default: true
    }
  }

  func integer(_ key: String) throws -> Int {
    guard case .integer(let integer) = value[key] else { throw wrong(key, "an integer") }
    return integer
  }

  func number(_ key: String) throws -> Double {
    switch value[key] {
    case .number(let number): return number
    case .integer(let integer): return Double(integer)
    default: throw wrong(key, "a number")
    }
  }

  func boolean(_ key: String) throws -> Bool {
    guard case .boolean(let boolean) = value[key] else { throw wrong(key, "true or false") }
    return boolean
  }

  /// Whether a flag is there and true.
  func flag(_ key: String) throws -> Bool { has(key) ? try boolean(key) : false }

  func string(_ key: String) throws -> String {
    guard case .string(let string) = value[key] else { throw wrong(key, "a string") }
    return string
  }

  func strings(_ key: String) throws -> [String] {
    try array(key).map {
      guard case .string(let string) = $0 else { throw wrong(key, "strings") }
      return string
    }
  }

  func integers(_ key: String) throws -> [Int] {
    try array(key).map {
      guard case .integer(let integer) = $0 else { throw wrong(key, "integers") }
      return integer
    }
  }

  func array(_ key: String) throws -> [JSONValue] {
    guard case .array(let elements) = value[key] else { throw wrong(key, "an array") }
    return elements
  }

  func object(_ key: String) throws -> FixtureObject {
    guard case .object = value[key], let member = value[key] else { throw wrong(key, "an object") }
    return FixtureObject(value: member, path: "\(path).\(key)")
  }

  func objects(_ key: String) throws -> [FixtureObject] {
    try array(key).enumerated().map { FixtureObject(value: $1, path: "\(path).\(key)[\($0)]") }
  }

  /// The members in order.
  var members: [(key: String, object: FixtureObject)] {
    guard case .object(let members) = value else { return [] }
    return members.map { ($0.key, FixtureObject(value: $0.value, path: "\(path).\($0.key)")) }
  }

  private func wrong(_ key: String, _ wanted: String) -> FixtureError {
    FixtureError("\(path).\(key) is not \(wanted): \(value[key]?.description ?? "missing")")
  }
}
