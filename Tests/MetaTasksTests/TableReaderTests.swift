import Foundation
import MetaTasks
import TestMaterial
import Testing

@Suite struct TableReaderTests {
  /// All rows, and what was found of the table.
  private func read(
    _ bytes: [UInt8], _ names: ColumnNames = ColumnNames()
  ) throws -> (format: TableFormat, rows: [[String]], lines: [Int]) {
    let reader = try TableReader(bytes, name: "t.csv", names)
    var (rows, lines): ([[String]], [Int]) = ([], [])
    while let row = try reader.next() {
      rows.append(reader.format.columns.indices.map(row.text))
      lines.append(row.line)
    }
    return (reader.format, rows, lines)
  }

  @Test(arguments: [
    ("a,b", [["a", "b"]]), ("a,b\n", [["a", "b"]]),
    ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]), ("a\rb\r", [["a"], ["b"]]),
    ("a,\n,b\n,\n", [["a", ""], ["", "b"], ["", ""]]),
    ("\"a,b\",c", [["a,b", "c"]]), ("\"a\"\"b\",\"\"", [["a\"b", ""]]),
    ("\"a\nb\r\nc\",d\ne,f", [["a\nb\r\nc", "d"], ["e", "f"]]),
    ("5\" pipe,a \"b\" c\n", [["5\" pipe", "a \"b\" c"]]),
    ("\u{FEFF}a,b\n", [["a", "b"]]), ("é,ü\u{301}\n", [["é", "ü\u{301}"]]),
    ("a\tb,c\td\ne\tf\tg\n", [["a", "b,c", "d"], ["e", "f", "g"]]),
    ("a\t\"b\nc\td\n", [["a", "\"b"], ["c", "d"]]),
    ("a;b,c;d\n", [["a", "b,c", "d"]]), ("a b\n", [["a b"]]), ("\"\"", [[""]]),
    ("1::0104::7::99\n2::0105::8::98\n", [["1", "0104", "7", "99"], ["2", "0105", "8", "98"]]),
    ("a|b:c|d\n", [["a", "b:c", "d"]]),
    ("1 2 3\n4 5 6\n7 8 9\n", [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"]]),
  ])
  func `fields are parted by what parts most rows`(text: String, expected: [[String]]) throws {
    #expect(try read(Array(text.utf8), ColumnNames(header: .none)).rows == expected)
  }

  @Test(arguments: [
    ("text,label\na b,c\n", "fields parted by commas, a header, 2 columns: text, label"),
    ("x,y\na b,1\nc,2\n", "fields parted by commas, a header, 2 columns: x, y"),
    ("1::0104::7::99\n", "fields parted by ::, no header, 4 columns"),
    ("a\tin\tb\nc\tin\td\n", "fields parted by tabs, no header, 3 columns"),
    (
      "Frage;Klasse\na;k\nb;l\nc;k\nd;l\n",
      "fields parted by semicolons, a header, 2 columns: Frage, Klasse"
    ),
    ("was ist das\tk\nwo\tl\nwer\tk\nwie\tl\n", "fields parted by tabs, no header, 2 columns"),
    (
      "user_id:token\titem_id:token\trating:float\n1\t2\t3\n",
      "fields parted by tabs, a header, 3 columns: user_id:token, item_id:token, rating:float"
    ),
    (
      "{\"a\": 1, \"b\": [2]}\n{\"a\": null, \"c\": \"x\"}",
      "a JSON object on each line, 3 columns: a, b, c"
    ),
    ("one\n\ntwo\n", "no header, 1 column"),
  ])
  func `what was found is said`(text: String, words: String) throws {
    let bytes = Array(text.utf8)
    #expect(try read(bytes).format.words == words)
    #expect(try read(deflated(bytes, windowBits: 31)).format.words == "gzip, " + words)
  }

