import Foundation

/// Reads a file line by line, plain or gzip; memory holds a piece of it.
final class LineReader {
  private let stream: ByteStream
  private var buffer: [UInt8] = []
  private var position = 0
  private var isEnd = false
  private static let lineLimit = 1 << 24

  /// Opens a file; throws where there is none.
  init(_ url: URL) throws(ReadError) { stream = try ByteStream(url) }

  /// The next line without its end, LF or CR LF; nil at the end.
  ///
  /// Throws where it is longer than 16 MB, or compressed data is damaged.
  func next() throws(ReadError) -> ArraySlice<UInt8>? {
    var searched = position
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { position = end + 1 }
        return trimmed(buffer[position..<end])
      }
      guard !isEnd else {
        defer { position = buffer.count }
        return position < buffer.count ? trimmed(buffer[position...]) : nil
      }
      searched = buffer.count - position
      buffer.removeFirst(position)
      position = 0
      guard buffer.count <= Self.lineLimit else {
        throw ReadError(
          .damaged, file: stream.name, "a line of more than \(Self.lineLimit) bytes; not text.")
      }
      let piece = try stream.next()
      buffer += piece
      isEnd = piece.isEmpty
    }
  }

  private func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    line.last == UInt8(ascii: "\r") ? line.dropLast() : line
  }
}
