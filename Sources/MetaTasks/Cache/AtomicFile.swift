import Foundation

/// Files that are written whole or not at all.
enum AtomicFile {
  /// Writes parts to a temporary name, syncs and renames; throws where the system refuses.
  static func write(_ parts: [some DataProtocol], to url: URL) throws(ReadError) {
    let temporary = url.deletingLastPathComponent().appendingPathComponent(
      ".\(url.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier)."
        + "\(UInt32.random(in: 0...UInt32.max))")
    let descriptor = unsafe open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(url, errno) }
    var code: Int32 = 0
    for part in parts where code == 0 {
      for region in part.regions where code == 0 { code = write(region, to: descriptor) }
    }
    if code == 0, fsync(descriptor) != 0 { code = errno }
    if close(descriptor) != 0, code == 0 { code = errno }
    if code == 0, unsafe rename(temporary.path, url.path) != 0 { code = errno }
    guard code == 0 else {
      unsafe unlink(temporary.path)
      throw failure(url, code)
    }
  }

  /// Writes all bytes; returns the system's error code, or 0.
  static func write(_ bytes: some ContiguousBytes, to descriptor: Int32) -> Int32 {
    unsafe bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
        #if canImport(Darwin)
          let length = unsafe Darwin.write(descriptor, rest.baseAddress, rest.count)
        #else
          let length = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
        #endif
        if length < 0, errno == EINTR { continue }
        guard length > 0 else { return errno == 0 ? EIO : errno }
        written += length
      }
      return 0
    }
  }

  private static func failure(_ url: URL, _ code: Int32) -> ReadError {
    ReadError(.inaccessible, file: url.path, "cannot be written: \(systemMessage(code)).")
  }
}
