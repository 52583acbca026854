public import Files
public import Foundation
internal import Synchronization

/// A file of JSON lines that grows by one whole line at a time.
///
/// What a line says depends on what was measured alone, never on the clock: times go to a log of
/// their own, so that two runs of one recipe can be compared byte by byte.
public final class JSONLinesFile: Sendable {
  /// What was wrong with the part that should have been kept, or nil.
  public let warning: String?
  private let path: String
  private let file: OpenFile
  private let byteCount: Mutex<Int>

  /// Opens or makes a log and keeps its first bytes, or all whole lines where `keptByteCount` is
  /// nil.
  ///
  /// What follows the kept part is cut off: after a resume those lines are written again. A log
  /// that is shorter than that keeps its whole lines, and `warning` says so. Throws where the file
  /// cannot be opened or cut.
  public init(url: URL, keepingFirst keptByteCount: Int?) throws(FileError) {
    path = url.path
    let file = try OpenFile(path, flags: O_RDWR | O_CREAT, attempt: .write)
    let wanted = keptByteCount ?? .max
    let content = try file.bytes(upTo: wanted)
    let kept = (content.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
    try file.truncate(to: kept)
    if let keptByteCount, kept != keptByteCount {
      warning =
        "\(path) has \(kept) bytes of whole lines where the checkpoint counted \(keptByteCount); "
        + "lines of earlier steps are missing"
    } else {
      warning = nil
    }
    self.file = file
    byteCount = Mutex(kept)
  }

  /// Appends an object as one line and hands it to the system at once.
  ///
  /// Throws where that is refused, for instance by a full disk; the file then ends with the line
  /// before.
  public func append(_ members: [JSONValue.Member]) throws(FileError) {
    let line = Array("\(JSONValue.object(members))\n".utf8)
    try byteCount.withLock { (byteCount) throws(FileError) in
      do throws(FileError) {
        try file.write(line)
      } catch {
        try? file.truncate(to: byteCount)
        throw error
      }
      byteCount += line.count
    }
  }

  /// Waits until all lines are on the disk and gives their length in bytes, for a checkpoint.
  public func synchronize() throws(FileError) -> Int {
    try byteCount.withLock { (byteCount) throws(FileError) in
      try file.synchronize()
      return byteCount
    }
  }

  /// The lines of a log, without a last one that was cut; throws where another is no JSON.
  public static func read(_ url: URL) throws(RunError) -> [JSONValue] {
    let bytes = try RunError.naming { () throws(FileError) in try OpenFile.bytes(of: url.path) }
    var values: [JSONValue] = []
    let whole = bytes[..<((bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1)]
    for (number, line) in whole.split(separator: UInt8(ascii: "\n")).enumerated() {
      do throws(JSONError) {
        values.append(try JSONValue(parsing: line))
      } catch {
        throw .damagedFile(file: url.path, reason: "line \(number + 1): \(error)")
      }
    }
    return values
  }
}
