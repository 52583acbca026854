import Synchronization

/// How files are read: what becomes of damaged ones, who is told how far reading is and what is
/// passed over, and whether it is to go on.
public struct Reading: Sendable {
  /// How far the reading of some files is.
  public struct Progress: Sendable, Hashable {
    /// What is counted: `files`, or `texts` that are encoded.
    public let noun: String
    /// Files that are read.
    public let files: Int
    /// All files.
    public let fileCount: Int
    /// Bytes of the files that are read.
    public let bytes: Int
    /// Bytes of all files.
    public let byteCount: Int
  }

  /// Whether damaged files are left out, and told, rather than an error.
  public var skipsDamaged: Bool
  /// The columns of tables that a user names.
  public var columns: ColumnNames
  /// Told what is there and not read, or read in spite of a fault: a line each.
  public let remark: @Sendable (String) -> Void
  private let report: @Sendable (Progress) -> Void
  private let isWanted: @Sendable () -> Bool

  /// Reads to the end without telling anybody.
  public static let plain = Reading()

  /// Makes a way of reading; progress is reported by several threads, one after the other.
  public init(
    skipsDamaged: Bool = false, columns: ColumnNames = ColumnNames(),
    remark: @escaping @Sendable (String) -> Void = { _ in },
    report: @escaping @Sendable (Progress) -> Void = { _ in },
    isWanted: @escaping @Sendable () -> Bool = { true }
  ) {
    self.skipsDamaged = skipsDamaged
    self.columns = columns
    self.remark = remark
    self.report = report
    self.isWanted = isWanted
  }

  /// Throws where reading is stopped.
  private func goOn() throws(ReadError) {
    guard isWanted() else {
      throw ReadError(.stopped, file: "reading", "stopped before all was read.")
    }
  }

  /// Reports how many texts are encoded; throws where reading is stopped.
  func goOn(encoded count: Int, of total: Int) throws(ReadError) {
    try goOn()
    report(Progress(noun: "texts", files: count, fileCount: total, bytes: 0, byteCount: 0))
  }

  /// What is made of each of some files, in their order, on all processors.
  ///
  /// `size` gives the bytes of a file. Throws where reading is stopped; failures of single files
  /// are among the results.
  public func results<File: Sendable, Made: Sendable>(
    of files: [File], size: (File) -> Int,
    _ make: @Sendable (File) throws(ReadError) -> Made
  ) throws(ReadError) -> [Result<Made, ReadError>] {
    let sizes = files.map(size)
    let total = sizes.reduce(0, +)
    let done = Mutex((files: 0, bytes: 0))
    return try inParallel(files.count) { (position) throws(ReadError) in
      try goOn()
      let result: Result<Made, ReadError>
      do throws(ReadError) {
        result = .success(try make(files[position]))
      } catch {
        result = .failure(error)
      }
      done.withLock { done in
        done.files += 1
        done.bytes += sizes[position]
        report(
          Progress(
            noun: "files", files: done.files, fileCount: files.count, bytes: done.bytes,
            byteCount: total))
      }
      return result
    }
  }
}
