import Files
import Foundation
import MetaTasks
import Settings
import Tensors
import TestMaterial
import Testing

@Suite struct TextPreparationTests {
  @Test(arguments: [
    ("", []), (" \n\t?!", []), ("What's my Balance?", ["what", "s", "my", "balance"]),
    ("a1 B2-c3", ["a1", "b2", "c3"]), ("what\u{2019}s", ["what", "s"]),
    ("caf\u{E9}s", ["caf\u{E9}s"]),
    ("\u{1F44D}ok\u{1F44D}", ["ok"]), ("e\u{301}t", ["e\u{301}t"]),
    ("\u{41F}\u{440}", ["\u{43F}\u{440}"]),
    ("\u{212A}elvin \u{FF21}", ["kelvin", "\u{FF41}"]), ("\u{130}", ["i\u{307}"]), ("@[`{/:", []),
    ("x\r\ny", ["x", "y"]),
  ])
  func `words are runs of letters and digits`(text: String, words: [String]) {
    #expect(Tokenizer.words(of: text) == words)
  }

  private static let texts = [
    "red apple", "Red pear", "green pear", "green apple apple", "a red fig", "blue blue",
  ]
  private static let vocabulary = Vocabulary(of: texts)

  private static func preparation(length: Int) -> TextPreparation {
    TextPreparation(of: texts, length: length)
  }

  @Test(arguments: [
    ("", []), ("a", [" a "]), ("Is it", [" is", "is ", " it", "it "]),
    ("caf\u{E9}", [" ca", "caf", "af\u{E9}", "f\u{E9} "]),
  ])
  func `trigrams are of one word each, whose ends are blanks`(text: String, trigrams: [String]) {
    #expect(Tokenizer.trigrams(of: text) == trigrams)
  }

  @Test func `words of two texts have numbers of their own, the commonest first`() {
    let vocabulary = Self.vocabulary
    #expect(vocabulary.words == ["red", "apple", "green", "pear"])
    #expect(vocabulary.textCounts == [3, 2, 2, 2] && vocabulary.textCount == 6)
    #expect(vocabulary.words.map(vocabulary.number) == [1, 2, 3, 4])
    #expect(vocabulary.firstUnknown == 5 && vocabulary.valueCount == 4101)
  }

