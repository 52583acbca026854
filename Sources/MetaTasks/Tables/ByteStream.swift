import Files
import Foundation

/// The bytes of a file piece by piece, inflated where it is a gzip file; memory stays small whatever
/// its size.
final class ByteStream {
  private static let pieceSize = 1 << 18

  /// What errors call it.
  let name: String
  private let file: OpenFile?
  private var input: [UInt8]
  private var position = 0
  private let inflater: Inflater?
  /// Whether compressed data ended here, and none that would follow has begun.
  private var isBetweenMembers = false

  /// Opens a file.
  init(_ url: URL) throws(ReadError) {
    let opened = try ReadError.naming { () throws(FileError) in try OpenFile.reading(url.path) }
    let first = try ReadError.naming { () throws(FileError) in
      try opened.read(upTo: Self.pieceSize)
    }
    inflater = try Self.inflater(for: first, name: url.path)
    name = url.path
    input = first
    file = consume opened
  }

  /// Gives bytes of memory; `name` is what errors call them.
  init(_ bytes: [UInt8], name: String) throws(ReadError) {
    inflater = try Self.inflater(for: bytes, name: name)
    self.name = name
    input = bytes
    file = nil
  }

  /// What inflates a file that begins like this; nil where it is not compressed.
  private static func inflater(for bytes: [UInt8], name: String) throws(ReadError) -> Inflater? {
    guard bytes.starts(with: GzipReader.signature) else { return nil }
    return try naming(name) { () throws(Inflation.Failure) in try Inflater(.gzip) }
  }

  /// Whether the bytes were compressed.
  var isCompressed: Bool { inflater != nil }

  /// The next bytes; none at the end.
  ///
  /// Throws where the file cannot be read, or compressed data is damaged or cut.
  func next() throws(ReadError) -> [UInt8] {
    guard let inflater else { return try nextInput() }
    var output = [UInt8](repeating: 0, count: Self.pieceSize)
    var filled = 0
    while filled < output.count {
      if position == input.count {
        input = try nextInput()
        position = 0
        guard !input.isEmpty else {
          guard isBetweenMembers else {
            throw ReadError(.damaged, file: name, Inflation.Failure.cut.problem)
          }
          break
        }
      }
      if isBetweenMembers { inflater.restart() }
      let pause = try Self.naming(name) { () throws(Inflation.Failure) in
        try inflater.inflate(input, from: &position, into: &output, filled: &filled)
      }
      isBetweenMembers = pause == .ended
    }
    output.removeLast(output.count - filled)
    return output
  }

  /// The bytes that the file gives next, which the first time are there already.
  private func nextInput() throws(ReadError) -> [UInt8] {
    if position == 0, !input.isEmpty {
      let first = input
      input = []
      return first
    }
    return try ReadError.naming { () throws(FileError) in try file?.read(upTo: Self.pieceSize) }
      ?? []
  }

  private static func naming<Result>(
    _ name: String, _ body: () throws(Inflation.Failure) -> Result
  ) throws(ReadError) -> Result {
    do throws(Inflation.Failure) {
      return try body()
    } catch { throw ReadError(.damaged, file: name, error.problem) }
  }
}
