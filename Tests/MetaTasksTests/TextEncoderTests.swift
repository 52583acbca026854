import Foundation
import MetaTasks
import TensorFiles
import Tensors
import TestMaterial
import Testing

@Suite struct TextEncoderTests {
  private let place: TemporaryFolder

  init() throws { place = try TemporaryFolder() }

  private func encoder(_ name: String) throws -> any TextEncoder {
    try TextEncoders.encoder(at: place.url.appending(path: name).path)
  }

  // MARK: Sentences

  private static let pieces = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "what", "'", "s", "my", "ball", "##ance", "?", "cafe",
  ]
  private static let configuration = """
    {"model_type": "bert", "hidden_act": "gelu", "hidden_size": 8, "num_attention_heads": 2,
    "num_hidden_layers": 2, "intermediate_size": 12, "layer_norm_eps": 1e-12}
    """

  /// Tensors of sines, as the other implementation made them.
  private static func weights() -> [(String, TensorValue)] {
    var made: [(String, TensorValue)] = []
    func add(_ name: String, _ shape: [Int]) {
      let seed = Double(made.count + 1)
      let floats = (0..<shape.reduce(1, *)).map { (number: Int) -> Float in
        let angle: Double = seed + (0.7 + 0.01 * seed) * Double(number)
        return Float(0.4 * sin(angle))
      }
      made.append((name, TensorValue(floats, shape: Shape(shape))))
    }
    func layer(_ name: String, _ shape: [Int]) {
      add("\(name).weight", shape)
      add("\(name).bias", [shape[0]])
    }
    add("embeddings.word_embeddings.weight", [24, 8])
    add("embeddings.position_embeddings.weight", [16, 8])
    add("embeddings.token_type_embeddings.weight", [2, 8])
    layer("embeddings.LayerNorm", [8])
    for number in 0..<2 {
      let block = "encoder.layer.\(number)"
      for part in ["query", "key", "value"] { layer("\(block).attention.self.\(part)", [8, 8]) }
      layer("\(block).attention.output.dense", [8, 8])
      layer("\(block).attention.output.LayerNorm", [8])
      layer("\(block).intermediate.dense", [12, 8])
      layer("\(block).output.dense", [8, 12])
      layer("\(block).output.LayerNorm", [8])
    }
    return made
  }

  private func writeSentenceEncoder(
    configuration: String = configuration, without missing: String? = nil
  ) throws {
    try place.write(Array(Self.pieces.joined(separator: "\n").utf8), to: "bert/vocab.txt")
    try place.write(Array(configuration.utf8), to: "bert/config.json")
    try Safetensors.write(
      Self.weights().filter { $0.0 != missing },
      to: place.url.appending(path: "bert/model.safetensors"))
  }

  @Test func `sentences have the vectors that another implementation gives them`() throws {
    try writeSentenceEncoder()
    let encoder = try encoder("bert")
    #expect(encoder.width == 8 && encoder.words == "bert, 2 layers, 8 numbers a text")
    let texts = ["What's my BALLANCE?", "", "café unseen"]
    let found = try encoder.vectors(of: texts, rarity: { _ in 1 }, .plain)
    // From float64 in NumPy.
    let expected: [Double] = [
      0.386422, 0.123245, 0.28576, 0.731325, 0.066088, -0.327792, -0.177503, 0.275082,
      0.376443, 0.114911, 0.290298, 0.73742, 0.065582, -0.329839, -0.151302, 0.284671,
      0.378935, 0.11367, 0.295008, 0.735767, 0.069863, -0.333189, -0.133886, 0.285102,
    ]
    #expect(found.count == expected.count)
    for (value, other) in zip(found, expected) { #expect(abs(Double(value) - other) < 2e-6) }
    // Company changes nothing.
    #expect(try encoder.vectors(of: [texts[2]], rarity: { _ in 1 }, .plain) == Array(found[16...]))
  }

  /// The folder of all-MiniLM-L6-v2, where somebody has put one.
  private static let miniLM = ProcessInfo.processInfo.environment["METALEARN_MINILM"]

  @Test(.enabled(if: miniLM != nil, "METALEARN_MINILM names no folder of all-MiniLM-L6-v2"))
  func `MiniLM gives the vectors of another implementation`() throws {
    let encoder = try TextEncoders.encoder(at: try #require(Self.miniLM))
    let found = try encoder.vectors(of: ["What's my balance?"], rarity: { _ in 1 }, .plain)
    let expected = [-0.0011833, -0.0192544, -0.0427499, 0.018351, -0.0055215, -0.0645742]
    for (value, other) in zip(found, expected) { #expect(abs(Double(value) - other) < 1e-5) }
  }

  @Test(
    arguments: [
      (["model_type": "gpt2"], nil, "a model 'gpt2', and a BERT"),
      (["hidden_act": "relu"], nil, "a BERT with gelu"),
      (["hidden_size": "9"], nil, "2 heads do not divide 9"),
      (["hidden_size": "16"], nil, "has the shape [24, 8], which its config.json does not say"),
      (["num_hidden_layers": "0"], nil, "num_hidden_layers is missing or out of bounds"),
      ([:], "encoder.layer.1.output.dense.bias", "encoder.layer.1.output.dense.bias"),
    ] as [([String: String], String?, String)])
  func `what is wrong with an encoder is told`(
    changes: [String: String], missing: String?, part: String
  ) throws {
    var configuration = Self.configuration
    for (key, value) in changes {
      let start = try #require(configuration.range(of: "\"\(key)\": "))
      let end = try #require(
        configuration[start.upperBound...].firstIndex { ",}".contains($0) })
      let written = Int(value) == nil ? "\"\(value)\"" : value
      configuration.replaceSubrange(start.upperBound..<end, with: written)
    }
    try writeSentenceEncoder(configuration: configuration, without: missing)
    let error = #expect(throws: ReadError.self) { try encoder("bert") }
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    #expect(throws: ReadError.self) { try encoder("nowhere") }
  }

  // MARK: Words

  /// Red is rarer than all others.
  private func rarity(_ word: String) -> Float { word == "red" ? 3 : 1 }

  private func checkColours(_ name: String) throws {
    let encoder = try encoder(name)
    #expect(encoder.width == 2 && encoder.words == "\(name), 2 words, 2 numbers a word")
    let found = try encoder.vectors(
      of: ["Red!", "blue, red", "green"], rarity: rarity, .plain)
    #expect(found == [1, 2, 0.75, 1, 0, 0])
  }

  @Test func `vectors of words are read in every form`() throws {
    let glove = Array("red 1 2\nblue 0 -2\n".utf8)
    try place.write(glove, to: "glove.txt")
    try place.write(Array("2 2\n".utf8) + glove, to: "word2vec.vec")
    try place.write(deflated(glove, windowBits: 31), to: "glove.txt.gz")
    func bytes(_ floats: [Float]) -> [UInt8] {
      floats.flatMap { value in
        (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
      }
    }
    try place.write(
      Array("2 2\nred ".utf8) + bytes([1, 2]) + Array("\nblue ".utf8) + bytes([0, -2]),
      to: "word2vec.bin")
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }\n"
    try place.write(
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
        + bytes([1, 2, 0, -2]), to: "array.npy")
    try place.write(Array("red\nblue\n".utf8), to: "array.txt")
    for name in ["glove.txt", "word2vec.vec", "glove.txt.gz", "word2vec.bin", "array.npy"] {
      try checkColours(name)
    }
    let digests = try ["glove.txt", "word2vec.vec"].map { try encoder($0).digest }
    #expect(digests[0] != digests[1])
  }

  @Test(arguments: [
    ("a.txt", "red 1 2\nblue 1\n", "line 2: not a word and 2 numbers"),
    ("a.txt", "red one two\n", "line 1: not a word"), ("a.txt", "", "no vectors of words"),
    ("a.bin", "2 2\nred 12345678", "cut short after 1 of 2 words"),
    ("a.bin", "what", "fastText's .bin is not read"), ("a.npy", "what", "not an array of NumPy"),
  ])
  func `what is wrong with vectors of words is told`(name: String, text: String, part: String)
    throws
  {
    try place.write(Array(text.utf8), to: name)
    let error = #expect(throws: ReadError.self) { try encoder(name) }
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
  }
}
