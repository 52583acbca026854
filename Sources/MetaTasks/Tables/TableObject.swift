import Files

/// Rows that are JSON objects.
enum TableObject {
  /// The members of the object of a line; throws where there is another thing.
  static func members(
    _ bytes: ArraySlice<UInt8>, file: String, line: Int
  ) throws(ReadError) -> [JSONValue.Member] {
    do throws(JSONError) {
      if let members = try JSONValue(parsing: bytes).object { return members }
    } catch { throw ReadError(.damaged, file: file, "line \(line): \(error)") }
    throw ReadError(.damaged, file: file, "line \(line): not a JSON object.")
  }

  /// A value as a field of a table: nothing for null, and lists and objects as they are written.
  static func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .boolean(let truth): "\(truth)"
    case .null: ""
    case .array, .object: "\(value)"
    }
  }
}
