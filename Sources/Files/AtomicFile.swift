public import Foundation

/// Files that are there whole or not at all, whatever happens while they are written.
public enum AtomicFile {
  private static let leftoverSuffix = ".temporary"

  /// Puts bytes in a file, replacing what was there in one step.
  ///
  /// The bytes go to a temporary sibling, to the disk, and only then to the name, so a full disk or
  /// a killed process leaves what was there before. Throws where any of that is refused; the
  /// temporary sibling is then gone, except after a kill (see `removeLeftovers(in:)`). A link is
  /// followed; what is there and no ordinary file, such as a device, is left alone.
  public static func write(_ bytes: [UInt8], to url: URL) throws(FileError) {
    let url = url.resolvingSymlinksInPath()
    var status = stat()
    if unsafe stat(url.path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw FileError(.write, url.path, reason: "what is there is not an ordinary file")
    }
    let folder = url.deletingLastPathComponent()
    let unique = String(UInt64.random(in: 0 ... .max), radix: 36)
    let name = ".\(url.lastPathComponent).\(unique)\(leftoverSuffix)"
    let temporary = folder.appending(path: name).path
    do throws(FileError) {
      try fill(temporary, with: bytes, for: url.path)
      guard unsafe rename(temporary, url.path) == 0 else { throw FileError(.rename, url.path) }
    } catch {
      unsafe unlink(temporary)
      throw error
    }
    try synchronize(folder: folder)
  }

  /// Puts a text in a file as UTF-8, replacing what was there in one step.
  public static func write(_ text: String, to url: URL) throws(FileError) {
    try write(Array(text.utf8), to: url)
  }

  /// Removes a file; one that is not there is no error.
  public static func remove(_ url: URL) throws(FileError) {
    guard unsafe unlink(url.path) == 0 || errno == ENOENT else {
      throw FileError(.remove, url.path)
    }
  }

  /// Removes the temporary siblings that killed processes left in a folder, and says how many.
  ///
  /// Only the folder's one writer may call this: another's unfinished file would be removed too.
  @discardableResult
  public static func removeLeftovers(in folder: URL) throws(FileError) -> Int {
    var removed = 0
    for name in try Folder.names(in: folder) where isLeftover(name) {
      let path = folder.appending(path: name).path
      guard unsafe unlink(path) == 0 else { throw FileError(.remove, path) }
      removed += 1
    }
    return removed
  }

  /// Whether a name is that of a temporary sibling.
  package static func isLeftover(_ name: String) -> Bool {
    name.hasPrefix(".") && name.hasSuffix(leftoverSuffix)
  }

  private static func fill(
    _ temporary: String, with bytes: [UInt8], for path: String
  ) throws(FileError) {
    do throws(FileError) {
      let file = try OpenFile(temporary, flags: O_CREAT | O_EXCL | O_WRONLY, attempt: .write)
      try file.write(bytes)
      try file.synchronize()
    } catch {
      // The user knows the name that was asked for, not the temporary one.
      throw error.code.map { FileError(.write, path, code: $0) } ?? error
    }
  }

  /// Makes renamed and removed names of a folder last.
  package static func synchronize(folder: URL) throws(FileError) {
    let folder = try OpenFile(folder.path, flags: O_RDONLY, attempt: .write)
    try folder.synchronize()
  }
}
