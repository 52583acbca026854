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
    guard let length = UInt32(exactly: input.count) else { throw .longerThanLimit }
    var stream = unsafe z_stream()
    guard
      unsafe inflateInit2_(
        &stream, wrapping.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw .damaged }
    defer { unsafe inflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: min(limit, max(4096, 4 * input.count)) + 1)
    var produced = 0
    var failure: Failure?
    unsafe input.withUnsafeBufferPointer { input in
      unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      unsafe stream.avail_in = length
      failure = unsafe run(
        &stream, into: &output, produced: &produced, limit: limit, wrapping: wrapping)
    }
    if let failure { throw failure }
    output.removeLast(output.count - produced)
    return output
  }

  /// Inflates to the end of the input; the output grows as bytes come.
  private static func run(
    _ stream: inout z_stream, into output: inout [UInt8], produced: inout Int, limit: Int,
    wrapping: Wrapping
  ) -> Failure? {
    while true {
      if produced == output.count {
        output.append(contentsOf: repeatElement(0, count: min(output.count, limit + 1 - produced)))
      }
      let room = min(output.count - produced, 1 << 30)
      let start = produced
      let result = unsafe output.withUnsafeMutableBufferPointer { buffer in
        unsafe stream.next_out = buffer.baseAddress?.advanced(by: start)
        unsafe stream.avail_out = UInt32(room)
        return unsafe inflate(&stream, Z_NO_FLUSH)
      }
      produced += unsafe room - Int(stream.avail_out)
      guard produced <= limit else { return .longerThanLimit }
      switch result {
      case Z_OK: continue
      case Z_STREAM_END where unsafe stream.avail_in == 0: return nil
      case Z_STREAM_END where wrapping == .gzip: unsafe inflateReset(&stream)
      case Z_BUF_ERROR: return .cut
      default: return .damaged
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