  @Test func `unknown words are told apart`() {
    let words = (0..<2000).map { "word\($0)" } + ["blue", "a", "fig"]
    let numbers = words.map(Self.vocabulary.number)
    #expect(numbers.allSatisfy { (5..<4101).contains($0) })
    // As many as balls in 4,096 boxes leave apart: 4096 (1 - exp(-2003 / 4096)) = 1584.
    #expect((1540...1630).contains(Set(numbers).count))
    #expect(
      numbers
        == words.map(Vocabulary(of: ["x y", "x y", "z", "x", "q q y", "z", "k k", "k"]).number))
  }

  @Test func `rarer words weigh more`() {
    let weights = (0..<4101).map { Self.vocabulary.inverseDocumentFrequency(of: $0) }
    #expect(weights[0] == 0)
    for (number, count) in [(1, 3), (2, 2), (4, 2), (5, 0), (4100, 0)] as [(Int, Double)] {
      #expect(abs(Double(weights[number]) - (log(7 / (1 + count)) + 1)) < 1e-6)
    }
  }

  @Test func `texts become rows of numbers, longer ones cut`() throws {
    let preparation = Self.preparation(length: 3)
    let values = try preparation.values(of: ["green", "Apple, red pear; fig", "pear green pear"])
    #expect(
      values["tokens"] == TensorValue([3, 0, 0, 2, 1, 4, 4, 3, 4] as [Int32], shape: [3, 3]))
    #expect(values["length"] == TensorValue([1, 3, 3] as [Int32], shape: [3]))
    #expect(values.names == preparation.inputs.map(\.name))
    #expect(preparation.inputs.map(\.shape) == [[3], .scalar, [3], [18], [18]])
    #expect(preparation.inputs.prefix(2).map(\.valueCount) == [4101, 4])
    let rarity = Self.vocabulary.inverseDocumentFrequency
    #expect(values["tokenWeights"].floats.prefix(4) == [rarity(3), 0, 0, rarity(2)])
    let trigrams = values["trigrams"].slice(at: 0).integers
    #expect(
      trigrams.prefix(5) == Tokenizer.trigrams(of: "green").map(preparation.trigrams.number)[...])
    #expect(trigrams.dropFirst(5).allSatisfy { $0 == Vocabulary.padding })
    let error = #expect(throws: ReadError.self) { try preparation.values(of: ["red", "?\n!"]) }
    #expect(error?.description.hasPrefix(#""?\n!": a text without words"#) == true)
  }

  @Test func `a preparation is read as it was written`() throws {
    let preparation = Self.preparation(length: 7)
    let json = try JSONValue(parsing: "\(preparation.json)")
    #expect(try TextPreparation(json: json) == preparation)
    let read = try #require(PreparationCatalogue.standard["text"]).read(json)
    #expect(read as? TextPreparation == preparation)
  }

  private static func vocabulary(_ words: JSONValue, _ counts: JSONValue) -> JSONValue {
    ["words": words, "counts": counts]
  }

  @Test(
    arguments: [
      ("length", 0, "length"), ("length", 1025, "length"), ("length", "3", "length"),
      ("unknown", 17, "4096"), ("texts", -1, "texts"), ("texts", nil, "texts"),
      ("word", nil, "words"), ("word", vocabulary(["red", "red"], [1, 1]), "words that differ"),
      ("word", vocabulary(["Red"], [1]), "words"), ("word", vocabulary([1], [1]), "words"),
      ("word", vocabulary([""], [1]), "words"), ("word", vocabulary(["red"], []), "counts"),
      ("word", vocabulary(["red"], [7]), "counts"), ("word", vocabulary(["red"], [0]), "counts"),
      ("trigram", nil, "trigrams"), ("trigram", vocabulary(["re"], [1]), "trigrams"),
    ] as [(String, JSONValue, String)])
  func `a preparation that is none is refused`(key: String, value: JSONValue, part: String) throws {
    let json = Self.preparation(length: 7).json
    let members = try #require(json.object).map { $0.key == key ? .init(key, value) : $0 }
    let error = #expect(throws: PreparationError.self) {
      try TextPreparation(json: .object(members))
    }
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
  }
}

@Suite struct TextClassFilesTests {
  private func classes(_ table: String) throws -> [String: [String]] {
    let classes = try TextClassFiles.classes(inTable: Array(table.utf8), name: "t.csv")
    #expect(classes.map(\.name) == classes.map(\.name).sorted())
    return Dictionary(uniqueKeysWithValues: classes.map { ($0.name, $0.texts) })
  }

  @Test(arguments: [
    "text,category\nb1,b\n\"a, 1\",a\nb2,b\n", "category,text\nb,b1\na,\"a, 1\"\nb,b2\n",
    "id,Intent,Query\r\n1,b,b1\r\n2,a,\"a, 1\"\r\n3,b,b2\r\n",
    "utterance\tlabel\nb1\tb\na, 1\ta\nb2\t b \n", "one,two,three\nb1,b,x\n\"a, 1\",a,x\nb2,b,x\n",
    "kind;sentence\nb;b1\na;a, 1\nb;b2\n", "class,what\nb,b1\na,\"a, 1\"\nb,b2",
    "\u{FEFF}text,label\nb1,b\n\n\"a, 1\",a\nb2,b\n",
  ])
  func `columns are found by their names or their places`(table: String) throws {
    #expect(try classes(table) == ["a": ["a, 1"], "b": ["b1", "b2"]])
  }

