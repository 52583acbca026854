import Files
import Foundation
import NeuralNetworks
import TensorFiles
import TensorPrograms
import Tensors

/// A BERT whose last features are averaged over a text and brought to length 1, such as MiniLM of
/// sentence-transformers.
///
/// Devlin and others 2018, arXiv 1810.04805; Reimers and Gurevych 2019, arXiv 1908.10084. It is read
/// from a folder as Hugging Face lays it out: `config.json`, `model.safetensors`, and
/// `tokenizer.json` or `vocab.txt`.
public struct SentenceEncoder: TextEncoder {
  /// What it is, for people.
  public let words: String
  /// SHA-256 of its files.
  public let digest: String
  /// The extent of a vector.
  public let width: Int
  private let pieces: WordPiece
  private let weights: BERTWeights

  /// The most pieces of a text that are read.
  private static let longest = 256
  private static let batchSize = 32

  /// Reads the encoder of a folder.
  ///
  /// Throws where a file is missing or damaged, or the model is of another kind.
  init(folder: URL) throws(ReadError) {
    let configuration = try BERTConfiguration(folder.appendingPathComponent("config.json"))
    let file = folder.appendingPathComponent("model.safetensors")
    pieces = try WordPiece(folder: folder)
    weights = try BERTWeights(file, configuration)
    guard Int(pieces.largestNumber) < weights.words.shape[0] else {
      throw ReadError(
        .damaged, file: folder.path, "its tokenizer has more pieces than its model knows.")
    }
    width = configuration.width
    words = "\(folder.lastPathComponent), \(configuration.layers) layers, \(width) numbers a text"
    let sources = ["config.json", "model.safetensors", "tokenizer.json", "vocab.txt"]
      .map { folder.appendingPathComponent($0) }.filter { Folder.kind(at: $0) != .absent }
    var lines: [String] = []
    for source in sources {
      lines.append("\(try DataCache.digest(of: source))  \(source.lastPathComponent)")
    }
    digest = Digest.hexadecimal(ofLines: lines)
  }

  /// The vectors of texts; words are not counted, and their rarity does not matter.
  public func vectors(
    of texts: [String], rarity: (String) -> Float, _ reading: Reading
  ) throws(ReadError) -> [Float] {
    let limit = min(Self.longest, weights.positions.shape[0])
    let numbers = texts.map { pieces.pieces(of: $0, limit: limit) }
    // Texts of one length go together, so that none is filled up.
    let order = texts.indices.sorted { (numbers[$0].count, $0) < (numbers[$1].count, $1) }
    var result = [Float](repeating: 0, count: texts.count * width)
    let runner = Runner()
    let persistent = PersistentValues([(BERTWeights.prefix, weights.blocks)])
    var first = 0
    while first < order.count {
      let time = numbers[order[first]].count
      let batch = order[first...].prefix(Self.batchSize).prefix { numbers[$0].count == time }
      try reading.goOn(encoded: first, of: order.count)
      let rows = weights.encode(
        batch.map { numbers[$0] }, count: Self.batchSize, runner, persistent)
      for (row, position) in batch.enumerated() {
        result.replaceSubrange(
          position * width..<(position + 1) * width, with: rows[row * width..<(row + 1) * width])
      }
      first += batch.count
    }
    try reading.goOn(encoded: order.count, of: order.count)
    return result
  }
}

/// The sizes of a BERT.
struct BERTConfiguration: Sendable {
  let layers: Int
  let width: Int
  let heads: Int
  let hidden: Int
  let epsilon: Double

  /// Reads `config.json`; throws where it is not that of a BERT.
  init(_ file: URL) throws(ReadError) {
    let json = try WordPiece.json(file)
    let kind = json["model_type"]?.string ?? "of no kind"
    guard kind == "bert", (json["hidden_act"]?.string ?? "gelu") == "gelu",
      (json["position_embedding_type"]?.string ?? "absolute") == "absolute"
    else {
      throw ReadError(
        .damaged, file: file.path,
        "a model '\(kind)', and a BERT with gelu and absolute positions is read.")
    }
    func size(_ key: String) throws(ReadError) -> Int {
      guard let size = json[key]?.integer, (1...65_536).contains(size) else {
        throw ReadError(.damaged, file: file.path, "its \(key) is missing or out of bounds.")
      }
      return size
    }
    layers = try size("num_hidden_layers")
    width = try size("hidden_size")
    heads = try size("num_attention_heads")
    hidden = try size("intermediate_size")
    epsilon = json["layer_norm_eps"]?.number ?? 1e-12
    guard width % heads == 0 else {
      throw ReadError(.damaged, file: file.path, "\(heads) heads do not divide \(width) numbers.")
    }
  }

  /// One block.
  var block: TransformerBlock {
    TransformerBlock(
      heads: heads, keyWidth: width / heads, hidden: hidden, normalizing: .after, epsilon: epsilon)
  }
}

/// The numbers of a BERT.
struct BERTWeights: Sendable {
  static let prefix = "encoder"
  private static let embeddingNorm = "embedding"

  /// The vector of each piece.
  let words: TensorValue
  /// The vector of each position.
  let positions: TensorValue
  /// The normalization of embeddings and all blocks, as `block0`, `block1`, ....
  let blocks: ParameterValues
  private let kind: TensorValue
  private let configuration: BERTConfiguration

