import Files
import Foundation

/// Files by their paths, in a folder or in a zip archive.
struct FileTree: Sendable {
  private enum Place: Sendable {
    case folder(URL)
    case archive(ZipReader)
  }

  /// What errors call it.
  let path: String
  /// The paths of all files in the tree with slashes, in the order of their bytes; hidden files
  /// and the files that archives of macOS add are left out.
  let names: [String]
  private let place: Place
  private let prefix: String

  /// The files of a folder, or of a zip archive where the path is that of a file.
  ///
  /// A folder of the archive's own name that holds all its members is left out of their paths.
  init(_ url: URL) throws(ReadError) {
    path = url.path
    if Folder.kind(at: url) == .folder {
      place = .folder(url)
      prefix = ""
      names = try FolderListing.files(below: url).map(\.name)
    } else {
      let archive = try ZipReader(url)
      let visible = archive.members.map(\.name).filter(Self.isVisible)
      let folder = url.deletingPathExtension().lastPathComponent + "/"
      let prefix = visible.allSatisfy { $0.utf8.starts(with: folder.utf8) } ? folder : ""
      place = .archive(archive)
      self.prefix = prefix
      names = visible.map { String(decoding: $0.utf8.dropFirst(prefix.utf8.count), as: UTF8.self) }
        .sorted(by: precedesInBytes)
    }
  }

  /// The folder or file of a name, or else the archive of that name with `.zip`; nil where none is.
  static func location(of name: String, in folder: URL) -> URL? {
    [name, name + ".zip"].map(folder.appendingPathComponent)
      .first { FileManager.default.fileExists(atPath: $0.path) }
  }

  /// The bytes of a file; in a folder, one beyond 256 MiB is refused.
  func bytes(of name: String) throws(ReadError) -> [UInt8] {
    switch place {
    case .folder(let url):
      try ReadError.naming { () throws(FileError) in
        try OpenFile.bytes(of: url.appendingPathComponent(name).path, limit: 1 << 28)
      }
    case .archive(let archive):
      try archive.bytes(of: prefix + name)
    }
  }

  /// The file and member that an error about a name is about.
  func place(of name: String) -> (file: String, member: String?) {
    switch place {
    case .folder(let url): (url.appendingPathComponent(name).path, nil)
    case .archive: (path, prefix + name)
    }
  }

  /// The picture in a file, whose kind its first bytes tell.
  func picture(_ name: String, channels: Int) throws(ReadError) -> Picture {
    let place = place(of: name)
    return try PictureReader.picture(
      try bytes(of: name), channels: channels, name: place.file, member: place.member)
  }

  static func isVisible(_ name: String) -> Bool {
    pathParts(name).allSatisfy { $0.utf8.first != UInt8(ascii: ".") && $0 != "__MACOSX" }
  }
}

/// The names in a path, parted where its bytes have slashes: a letter may begin with a combining
/// mark, which Swift's characters join with the slash before it.
func pathParts(_ path: String) -> [String] {
  path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
}

/// Whether a text comes before another by the bytes of UTF-8.
func precedesInBytes(_ left: String, _ right: String) -> Bool {
  left.utf8.lexicographicallyPrecedes(right.utf8)
}

/// What a folder holds, with what tells whether a file has changed.
enum FolderListing {
  /// One file below a folder.
  struct File: Sendable, Hashable {
    /// The path from the folder.
    let name: String
    let size: Int
    /// When it was last changed, in nanoseconds.
    let modified: Int
  }

  /// All visible files below a folder in the order of the bytes of their paths; a file itself is
  /// its own only entry.
  static func files(below url: URL) throws(ReadError) -> [File] {
    if Folder.kind(at: url) != .folder {
      return [try file(at: url, name: url.lastPathComponent)].compactMap { $0 }
    }
    var files: [File] = []
    var pending = [""]
    // Links may lead in circles, which no real path is so deep as.
    let deepest = 32
    while let folder = pending.popLast() {
      let names: [String]
      let here = folder.isEmpty ? url : url.appendingPathComponent(folder)
      do {
        names = try FileManager.default.contentsOfDirectory(atPath: here.path)
      } catch {
        throw ReadError(.inaccessible, file: here.path, "this folder cannot be listed.")
      }
      for name in names where FileTree.isVisible(name) {
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        guard let file = try file(at: here.appendingPathComponent(name), name: path) else {
          continue
        }
        if file.size >= 0 {
          files.append(file)
        } else if pathParts(path).count <= deepest {
          pending.append(path)
        } else {
          throw ReadError(.damaged, file: url.path, "folders within folders, more than \(deepest).")
        }
      }
    }
    return files.sorted { precedesInBytes($0.name, $1.name) }
  }

  /// A file, whose size is -1 for a folder; nil for a pipe or a device.
  private static func file(at url: URL, name: String) throws(ReadError) -> File? {
    var status = stat()
    guard unsafe stat(url.path, &status) == 0 else {
      throw ReadError(FileError(.read, url.path))
    }
    guard [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else { return nil }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    return File(
      name: name, size: status.st_mode & S_IFMT == S_IFDIR ? -1 : Int(status.st_size),
      modified: Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec))
  }
}
