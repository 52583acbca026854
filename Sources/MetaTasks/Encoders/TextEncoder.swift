import Foundation
import Files

/// Turns texts into vectors as it was trained to elsewhere; nothing of it is learned here.
public protocol TextEncoder: Sendable {
  /// What it is, for people.
  var words: String { get }
  /// SHA-256 of what its vectors depend on.
  var digest: String { get }
  /// The extent of a vector.
  var width: Int { get }

  /// The vectors of texts, one after the other; `rarity` weighs words where they are counted.
  ///
  /// A text of which nothing is known has zeros. Throws where reading is stopped.
  func vectors(
    of texts: [String], rarity: (String) -> Float, _ reading: Reading
  ) throws(ReadError) -> [Float]
}

/// An encoder by its path and content; model files name it so, and do not hold it.
public struct TextEncoding: Hashable, Sendable {
  /// Where it is.
  public let path: String
  /// SHA-256 of what its vectors depend on.
  public let digest: String
  /// The extent of a vector.
  public let width: Int

  /// Names an encoder at a path.
  init(_ encoder: any TextEncoder, at path: String) {
    self.path = path
    digest = encoder.digest
    width = encoder.width
  }

  /// Names one by its parts.
  init(path: String, digest: String, width: Int) {
    self.path = path
    self.digest = digest
    self.width = width
  }

  /// Opens the encoder; throws where it is not at its path, or is another one now.
  func encoder() throws(ReadError) -> any TextEncoder {
    let encoder = try TextEncoders.encoder(at: path)
    guard encoder.digest == digest else {
      throw ReadError(
        .damaged, file: path,
        "it is not the encoder that the training had; put that one back, or train again.")
    }
    return encoder
  }
}

/// The kinds of encoders of texts that can be opened.
public enum TextEncoders {
  /// Opens the encoder at a path.
  ///
  /// A folder with `config.json` and `model.safetensors` is a BERT, such as MiniLM; a file holds word
  /// vectors. Throws where there is none, or it is damaged or of another kind.
  public static func encoder(at path: String) throws(ReadError) -> any TextEncoder {
    let url = URL(fileURLWithPath: path)
    switch Folder.kind(at: url) {
    case .absent:
      throw ReadError(.missing, file: path, "there is no such encoder: a folder or a file.")
    case .folder: return try SentenceEncoder(folder: url)
    default: return try WordVectors(url)
    }
  }
}