  /// Reads `model.safetensors`; throws where a tensor is missing or of another shape.
  init(_ url: URL, _ configuration: BERTConfiguration) throws(ReadError) {
    let file: SafetensorsFile
    do throws(SafetensorsError) { file = try Safetensors.read(url) } catch {
      throw ReadError(.damaged, file: url.path, "\(error.reason).")
    }
    let reader = Reader(file: file, path: url.path)
    let width = configuration.width
    words = try reader.value("embeddings.word_embeddings.weight", [nil, width])
    positions = try reader.value("embeddings.position_embeddings.weight", [nil, width])
    kind = try reader.value("embeddings.token_type_embeddings.weight", [nil, width])
    var blocks = ParameterValues()
    blocks.append(
      ParameterValues([
        "scale": try reader.value("embeddings.LayerNorm.weight", [width]),
        "offset": try reader.value("embeddings.LayerNorm.bias", [width]),
      ]), below: Self.embeddingNorm)
    let definitions = configuration.block.parameterDefinitions(width: width)
    for layer in 0..<configuration.layers {
      for entry in definitions.entries {
        blocks.append(
          .init(
            name: "block\(layer).\(entry.name)",
            leaf: try reader.value(
              Self.sourceName(of: entry.name, layer), isTurned: entry.name.hasSuffix(".weight"),
              entry.leaf.shape.dimensions)))
      }
    }
    self.blocks = blocks
    self.configuration = configuration
  }

  private static let sources = [
    "normalization1": "attention.output.LayerNorm", "normalization2": "output.LayerNorm",
    "attention.query": "attention.self.query", "attention.key": "attention.self.key",
    "attention.value": "attention.self.value", "attention.output": "attention.output.dense",
    "dense1": "intermediate.dense", "dense2": "output.dense",
  ]

  /// What the file calls a parameter of a block.
  private static func sourceName(of name: String, _ layer: Int) -> String {
    let parts = name.split(separator: ".")
    let part = parts.dropLast().joined(separator: ".")
    let role = ["weight", "scale"].contains(parts.last) ? "weight" : "bias"
    return "encoder.layer.\(layer).\(sources[part, default: part]).\(role)"
  }

  /// The unit vectors of texts whose pieces are as many, `count` rows of which the last may mean
  /// nothing.
  func encode(
    _ texts: [[Int32]], count: Int, _ runner: Runner, _ persistent: PersistentValues
  ) -> [Float] {
    let (time, width) = (texts[0].count, configuration.width)
    var embedded: [Float] = []
    embedded.reserveCapacity(count * time * width)
    for row in 0..<count {
      let text = texts[min(row, texts.count - 1)]
      for (position, piece) in text.enumerated() { embedded += sum(Int(piece), position) }
    }
    let execution = runner.execution(for: time, persistent: persistent) {
      program(count: count, time: time)
    }
    execution.set("embedded", TensorValue(embedded, shape: [count, time, width]))
    execution.run()
    return execution.value("vectors").floats
  }

  private func sum(_ piece: Int, _ position: Int) -> [Float] {
    let (word, place) = (words.slice(at: piece).floats, positions.slice(at: position).floats)
    let type = kind.slice(at: 0).floats
    return word.indices.map { word[$0] + place[$0] + type[$0] }
  }

  private func program(count: Int, time: Int) -> Program {
    let width = configuration.width
    let parameters = Parameters.inputs(like: blocks, prefix: Self.prefix)
    var context = NetworkContext()
    var features = Tensor.input("embedded", shape: [count, time, width])
    features = LayerNorm(epsilon: configuration.epsilon)(
      features, parameters.below(Self.embeddingNorm), &context)
    for layer in 0..<configuration.layers {
      features = configuration.block.results(
        for: features, seeing: features, parameters.below("block\(layer)"))
    }
    let means = features.mean(along: [1])
    let squares = means.square().sum(along: [1], keepingAxes: true)
    return Program(
      [("vectors", means * (squares + 1e-24).reciprocalSquareRoot())],
      declaring: parameters.leaves)
  }
}

/// Reads tensors under the names that programs of Python give them.
private struct Reader {
  let file: SafetensorsFile
  let path: String

  /// A tensor of a shape, nil for any extent; turned where the file has rows for columns.
  func value(
    _ name: String, isTurned: Bool = false, _ shape: [Int?]
  ) throws(ReadError) -> TensorValue {
    let full =
      ["", "bert.", "0.auto_model."].map { $0 + name }
      .first { file.names.contains($0) } ?? name
    let value: TensorValue
    do throws(SafetensorsError) { value = try file.value(full) } catch {
      throw ReadError(.damaged, file: path, "\(error.reason).")
    }
    let wanted = isTurned ? shape.reversed() : shape
    let extents = value.shape.dimensions
    guard value.elementType == .float32, extents.count == wanted.count,
      zip(extents, wanted).allSatisfy({ $1 == nil || $0 == $1 })
    else {
      throw ReadError(
        .damaged, file: path,
        "'\(full)' has the shape \(extents), which its config.json does not say.")
    }
    return isTurned ? value.transposed : value
  }
}

extension TensorValue {
  /// A matrix with its rows as columns.
  fileprivate var transposed: TensorValue {
    let (rows, columns) = (shape[0], shape[1])
    let elements = floats
    var turned = [Float](repeating: 0, count: elements.count)
    for row in 0..<rows {
      for column in 0..<columns { turned[column * rows + row] = elements[row * columns + column] }
    }
    return TensorValue(turned, shape: [columns, rows])
  }
}
