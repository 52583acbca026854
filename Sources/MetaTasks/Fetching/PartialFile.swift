import Files
import Foundation

/// The part of a download that is there, under a name of its own until it is whole.
///
/// Beside it lies what the server called that version of the file, without which nobody can tell
/// whether the rest belongs to it. A lock keeps other processes out.
final class PartialFile {
  private let target: URL
  private let partial: URL
  private let versionFile: URL
  private let file: OpenFile
  /// The bytes that are there.
  private(set) var size: Int

  /// Opens the part of a file, or begins one.
  init(of target: URL) throws(FetchError) {
    self.target = target
    partial = target.appendingPathExtension("incomplete")
    versionFile = target.appendingPathExtension("incomplete-version")
    let file = try FetchError.naming { [partial] () throws(FileError) in
      try OpenFile(partial.path, flags: O_RDWR | O_CREAT | O_APPEND, attempt: .write)
    }
    guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0, Self.isFile(partial, file.descriptor)
    else {
      throw FetchError(.busy, "\(target.path): another process is fetching it; wait for that one.")
    }
    size = try FetchError.naming { () throws(FileError) in try file.byteCount() }
    self.file = file
  }

  /// Whether a path still is that of an open file: another process may have given it its name.
  private static func isFile(_ url: URL, _ descriptor: Int32) -> Bool {
    var (named, opened) = (stat(), stat())
    return unsafe stat(url.path, &named) == 0 && fstat(descriptor, &opened) == 0
      && named.st_ino == opened.st_ino
  }

  /// What the server called the version that the part is of; nil where that is not known.
  var version: String? {
    guard size > 0, let bytes = try? OpenFile.bytes(of: versionFile.path, limit: 4096) else {
      return nil
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// Throws away what is there, to begin with another version.
  func begin(version: String?) throws(FetchError) {
    try FetchError.naming { () throws(FileError) in try file.truncate(to: 0) }
    size = 0
    try FetchError.naming { () throws(FileError) in
      try AtomicFile.write(version ?? "", to: versionFile)
    }
  }

  /// Adds bytes at the end.
  func append(_ data: Data) throws(FetchError) {
    try FetchError.naming { () throws(FileError) in try file.write(Array(data)) }
    size += data.count
  }

  /// The SHA-256 of all bytes.
  func digest() throws(FetchError) -> String {
    try FetchError.naming { () throws(FileError) in try Digest.hexadecimal(ofFile: partial) }
  }

  /// What is wrong with the whole file as an archive, where its name says that it is one.
  func problemOfArchive() -> String? {
    guard target.pathExtension == "zip" else { return nil }
    do throws(ReadError) {
      _ = try ZipReader(partial)
      return nil
    } catch { return error.problem }
  }

  /// Syncs the file and gives it its name.
  func complete() throws(FetchError) {
    try FetchError.naming { () throws(FileError) in
      try file.synchronize()
      guard unsafe rename(partial.path, target.path) == 0 else {
        throw FileError(.rename, target.path)
      }
    }
    unsafe unlink(versionFile.path)
  }

  /// Removes everything.
  func discard() {
    unsafe unlink(partial.path)
    unsafe unlink(versionFile.path)
  }
}
