internal import Files
public import Foundation

/// The right to write a run, and what is there already.
public struct RunClaim: Sendable {
  /// What to do where there is a run already.
  public enum Resumption: String, Hashable, Sendable, CaseIterable {
    /// Refuse it.
    case never
    /// Go on with it; leave it as it is where it is finished and the recipe is the same.
    case auto
  }

  /// What was found.
  public enum State: Hashable, Sendable {
    /// Nothing: the run starts.
    case new
    /// A run that was stopped, perhaps before its first checkpoint.
    case begun
    /// A run that came to its end.
    case finished
  }

  /// The folder, which exists now.
  public let folder: RunFolder
  /// What was found.
  public let state: State
  /// The lock that keeps other writers out while this value is held; none on a finished run.
  public let lock: RunLock?

  /// Claims the folder that `--output` names for writing a run.
  ///
  /// An absent folder is made, an empty one used, and what killed writers left half-written is
  /// removed. Throws where another process writes there, where there is a run and it is not to be
  /// resumed, and where the folder holds files that are no run's: nothing is touched then.
  ///
  /// With `reopening` a finished run counts as begun: it is to be lengthened, or evaluated in
  /// another way. Its figures stay until the run is opened.
  public init(
    _ url: URL, resumption: Resumption, reopening: Bool = false
  ) throws(RunError) {
    folder = RunFolder(url)
    if Folder.kind(at: url) == .folder { try Self.refuseForeign(folder) }
    if resumption == .auto, folder.isFinished, !reopening {
      (state, lock) = (.finished, nil)
      return
    }
    let folder = folder
    try RunError.naming { () throws(FileError) in try Folder.make(url) }
    lock = try RunLock.acquire(in: url)
    // Looked at again now that nobody else can change it.
    try Self.refuseForeign(folder)
    guard resumption == .auto || !folder.isRun else { throw .alreadyARun(folder: url.path) }
    state = folder.isFinished && !reopening ? .finished : folder.isRun ? .begun : .new
    try RunError.naming { () throws(FileError) in
      try Folder.make(folder.checkpoints)
      try AtomicFile.removeLeftovers(in: folder.url)
      try AtomicFile.removeLeftovers(in: folder.checkpoints)
    }
  }

  /// Claims a new folder for a run that nobody named: the first of `name-1`, `name-2` and so on
  /// that is not there yet, for each of several writers another.
  public init(newIn parent: URL, named name: String) throws(RunError) {
    let folder = try RunError.naming { () throws(FileError) in
      try Folder.make(parent)
      var number = 1
      while try !Folder.makeNew(parent.appending(path: "\(name)-\(number)")) { number += 1 }
      return parent.appending(path: "\(name)-\(number)")
    }
    try self.init(folder, resumption: .never)
  }

  /// Refuses a folder without a recipe that holds more than a writer leaves who is killed before
  /// the recipe is written.
  private static func refuseForeign(_ folder: RunFolder) throws(RunError) {
    guard !folder.isRun else { return }
    var names = try RunError.naming { () throws(FileError) in try Folder.names(in: folder.url) }
    let checkpoints = folder.checkpoints.lastPathComponent
    if names.contains(checkpoints), Folder.kind(at: folder.checkpoints) == .folder {
      let inner = try RunError.naming { () throws(FileError) in
        try Folder.names(in: folder.checkpoints)
      }
      names.removeAll { $0 == checkpoints }
      names += inner.map { AtomicFile.isLeftover($0) ? $0 : "\(checkpoints)/\($0)" }
    }
    if let foreign = names.first(where: { $0 != RunLock.fileName && !AtomicFile.isLeftover($0) }) {
      throw .foreignFolder(folder: folder.url.path, example: foreign)
    }
  }
}
