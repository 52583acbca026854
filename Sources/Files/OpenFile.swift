package import Foundation

/// An open file, closed when it goes out of scope, whose calls go on after interruptions.
package struct OpenFile: ~Copyable, Sendable {
  /// The system's number of the open file.
  package let descriptor: Int32
  /// The path that errors name.
  package let path: String

  /// Opens a file with the flags of `open(2)`.
  package init(
    _ path: String, flags: Int32, mode: mode_t = 0o644, attempt: FileError.Attempt
  ) throws(FileError) {
    var descriptor: Int32
    repeat {
      descriptor = unsafe open(path, flags | O_CLOEXEC, mode)
    } while descriptor < 0 && errno == EINTR
    guard descriptor >= 0 else { throw FileError(attempt, path) }
    self.descriptor = descriptor
    self.path = path
  }

  /// Opens an ordinary file for reading; folders, pipes and devices are refused.
  package static func reading(_ path: String) throws(FileError) -> OpenFile {
    let file = try OpenFile(path, flags: O_RDONLY | O_NONBLOCK, attempt: .read)
    guard try file.status().st_mode & S_IFMT == S_IFREG else {
      throw FileError(.read, path, reason: "it is not an ordinary file")
    }
    return file
  }

  /// More bytes than any file of a run has.
  private static let ordinaryLimit = 1 << 33

  /// All bytes of an ordinary file; throws where it has more than `limit`.
  package static func bytes(
    of path: String, limit: Int = ordinaryLimit
  ) throws(FileError) -> [UInt8] {
    try OpenFile.reading(path).bytes(upTo: .max, limit: limit)
  }

  /// The first bytes, at most `count` of them; throws where the whole file has more than `limit`.
  package func bytes(
    upTo count: Int, limit: Int = ordinaryLimit
  ) throws(FileError) -> [UInt8] {
    let total = try byteCount()
    guard total <= limit else {
      throw FileError(
        .read, path, reason: "\(total) bytes are more than the \(limit) that it may have")
    }
    return try read(upTo: min(count, total))
  }

  /// So many bytes from an offset on, wherever the present position is; throws where the file does
  /// not have them.
  package func bytes(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
    let total = try byteCount()
    guard offset >= 0, count >= 0, offset <= total, count <= total - offset else {
      throw FileError(
        .read, path,
        reason: "cut short: \(count) bytes at \(offset) are asked for, and it has \(total)")
    }
    let bytes = try unsafe filled(count) { rest, filled in
      unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
    }
    guard bytes.count == count else {
      throw FileError(.read, path, reason: "it became shorter while it was read")
    }
    return bytes
  }

  deinit { close(descriptor) }

  /// What the system knows of the file.
  package func status() throws(FileError) -> stat {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(.read, path) }
    return status
  }

  /// The size in bytes.
  package func byteCount() throws(FileError) -> Int { Int(try status().st_size) }

  /// The next bytes, at most `count` of them and fewer only at the end of the file.
  package func read(upTo count: Int) throws(FileError) -> [UInt8] {
    try unsafe filled(count) { rest, _ in
      unsafe Foundation.read(descriptor, rest.baseAddress, rest.count)
    }
  }

  /// As many bytes as `receive` gives until there are `count` or no more come; it is handed the
  /// room that is left and the number of bytes before it.
  private func filled(
    _ count: Int, _ receive: (UnsafeMutableRawBufferPointer, Int) -> Int
  ) throws(FileError) -> [UInt8] {
    var failure: Int32?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let rest = unsafe UnsafeMutableRawBufferPointer(
          UnsafeMutableBufferPointer(rebasing: buffer[filled..<count]))
        let received = unsafe receive(rest, filled)
        if received < 0 && errno == EINTR { continue }
        if received < 0 { failure = errno }
        guard received > 0 else { return }
        filled += received
      }
    }
    if let failure { throw FileError(.read, path, code: failure) }
    return bytes
  }

  /// Writes all of the bytes at the present position.
  package func write(_ bytes: [UInt8]) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let accepted = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
        return unsafe Foundation.write(descriptor, rest.baseAddress, rest.count)
      }
      if accepted < 0 && errno == EINTR { continue }
      guard accepted >= 0 else { throw FileError(.write, path) }
      written += accepted
    }
  }

  /// Cuts the file to a length and goes on writing there.
  package func truncate(to byteCount: Int) throws(FileError) {
    guard ftruncate(descriptor, off_t(byteCount)) == 0,
      lseek(descriptor, off_t(byteCount), SEEK_SET) >= 0
    else { throw FileError(.write, path) }
  }

  /// Waits until the bytes are on the disk.
  package func synchronize() throws(FileError) {
    var result: Int32
    repeat { result = fsync(descriptor) } while result != 0 && errno == EINTR
    guard result == 0 else { throw FileError(.write, path) }
  }
}
