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
  /// All files in the tree by their paths with slashes, in the order of their bytes; hidden files
  /// and the files that archives of macOS add are left out.
  let files: [FolderListing.File]
  /// The files and folders that the system does not let be looked at.
  let unreadable: [FolderListing.Unreadable]
  private let place: Place
  private let prefix: String

  /// The paths of all files.
  var names: [String] { files.map(\.name) }

  /// The files of a folder, or of a zip archive where the path is that of a file.
  ///
  /// A folder of the archive's own name that holds all its members is left out of their paths,
  /// whatever the case of its letters.
  init(_ url: URL) throws(ReadError) {
    path = url.path
    if Folder.kind(at: url) == .folder {
      place = .folder(url)
      prefix = ""
      let listing = try FolderListing(of: url)
      (files, unreadable) = (listing.files, listing.unreadable)
    } else {
      let modified = try FolderListing.files(below: url).first?.modified ?? 0
      let archive = try ZipReader(url)
      let visible = archive.members.filter { Self.isVisible($0.name) }
      let prefix = Self.commonFolder(
        of: visible.map(\.name), named: url.deletingPathExtension().lastPathComponent)
      place = .archive(archive)
      self.prefix = prefix
      files = visible.map { member in
        FolderListing.File(
          name: String(decoding: member.name.utf8.dropFirst(prefix.utf8.count), as: UTF8.self),
          size: member.size, modified: modified)
      }.sorted { precedesInBytes($0.name, $1.name) }
      unreadable = []
    }
  }

  /// The folder of a name in which all members of an archive lie, with a slash; empty where there
  /// is none.
  private static func commonFolder(of names: [String], named name: String) -> String {
    guard let first = names.first.flatMap({ pathParts($0).first }),
      first.lowercased() == name.lowercased(),
      names.allSatisfy({ $0.utf8.starts(with: (first + "/").utf8) })
    else { return "" }
    return first + "/"
  }

  /// The names of the folders in the tree itself, in the order of their bytes.
  var folders: [String] {
    if case .folder(let url) = place {
      return ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [])
        .filter { Self.isVisible($0) && Folder.kind(at: url.appendingPathComponent($0)) == .folder }
        .sorted(by: precedesInBytes)
    }
    var folders: [String] = []
    for name in names {
      let parts = pathParts(name)
      if parts.count > 1, folders.last?.utf8.elementsEqual(parts[0].utf8) != true {
        folders.append(parts[0])
      }
    }
    return folders
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
struct FolderListing: Sendable {
  /// One file below a folder.
  struct File: Sendable, Hashable {
    /// The path from the folder.
    let name: String
    let size: Int
    /// When it was last changed, in nanoseconds.
    let modified: Int
  }

  /// A file or folder that the system does not let be looked at, such as a link that leads nowhere.
  struct Unreadable: Sendable {
    /// The path from the folder.
    let name: String
    let error: ReadError

    /// Whether its name is not UTF-8, which no path can tell the system then.
    var isMisnamed: Bool { error.kind == .missing && name.unicodeScalars.contains("\u{FFFD}") }
  }

  /// All visible files, in the order of the bytes of their paths.
  private(set) var files: [File] = []
  /// What cannot be looked at, in the order in which it was found.
  private(set) var unreadable: [Unreadable] = []

  /// A folder as the system knows it, whatever links lead to it.
  private struct Identity: Hashable {
    let device: UInt64
    let number: UInt64
  }

  /// Lists all visible files below a folder; throws where the folder itself cannot be listed.
  init(of url: URL) throws(ReadError) {
    var pending = [(folder: "", within: Set<Identity>())]
    while let (folder, above) = pending.popLast() {
      let here = folder.isEmpty ? url : url.appendingPathComponent(folder)
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: here.path) else {
        let error = ReadError(.inaccessible, file: here.path, "this folder cannot be listed.")
        if folder.isEmpty { throw error }
        unreadable.append(Unreadable(name: folder, error: error))
        continue
      }
      // Links may lead in circles: a folder within itself is passed by.
      let within = above.union([Self.identity(of: here)])
      guard within.count > above.count else { continue }
      for name in names where FileTree.isVisible(name) {
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        do throws(ReadError) {
          guard let file = try Self.file(at: here.appendingPathComponent(name), name: path)
          else { continue }
          if file.size >= 0 { files.append(file) } else { pending.append((path, within)) }
        } catch {
          unreadable.append(Unreadable(name: path, error: error))
        }
      }
    }
    files.sort { precedesInBytes($0.name, $1.name) }
    unreadable.sort { precedesInBytes($0.name, $1.name) }
  }

  private static func identity(of url: URL) -> Identity {
    var status = stat()
    _ = unsafe stat(url.path, &status)
    return Identity(
      device: UInt64(truncatingIfNeeded: status.st_dev),
      number: UInt64(truncatingIfNeeded: status.st_ino))
  }

  /// All visible files below a folder; a file itself is its own only entry.
  ///
  /// Throws for the first that cannot be looked at.
  static func files(below url: URL) throws(ReadError) -> [File] {
    if Folder.kind(at: url) != .folder {
      return [try file(at: url, name: url.lastPathComponent)].compactMap { $0 }
    }
    let listing = try FolderListing(of: url)
    if let first = listing.unreadable.first { throw first.error }
    return listing.files
  }

  /// A file, whose size is -1 for a folder; nil for a pipe or a device.
  private static func file(at url: URL, name: String) throws(ReadError) -> File? {
    var status = stat()
    guard unsafe stat(url.path, &status) == 0 else {
      let error = FileError(.read, url.path)
      guard unsafe lstat(url.path, &status) == 0 else {
        guard url.lastPathComponent.unicodeScalars.contains("\u{FFFD}") else {
          throw ReadError(error)
        }
        throw ReadError(.missing, file: url.path, "its name is not UTF-8; rename it.")
      }
      throw ReadError(.missing, file: url.path, "a link that leads nowhere.")
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
