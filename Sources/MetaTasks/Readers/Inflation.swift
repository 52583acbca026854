internal import CZlib

/// Undoes deflate, counting what comes out rather than believing what was claimed.
enum Inflation {
  /// What the compressed bytes are wrapped in.
  enum Wrapping: Int32 {
    /// Nothing, as in zip archives.
    case none = -15
    /// The header and checksum of gzip.
    case gzip = 31
  }

  /// Why bytes cannot be inflated.
  enum Failure: Error {
    case damaged
    case cut
    case longerThanLimit

    var problem: String {
      switch self {
      case .damaged: "the compressed data is damaged; fetch or make the file again."
      case .cut: "the compressed data ends too early; fetch or make the file again."
      case .longerThanLimit: "it inflates to more than it may; it is damaged or made to do harm."
      }
    }
  }

  /// What the bytes inflate to, at most `limit` bytes; gzip members follow one another.
  static func inflated(
    _ input: [UInt8], wrapping: Wrapping, limit: Int
  ) throws(Failure) -> [UInt8] {
    let inflater = try Inflater(wrapping)
    var output = [UInt8](repeating: 0, count: min(limit, max(4096, 4 * input.count)) + 1)
    var (position, produced) = (0, 0)
    while true {
      let pause = try inflater.inflate(input, from: &position, into: &output, filled: &produced)
      guard produced <= limit else { throw .longerThanLimit }
      switch pause {
      case .full:
        output.append(contentsOf: repeatElement(0, count: min(output.count, limit + 1 - produced)))
      case .hungry where position == input.count: throw .cut
      case .hungry: continue
      case .ended where position < input.count:
        guard wrapping == .gzip else { throw .damaged }
        inflater.restart()
      case .ended:
        output.removeLast(output.count - produced)
        return output
      }
    }
  }

  /// The checksum of zip and gzip.
  static func checksum(_ bytes: [UInt8]) -> Int {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe Int(crc32_z(0, buffer.baseAddress, buffer.count))
    }
  }
}
