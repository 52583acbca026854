package import Foundation

/// Listing, making and looking at folders.
package enum Folder {
  /// The names in a folder, sorted, hidden ones included.
  package static func names(in folder: URL) throws(FileError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    } catch {
      throw fileError(.list, folder, error)
    }
  }

  /// Makes a folder and those above it, where they are not there yet.
  package static func make(_ folder: URL) throws(FileError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw fileError(.create, folder, error)
    }
  }

  /// Makes a folder, and tells whether: not where something has its name already, of two that try
  /// at once for one alone.
  package static func makeNew(_ folder: URL) throws(FileError) -> Bool {
    if unsafe mkdir(folder.path, 0o777) == 0 { return true }
    guard errno == EEXIST else { throw FileError(.create, folder.path) }
    return false
  }

  /// What is at a path: a folder, something else, or nothing.
  package enum Kind { case absent, folder, other }

  /// What is at a path, links followed.
  package static func kind(at url: URL) -> Kind {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      return .absent
    }
    return isFolder.boolValue ? .folder : .other
  }

  private static func fileError(
    _ attempt: FileError.Attempt, _ folder: URL, _ error: any Error
  ) -> FileError {
    let error = error as NSError
    let system =
      error.domain == NSPOSIXErrorDomain
      ? error : error.userInfo[NSUnderlyingErrorKey] as? NSError
    guard let code = system.flatMap({ Int32(exactly: $0.code) }) else {
      return FileError(attempt, folder.path, reason: "access is refused or a file is in the way")
    }
    return FileError(attempt, folder.path, code: code)
  }
}
