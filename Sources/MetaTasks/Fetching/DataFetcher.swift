import Files
public import Foundation

/// Fetches files over http, going on where an earlier attempt broke off.
public struct DataFetcher: Sendable {
  /// How far a download has come.
  public struct Progress: Sendable, Hashable {
    /// The name of the file.
    public let fileName: String
    /// The bytes that are there.
    public let received: Int
    /// The bytes of the whole file, where the server says so.
    public let total: Int?
  }

  /// How much patience there is.
  public struct Limits: Sendable, Hashable {
    /// The longest time without a byte.
    public var stall: Duration = .seconds(30)
    /// How many attempts in a row may end without a new byte.
    public var attempts = 4
    /// The time before the second attempt; each later one waits twice as long.
    public var pause: Duration = .seconds(1)
    /// The longest time to wait where a server asks for it.
    public var longestPause: Duration = .seconds(60)
    /// The redirections to follow.
    public var redirections = 5
    /// The most bytes of a file.
    public var size = 16 << 30

    /// The limits that serve fetching from the internet.
    public init() {}
  }

  private let limits: Limits
  private let isOffline: Bool

  /// Fetches within limits; not at all where the environment holds METALEARN_OFFLINE=1.
  public init(
    limits: Limits = Limits(),
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.limits = limits
    isOffline = environment["METALEARN_OFFLINE"] == "1"
  }

  /// Fetches a file into a folder and returns where it is; a file that is there already stays.
  ///
  /// Waits for the network: not to be called where that must not happen. Throws where the server
  /// does not give the file or gives another one; what was received so far is kept for the next
  /// time, unless it is wrong.
  public func fetch(
    _ download: Download, into folder: URL, progress: (Progress) -> Void = { _ in }
  ) throws(FetchError) -> URL {
    let target = folder.appendingPathComponent(download.fileName)
    if FileManager.default.fileExists(atPath: target.path) {
      guard let digest = download.digest else { return target }
      if (try? Digest.hexadecimal(ofFile: target)) == digest { return target }
    }
    if isOffline { throw unavailable(download, folder, "METALEARN_OFFLINE is set") }
    try FetchError.naming { () throws(FileError) in try Folder.make(folder) }
    let file = try PartialFile(of: target)
    try receive(download, file, folder: folder, progress: progress)
    try check(file, download)
    try file.complete()
    return target
  }

  /// Attempts until the whole file is there.
  private func receive(
    _ download: Download, _ file: PartialFile, folder: URL, progress: (Progress) -> Void
  ) throws(FetchError) {
    var attempt = 0
    var pause = limits.pause
    var url = download.url
    var redirections = 0
    while true {
      let before = file.size
      let outcome = try Attempt(download: download, limits: limits, url: url)
        .run(into: file, progress: progress)
      switch outcome {
      case .complete: return
      case .refused(let reason): throw unavailable(download, folder, reason)
      case .moved(let target):
        redirections += 1
        guard redirections <= limits.redirections else {
          throw unavailable(download, folder, "it redirects more than \(limits.redirections) times")
        }
        url = target
      case .brokenOff(let reason, let wait):
        // An address that was given for a while may have ended.
        url = download.url
        redirections = 0
        if file.size > before {
          attempt = 0
          pause = limits.pause
        }
        attempt += 1
        guard attempt < limits.attempts else { throw unavailable(download, folder, reason) }
        Thread.sleep(forTimeInterval: min(max(wait ?? pause, pause), limits.longestPause).seconds)
        pause = pause * 2
      }
    }
  }

  private func check(_ file: PartialFile, _ download: Download) throws(FetchError) {
    var problem = file.problemOfArchive()
    if let digest = download.digest {
      let found = try file.digest()
      problem = found == digest ? nil : "its SHA-256 is \(found), not \(digest)."
    }
    if let problem {
      file.discard()
      throw FetchError(
        .damaged, "\(download.url.absoluteString): what came is not the file: \(problem)")
    }
  }

  private func unavailable(
    _ download: Download, _ folder: URL, _ reason: String
  ) -> FetchError {
    FetchError(
      .unavailable,
      "\(download.url.absoluteString): \(reason); try again to go on, or fetch it elsewhere and put "
        + "it into \(folder.path) as \(download.fileName).")
  }
}

extension Duration {
  /// The whole time in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
