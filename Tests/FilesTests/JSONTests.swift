import TestMaterial
import Files
import Foundation
import Testing

@Suite struct JSONTests {
  private static let written: [(JSONValue, String)] = [
    (nil, "null"), (true, "true"), (-7, "-7"), (0.1, "0.1"), (.number(1e-7), "1e-07"),
    (.number(Float(0.1)), "0.1"), (.number(Float.pi), "3.1415925"), (4.0, "4.0"),
    (.number(Double.greatestFiniteMagnitude), "1.7976931348623157e+308"),
    ("a\"\\\n\u{1}é😀/", "\"a\\\"\\\\\\n\\u0001é😀/\""),
    (["b": 1, "a": [nil, []], "": [:]], "{\"b\":1,\"a\":[null,[]],\"\":{}}"),
    (
      ["x": .number(Float.infinity), "y": 1, "z": .number(-Double.infinity)],
      "{\"x\":null,\"y\":1,\"z\":null,\"notFinite\":{\"x\":\"infinity\",\"z\":\"-infinity\"}}"
    ),
    ([.number(Double.nan)], "[null]"),
  ]

  @Test(arguments: written)
  func `values are written in one way`(_ value: JSONValue, _ text: String) throws {
    #expect("\(value)" == text)
    #expect("\(try JSONValue(parsing: text))" == text)
    // Any other reader of JSON takes it too.
    _ = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
  }

  @Test func `numbers read back to the bit`() throws {
    var random = Counter(seed: 4)
    for _ in 0..<2000 {
      let double = Double(bitPattern: .random(in: 0 ... .max, using: &random))
      let float = Float(bitPattern: .random(in: 0 ... .max, using: &random))
      guard double.isFinite, float.isFinite else { continue }
      #expect(try JSONValue(parsing: "\(JSONValue.number(double))") == .number(double))
      guard case .number(let read) = try JSONValue(parsing: "\(JSONValue.number(float))") else {
        Issue.record("\(float)")
        continue
      }
      #expect(Float(read) == float)
    }
  }

  @Test(arguments: [
    "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "01", "-", "1.", ".5", "1e", "+1",
    "NaN", "tru", "nullx", "\"\\x\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u12\"", "\"a",
    "1 2",
    "{\"a\":1,\"a\":2}", "// x\n1", "[1 2]", "\"\t\"", "'a'",
  ])
  func `what is not JSON is refused`(_ text: String) {
    #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
  }

  @Test func `nesting has a bottom`() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSONValue(parsing: nested(127))
    #expect(throws: JSONError.self) { try JSONValue(parsing: nested(128)) }
    #expect(throws: JSONError.self) { try JSONValue(parsing: nested(1_000_000)) }
  }

  @Test func `mutated text is read or refused, never worse`() throws {
    let seeds = Self.written.map(\.1)
    var random = Counter(seed: 6)
    for _ in 0..<fuzzRounds(usually: 5000) {
      var bytes = Array(try #require(seeds.randomElement(using: &random)).utf8)
      mutate(&bytes, &random)
      let text = String(decoding: bytes, as: UTF8.self)
      guard let value = try? JSONValue(parsing: text) else { continue }
      // The strict reader takes nothing that the system's reader refuses.
      #expect(
        (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed))
          != nil || "\(value)".contains("null") || text.contains("e"), "\(text)")
    }
  }
}
