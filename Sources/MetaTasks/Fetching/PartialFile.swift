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
  private let descriptor: Int32
  /// The bytes that are there.
  private(set) var size: Int

  /// Opens the part of a file, or begins one.
  init(of target: URL) throws(FetchError) {
    self.target = target
    partial = target.appendingPathExtension("incomplete")
    versionFile = target.appendingPathExtension("incomplete-version")
    descriptor = unsafe open(partial.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    size = 0
    guard descriptor >= 0 else { throw Self.failure(partial, errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, Self.isFile(partial, descriptor) else {
      throw FetchError(.busy, "\(target.path): another process is fetching it; wait for that one.")
    }
    size = Int(lseek(descriptor, 0, SEEK_END))
  }

  /// Whether a path still is that of an open file: another process may have given it its name.
  private static func isFile(_ url: URL, _ descriptor: Int32) -> Bool {
    var (named, opened) = (stat(), stat())
    return unsafe stat(url.path, &named) == 0 && fstat(descriptor, &opened) == 0
      && named.st_ino == opened.st_ino
  }

  deinit { close(descriptor) }

  /// What the server called the version that the part is of; nil where that is not known.
  var version: String? {
    guard size > 0, let bytes = try? ByteFile.bytes(of: versionFile, limit: 4096) else {
      return nil
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// Throws away what is there, to begin with another version.
  func begin(version: String?) throws(FetchError) {
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw Self.failure(partial, errno)
    }
    size = 0
    do {
      try Data((version ?? "").utf8).write(to: versionFile, options: .atomic)
    } catch { throw Self.failure(versionFile, Self.code(of: error)) }
  }

  /// Adds bytes at the end.
  func append(_ data: Data) throws(FetchError) {
    do { try FileHandle(fileDescriptor: descriptor).write(contentsOf: data) } catch {
      throw Self.failure(partial, Self.code(of: error))
    }
    size += data.count
  }

  /// The SHA-256 of all bytes.
  func digest() throws(FetchError) -> String {
    do { return try Digest.hexadecimal(ofFile: partial) } catch {
      throw FetchError(.inaccessible, error.description)
    }
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
    guard fsync(descriptor) == 0, unsafe rename(partial.path, target.path) == 0 else {
      throw Self.failure(target, errno)
    }
    unsafe unlink(versionFile.path)
  }

  /// Removes everything.
  func discard() {
    unsafe unlink(partial.path)
    unsafe unlink(versionFile.path)
  }

  private static func failure(_ url: URL, _ code: Int32) -> FetchError {
    FetchError(.inaccessible, "\(url.path): cannot be written: \(systemMessage(code)).")
  }

  /// The system's code for why Foundation could not write.
  private static func code(of error: any Error) -> Int32 {
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
    return cause.flatMap { Int32(exactly: ($0 as NSError).code) } ?? EIO
  }
}
