import Files
public import Foundation
import Synchronization
import TensorFiles
import Tensors

/// Decoded data sets, each in one file of a folder, found by the content of what they came from.
///
/// A file that is damaged or cannot be written is as good as none: the data set is decoded again.
public struct DataCache: Sendable {
  /// The folder that holds the files.
  public let folder: URL
  /// The most bytes of all files together; the oldest make room for new ones.
  public let limit: Int

  /// A cache in a folder, which is made when something is kept.
  public init(folder: URL, limit: Int = 4 << 30) {
    self.folder = folder
    self.limit = limit
  }

  /// The user's own cache; nil without a home.
  public static func user(_ folders: UserFolders = UserFolders()) -> DataCache? {
    folders.cache.map { DataCache(folder: $0.appendingPathComponent("pictures")) }
  }

  /// The pictures that were kept under a digest, or else those that are made, which are then kept.
  ///
  /// The digest is of the sources' content and of how they are prepared.
  func pictures(
    named name: String, digest: String, make: () throws(ReadError) -> LabelledPictures
  ) throws(ReadError) -> LabelledPictures {
    let file = folder.appendingPathComponent("\(name)-\(digest.prefix(32)).pictures")
    if let bytes = try? OpenFile.bytes(of: file.path, limit: 1 << 36),
      let pictures = PicturesFile.pictures(in: bytes)
    {
      return pictures
    }
    let pictures = try make()
    if (try? keep(PicturesFile.bytes(of: pictures), as: file)) != nil { makeRoom(keeping: file) }
    return pictures
  }

  /// The numbers that were kept under a digest, or else those that are made, which are then kept.
  func numbers(
    named name: String, digest: String, count: Int, make: () throws(ReadError) -> [Float]
  ) throws(ReadError) -> [Float] {
    let file = folder.appendingPathComponent("\(name)-\(digest.prefix(32)).safetensors")
    if let kept = try? Safetensors.read(file).value(name), kept.shape == [count],
      kept.elementType == .float32
    {
      return kept.floats
    }
    let numbers = try make()
    let value = TensorValue(numbers, shape: [numbers.count])
    if let bytes = try? Safetensors.encode([(name, value)], file: file.path),
      (try? keep(bytes, as: file)) != nil
    {
      makeRoom(keeping: file)
    }
    return numbers
  }

  private func keep(_ bytes: [UInt8], as file: URL) throws(FileError) {
    try Folder.make(folder)
    try AtomicFile.write(bytes, to: file)
  }

  /// Removes the files that were written longest ago until the others are within the limit.
  private func makeRoom(keeping newest: URL) {
    guard let files = try? FolderListing.files(below: folder) else { return }
    var total = files.reduce(0) { $0 + $1.size }
    for file in files.sorted(by: { $0.modified < $1.modified })
    where total > limit && file.name != newest.lastPathComponent
      && [".pictures", ".safetensors"].contains(where: file.name.hasSuffix)
    {
      try? FileManager.default.removeItem(at: folder.appendingPathComponent(file.name))
      total -= file.size
    }
  }

  /// The digest of a file's or a folder's content.
  ///
  /// Files that have the size and time of change that they had are not read again.
  func digest(of source: URL) throws(ReadError) -> String {
    let files = try FolderListing.files(below: source)
    let state = Digest.hexadecimal(
      ofLines: [source.standardizedFileURL.path]
        + files.map { "\($0.size) \($0.modified) \($0.name)" })
    if let digest = known(state)?.string { return digest }
    let digest = try Self.digest(of: source, files: files)
    remember(state, .string(digest))
    return digest
  }

  private var index: URL { folder.appendingPathComponent("digests.json") }

  private var knownStates: JSONValue {
    let bytes = try? OpenFile.bytes(of: index.path, limit: 1 << 24)
    return bytes.flatMap { try? JSONValue(parsing: $0) } ?? [:]
  }

  /// What was remembered of files in a state; nil where nothing was.
  func known(_ state: String) -> JSONValue? { knownStates[state] }

  /// Remembers something of files in a state; the oldest of many are forgotten.
  func remember(_ state: String, _ value: JSONValue) {
    let members = knownStates.object ?? []
    let kept = (members.count > 1000 ? [] : members) + [.init(state, value)]
    try? keep(Array("\(JSONValue.object(kept))".utf8), as: index)
  }

  /// A file's own digest; for a folder, that of the list of its files with theirs.
  static func digest(of source: URL) throws(ReadError) -> String {
    try digest(of: source, files: try FolderListing.files(below: source))
  }

  private static func digest(
    of source: URL, files: [FolderListing.File]
  ) throws(ReadError) -> String {
    if Folder.kind(at: source) != .folder { return try content(of: source) }
    var lines: [String] = []
    for file in files {
      let content = try content(of: source.appendingPathComponent(file.name))
      lines.append("\(content)  \(file.name)")
    }
    return Digest.hexadecimal(ofLines: lines)
  }

  private static func content(of file: URL) throws(ReadError) -> String {
    try ReadError.naming { () throws(FileError) in try Digest.hexadecimal(ofFile: file) }
  }
}
