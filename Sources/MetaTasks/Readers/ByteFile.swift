import Foundation

/// A file that is read piece by piece at given offsets.
final class ByteFile: Sendable {
  /// What errors call it.
  let path: String
  /// The size when it was opened.
  let size: Int
  private let descriptor: Int32

  init(_ url: URL) throws(ReadError) {
    path = url.path
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw ReadError(reading: path, code: errno) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw ReadError(.damaged, file: path, "not a file that can be read; give a plain file.")
    }
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// So many bytes from an offset on; throws where the file does not have them.
  func bytes(at offset: Int, count: Int) throws(ReadError) -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
      throw ReadError(
        .damaged, file: path,
        "cut short: \(count) bytes at \(offset) are asked for, and it has \(size).")
    }
    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let rest = unsafe UnsafeMutableBufferPointer(rebasing: buffer[filled..<count])
        let length = unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
        if length < 0, errno == EINTR { continue }
        guard length > 0 else {
          failure = length < 0 ? errno : -1
          return
        }
        filled += length
      }
    }
    guard failure == 0 else {
      if failure > 0 { throw ReadError(reading: path, code: failure) }
      throw ReadError(.damaged, file: path, "it became shorter while it was read; try again.")
    }
    return bytes
  }

  /// All bytes of a file of at most so many.
  static func bytes(of url: URL, limit: Int) throws(ReadError) -> [UInt8] {
    let file = try ByteFile(url)
    guard file.size <= limit else {
      throw ReadError(
        .damaged, file: file.path,
        "\(file.size) bytes are more than the \(limit) that such a file may have.")
    }
    return try file.bytes(at: 0, count: file.size)
  }
}

extension ReadError {
  /// What the system says when a file cannot be opened or read.
  init(reading path: String, code: Int32) {
    let kind: Kind = code == ENOENT || code == ENOTDIR ? .missing : .inaccessible
    let text = kind == .missing ? "there is no such file." : "\(systemMessage(code))."
    self.init(kind, file: path, text)
  }
}

/// The system's words for an error code.
func systemMessage(_ code: Int32) -> String {
  unsafe String(cString: strerror(code))
}