  @Test func `columns that are named make a header of the first line`() throws {
    let text = Array("was,wie\na,b\nc,b\nd,b\n".utf8)
    let reader = try TableReader(text, name: "t", ColumnNames([.text: "was", .label: "2"]))
    #expect(reader.format.hasHeader)
    let found = try [ColumnRole.text, .label, .user].map { (role) in try reader.column(role) }
    #expect(found == [0, 1, nil])
    #expect(try reader.next()?.text(0) == "a")
    let error = #expect(throws: ReadError.self) {
      let reader = try TableReader(text, name: "t", ColumnNames([.text: "wo"]))
      _ = try reader.column(.text)
    }
    #expect(error?.problem.hasPrefix("there is no column 'wo' of texts; there is fields") == true)
  }

  @Test func `a record tells the line that it begins on`() throws {
    let text = Array("a,b\r\n\r\n\"c\nd\re\",f\n\ng,h".utf8)
    #expect(try read(text, ColumnNames(header: .none)).lines == [1, 3, 7])
    let objects = Array("{\"a\": 1}\r\n\n{\"a\": 2}".utf8)
    #expect(try read(objects).lines == [1, 3])
  }

  @Test func `numbers may be missing, and nothing else`() throws {
    let text = Array("user;rating\n1;3,5\n2;\n3; NaN \n4;-1e3\n5;0x10\n".utf8)
    let reader = try TableReader(text, name: "t.csv")
    var found: [Double?] = []
    let error = #expect(throws: ReadError.self) {
      while let row = try reader.next() { found.append(try row.number(1)) }
    }
    #expect(found == [3.5, nil, nil, -1000])
    #expect(error?.description == "t.csv: line 6, column 'rating': \"0x10\" is not a number.")
  }

  @Test func `a long table is read in pieces, however they are cut`() throws {
    let rows = (0..<60_000).map { "\($0),\"row \"\"\($0)\"\"\nof many\",é\($0 % 7)" }
    let bytes = Array(("id,text,class\r\n" + rows.joined(separator: "\r\n")).utf8)
    #expect(bytes.count > 1 << 20)
    for bytes in [bytes, deflated(bytes, windowBits: 31)] {
      let reader = try TableReader(bytes, name: "t")
      var count = 0
      while let row = try reader.next() {
        if count % 997 == 0 { #expect(row.text(1) == "row \"\(count)\"\nof many") }
        #expect(try row.number(0) == Double(count) && row.line == 2 + 2 * count)
        count += 1
      }
      #expect(count == rows.count)
    }
  }

  @Test(
    arguments: [
      ("a\n\"b", "line 2: a quoted field begins and never ends"),
      ("a\n\"b\"c\n", "line 2: a quoted field goes on"),
      ("\"b\nc\n", "line 1: a quoted field begins"),
      ("a,b\nc\n", "line 2: 1 field, and the first line has 2; put"),
      ("", "it is empty"), ("\r\n \n", "it is empty"),
      ("PK\u{3}\u{4}xxxx", "a zip archive or spreadsheet; save"),
      ("PAR1xxxx", "a Parquet file; save"), ("a\0b", "not a file of text"),
      ("[{\"a\": 1}]", "a JSON array"), ("{\"a\": 1}\n\n{\"a\"", "line 3: "),
      ("{\"a\": 1}\n7\n", "line 2: not a JSON object"),
    ] as [(String, String)])
  func `what is wrong with a table is told with its line`(text: String, part: String) {
    refuses(Array(text.utf8), part)
  }

  @Test(
    arguments: [
      ([0x61, 0x0A, 0xFF, 0xFE], "line 2, column '1': it is not UTF-8"),
      ([0x22, 0x61, 0x0A, 0xC3, 0x22], "line 1, column '1': it is not UTF-8"),
      ([0xFF, 0xFE, 0x61, 0], "it is UTF-16; save"),
      ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0], "the compressed data"),
    ] as [([UInt8], String)])
  func `bytes that are no text are told`(bytes: [UInt8], part: String) { refuses(bytes, part) }

  private func refuses(_ bytes: [UInt8], _ part: String) {
    let error = #expect(throws: ReadError.self) {
      _ = try read(bytes, ColumnNames(header: .none))
    }
    #expect(error?.description.hasPrefix("t.csv: \(part)") == true, "\(String(describing: error))")
  }

  @Test func `a quote that is not closed is not read to the end of a large file`() {
    let bytes = Array("a,b\n".utf8) + Array("\"x,".utf8) + [UInt8](repeating: 0x79, count: 40 << 20)
    let error = #expect(throws: ReadError.self) {
      let reader = try TableReader(bytes, name: "t")
      while try reader.next() != nil {}
    }
    #expect(error?.problem.hasPrefix("line 2: a row of more than 16777216 bytes") == true)
  }
}
