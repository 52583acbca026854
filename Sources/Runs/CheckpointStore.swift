internal import Files
public import Foundation
internal import TensorFiles

/// The checkpoints of a run: the last two and the best.
///
/// Each is one file that is there whole or not at all and carries its own digest. What the store
/// keeps is enough to go on after a kill at any moment and after damage to any one file.
public struct CheckpointStore: Hashable, Sendable {
  private static let prefix = "step-"
  private static let suffix = ".safetensors"

  /// The folder of the files.
  public let folder: URL

  /// Stands for the checkpoints in a folder, which must exist before the first is saved.
  public init(folder: URL) { self.folder = folder }

  /// Writes a checkpoint, then removes all but it and the one before.
  ///
  /// Those of later steps, which a resume has passed by as damaged, are removed too. Throws where
  /// it cannot be written; the ones before are then still there.
  public func save(_ checkpoint: Checkpoint) throws(RunError) {
    try write(checkpoint, to: url(ofStep: checkpoint.step))
    let steps = try steps()
    let previous = steps.last { $0 < checkpoint.step }
    for step in steps where step != checkpoint.step && step != previous {
      // One that cannot be removed now is removed after the next step.
      try? FileManager.default.removeItem(at: url(ofStep: step))
    }
  }

  /// Writes the best checkpoint so far in place of the best before.
  public func saveBest(_ checkpoint: Checkpoint) throws(RunError) {
    try write(checkpoint, to: best)
  }

  /// Removes the best checkpoint, where there is one.
  public func removeBest() throws(RunError) {
    try RunError.naming { () throws(FileError) in try AtomicFile.remove(best) }
  }

  /// The best checkpoint, or nil where none was saved; throws where it is damaged.
  public func loadBest() throws(RunError) -> Checkpoint? {
    guard Folder.kind(at: best) != .absent else { return nil }
    return try read(best)
  }

  /// The last sound checkpoint, or nil where none was saved.
  ///
  /// Damaged ones are passed by, each named in a warning. Throws where all are damaged.
  public func loadLatest() throws(RunError) -> (checkpoint: Checkpoint, warnings: [String])? {
    let steps = try steps()
    guard !steps.isEmpty else { return nil }
    var reasons: [String] = []
    for step in steps.reversed() {
      do throws(RunError) {
        let checkpoint = try read(url(ofStep: step))
        return (checkpoint, reasons.map { "\($0); the one of step \(step) is used" })
      } catch {
        reasons.append("\(error)")
      }
    }
    throw .noSoundCheckpoint(folder: folder.path, reasons: reasons)
  }

  /// The steps of the checkpoints that are there, in order, sound or not.
  public func steps() throws(RunError) -> [Int] {
    guard Folder.kind(at: folder) != .absent else { return [] }
    let names = try RunError.naming { () throws(FileError) in try Folder.names(in: folder) }
    return names.compactMap { name in
      guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix),
        let step = Int(name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count)),
        url(ofStep: step).lastPathComponent == name
      else { return nil }
      return step
    }.sorted()
  }

  /// The file of a step.
  public func url(ofStep step: Int) -> URL {
    let digits = "\(step)"
    let padded = String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    return folder.appending(path: "\(Self.prefix)\(padded)\(Self.suffix)")
  }

  /// The file of the best checkpoint.
  public var best: URL { folder.appending(path: "best.safetensors") }

  private func write(_ checkpoint: Checkpoint, to url: URL) throws(RunError) {
    let bytes: [UInt8]
    do throws(SafetensorsError) {
      bytes = try checkpoint.encoded(file: url.path)
    } catch {
      fatalError("The checkpoint of step \(checkpoint.step) cannot be encoded: \(error)")
    }
    try RunError.naming { () throws(FileError) in try AtomicFile.write(bytes, to: url) }
  }

  private func read(_ url: URL) throws(RunError) -> Checkpoint {
    let bytes = try RunError.naming { () throws(FileError) in try OpenFile.bytes(of: url.path) }
    return try Checkpoint(decoding: bytes, file: url.path)
  }
}