  @Test(arguments: [
    ("", "it is empty"), ("text,label\n", "no rows"), ("text\nhello\n", "a column of texts"),
    ("id,text,other\n1,a,b\n", "a column of texts (text, query"),
    ("id,\"la\nst\",label\n1,a,b\n", "3 columns: id, la st, label; name"),
    ("text,label\na,b\nc\n", "line 3: 1 field, and the header has 2"),
    ("text,label\na, well,b\n", "line 2: 3 fields, and the header has 2"),
    ("text,label\na,\n", "no texts with a class"),
    ("text,label\na,b\n\"x\n?\",b\n???,b\n", "line 5: a text without words"),
    ("text,label\n\"a,b\n", "line 2: a quoted field"),
  ])
  func `what is wrong with a table is told with its line`(table: String, part: String) {
    let error = #expect(throws: ReadError.self) { try classes(table) }
    #expect(error?.file == "t.csv")
    #expect(error?.problem.contains(part) == true, "\(String(describing: error))")
    #expect(error?.description.contains("\n") == false)
  }

  @Test func `a column that is named is not taken for another role`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(Array("label,what\nred,b\nblue,c\nred,c\n".utf8), to: "t.csv")
    let texts = try TextClassFiles.classes(at: file, ColumnNames([.text: "label"]))
    #expect(texts.map(\.name) == ["b", "c"])
    let error = #expect(throws: ReadError.self) {
      try TextClassFiles.classes(at: file, ColumnNames([.text: "what", .label: "2"]))
    }
    #expect(error?.problem.contains("cannot hold both texts and classes") == true)
    let missing = #expect(throws: ReadError.self) {
      try TextClassFiles.classes(at: file, ColumnNames([.label: "intent"]))
    }
    #expect(missing?.problem.contains("no column 'intent' of classes; there is fields") == true)
    #expect(missing?.problem.contains("a header, 2 columns: label, what") == true)
  }

  @Test func `names are told apart by their bytes`() throws {
    let table = "text,label\na,\u{E9}\nb,e\u{301}\nc,\u{E9}\n"
    let classes = try TextClassFiles.classes(inTable: Array(table.utf8), name: "t")
    #expect(classes.map(\.texts) == [["b"], ["a", "c"]])
  }

  @Test func `a folder has a file for each class`() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("one\r\n  \r\ntwo words\r\n".utf8), to: "b.txt")
    try folder.write(Array("three".utf8), to: "b-c.txt")
    try folder.write(Array("no class".utf8), to: "notes.md")
    try folder.write(Array("no class".utf8), to: "deeper/x.txt")
    try folder.write(Array("no class".utf8), to: ".hidden.txt")
    let found = try TextClassFiles.classes(at: folder.url)
    #expect(found.map(\.name) == ["b", "b-c"])
    #expect(found.map(\.texts) == [["one", "two words"], ["three"]])
    for (name, bytes, part) in [
      ("empty.txt", [], "empty.txt: it has no texts;"),
      ("bad.txt", [0x61, 0xFF], "bad.txt: it is not UTF-8"),
      ("bad.txt", Array("ok\n\n!\n".utf8), "bad.txt: line 3: a text without words"),
    ] as [(String, [UInt8], String)] {
      let file = try folder.write(bytes, to: name)
      let error = #expect(throws: ReadError.self) { try TextClassFiles.classes(at: folder.url) }
      #expect(error?.description.contains(part) == true, "\(String(describing: error))")
      try FileManager.default.removeItem(at: file)
    }
  }

  @Test func `classes of a user become inputs with their numbers`() throws {
    let folder = try TemporaryFolder()
    let table = Array("label,text\ny,red red\nx,green\ny,red green blue\n".utf8)
    let preparation = TextPreparation(of: ["red green", "red", "green red"], length: 2)
    for (name, bytes) in [("t.csv", table), ("t.csv.gz", deflated(table, windowBits: 31))] {
      let found = try preparation.classes(at: try folder.write(bytes, to: name))
      #expect(found.classes.map(\.name) == ["x", "y"] && found.classes.map(\.count) == [1, 2])
      #expect(found.examples.targets.integers == [0, 1, 1])
      #expect(found.inputs["tokens"].integers == [2, 0, 1, 1, 1, 2])
      #expect(found.inputs["length"].integers == [1, 2, 2])
    }
    let empty = try TemporaryFolder()
    for place in [empty.url, empty.url.appending(path: "none.csv")] {
      let error = #expect(throws: ReadError.self) { try preparation.classes(at: place) }
      #expect(error?.kind == .missing)
    }
  }
}
