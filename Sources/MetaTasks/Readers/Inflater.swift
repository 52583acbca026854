internal import CZlib

/// Undoes deflate piece by piece, in memory that does not depend on how much comes out.
@safe final class Inflater {
  /// What stopped the work on a piece.
  enum Pause {
    /// The output is full.
    case full
    /// The input is used up.
    case hungry
    /// The compressed data is at its end; further input may begin anew.
    case ended
  }

  // zlib keeps a pointer to it, so that it has to stay at one place.
  private let stream: UnsafeMutablePointer<z_stream>

  /// Prepares to inflate data in a wrapping.
  init(_ wrapping: Inflation.Wrapping) throws(Inflation.Failure) {
    unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    guard
      unsafe inflateInit2_(
        stream, wrapping.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw .damaged }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Inflates the input from a position on, into the output from where it is filled to.
  ///
  /// Both positions move on.
  func inflate(
    _ input: [UInt8], from position: inout Int, into output: inout [UInt8], filled: inout Int
  ) throws(Inflation.Failure) -> Pause {
    let (given, room) = (min(input.count - position, 1 << 30), min(output.count - filled, 1 << 30))
    let (start, end) = (position, filled)
    let result = unsafe input.withUnsafeBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        // zlib takes a pointer to bytes that it does not change.
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
          mutating: input.baseAddress?.advanced(by: start))
        unsafe stream.pointee.avail_in = UInt32(given)
        unsafe stream.pointee.next_out = output.baseAddress?.advanced(by: end)
        unsafe stream.pointee.avail_out = UInt32(room)
        return unsafe CZlib.inflate(stream, Z_NO_FLUSH)
      }
    }
    position += unsafe given - Int(stream.pointee.avail_in)
    filled += unsafe room - Int(stream.pointee.avail_out)
    switch result {
    case Z_OK: return filled == output.count ? .full : .hungry
    case Z_BUF_ERROR: return room == 0 ? .full : .hungry
    case Z_STREAM_END: return .ended
    default: throw .damaged
    }
  }

  /// Begins anew with the input that follows.
  func restart() { unsafe _ = inflateReset(stream) }
}
