import Foundation
import MetaTasks
import Testing

@Suite struct CSVReaderTests {
  private func records(_ text: String) throws -> [CSVReader.Record] {
    var reader = CSVReader(Array(text.utf8), name: "t.csv")
    var records: [CSVReader.Record] = []
    while let record = try reader.record() { records.append(record) }
    return records
  }

  @Test(arguments: [
    ("", []), ("\n\r\n\r", []), ("a,b", [["a", "b"]]), ("a,b\n", [["a", "b"]]),
    ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]), ("a\rb\r", [["a"], ["b"]]),
    ("a,\n,b\n,\n", [["a", ""], ["", "b"], ["", ""]]),
    ("\"a,b\",c", [["a,b", "c"]]), ("\"a\"\"b\",\"\"", [["a\"b", ""]]),
    ("\"a\nb\r\nc\",d\ne,f", [["a\nb\r\nc", "d"], ["e", "f"]]),
    ("5\" pipe,a \"b\" c\n", [["5\" pipe", "a \"b\" c"]]),
    ("\u{FEFF}a,b\n", [["a", "b"]]), ("é,ü\u{301}\n", [["é", "ü\u{301}"]]),
    ("a\tb,c\td\ne\tf\tg\n", [["a", "b,c", "d"], ["e", "f", "g"]]),
    ("a;b,c;d\n", [["a", "b,c", "d"]]), ("a b\n", [["a b"]]), ("\"\"", [[""]]),
  ])
  func `fields are parted as the standard says`(text: String, expected: [[String]]) throws {
    #expect(try records(text).map(\.fields) == expected)
  }

  @Test func `a record tells the line that it begins on`() throws {
    let lines = try records("a,b\r\n\r\n\"c\nd\re\",f\n\ng,h").map(\.line)
    #expect(lines == [1, 3, 7])
  }

  @Test func `a separator that is given is not looked for`() throws {
    var reader = CSVReader(Array("a,b;c".utf8), name: "t", separator: UInt8(ascii: ";"))
    #expect(try reader.record()?.fields == ["a,b", "c"])
  }

  @Test(arguments: [
    (Array("a\n\"b".utf8), "line 2: a quoted field begins and never ends"),
    (Array("a\n\"b\"c\n".utf8), "line 2: a quoted field goes on"),
    (Array("\"b\nc\n".utf8), "line 1: a quoted field begins"),
    (Array("a\n".utf8) + [0xFF, 0xFE], "line 2: it is not UTF-8"),
    (Array("\"a\n".utf8) + [0xC3, 0x22], "line 1: it is not UTF-8"),
  ])
  func `what is wrong with a table is told with its line`(bytes: [UInt8], part: String) {
    let error = #expect(throws: ReadError.self) {
      var reader = CSVReader(bytes, name: "t.csv")
      while try reader.record() != nil {}
    }
    #expect(error?.description.hasPrefix("t.csv: \(part)") == true, "\(String(describing: error))")
  }
}
