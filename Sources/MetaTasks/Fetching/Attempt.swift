import Foundation

/// One attempt to receive the rest of a file.
struct Attempt {
  /// How an attempt ends.
  enum Outcome {
    /// The whole file is there.
    case complete
    /// It ended early; another attempt may go on, perhaps after a time that the server asks for.
    case brokenOff(String, wait: Duration?)
    /// Another attempt would end the same way.
    case refused(String)
    /// The file is at another address.
    case moved(URL)
  }

  let download: Download
  let limits: DataFetcher.Limits
  /// Where the file is now: the download's address, or the one that it was moved to.
  let url: URL

  /// Asks for what is missing and adds it to the part that is there.
  func run(
    into file: PartialFile, progress: (DataFetcher.Progress) -> Void
  ) throws(FetchError) -> Outcome {
    // Without the name of its version or a digest, nobody can tell whether the rest belongs to it.
    if file.size > 0, file.version == nil, download.digest == nil {
      try file.begin(version: nil)
    }
    var fields = ["Accept-Encoding": "identity", "User-Agent": "metalearn"]
    if file.size > 0 {
      fields["Range"] = "bytes=\(file.size)-"
      if let version = file.version { fields["If-Range"] = version }
    }
    let transfer = HTTPTransfer(url, fields: fields)
    defer { transfer.finish() }
    var total: Int?
    while true {
      guard let event = transfer.next(within: limits.stall) else {
        return .brokenOff("no byte came in \(Int(limits.stall.seconds)) seconds", wait: nil)
      }
      switch event {
      case .head(let status, let fields):
        if let outcome = try begin(file, status: status, fields: fields, total: &total) {
          return outcome
        }
      case .body(let data):
        guard file.size + data.count <= min(total ?? .max, limits.size) else {
          file.discard()
          throw FetchError(
            .damaged, "\(download.url.absoluteString): more bytes come than were announced.")
        }
        try file.append(data)
        progress(.init(fileName: download.fileName, received: file.size, total: total))
      case .end(let problem):
        if problem == nil, total == nil || file.size == total { return .complete }
        return .brokenOff(problem ?? "the connection ended too early", wait: nil)
      }
    }
  }

  /// Prepares the file for the body; returns how the attempt ends where no body is wanted.
  private func begin(
    _ file: PartialFile, status: Int, fields: [String: String], total: inout Int?
  ) throws(FetchError) -> Outcome? {
    let length = fields["content-length"].flatMap { Int($0) }
    switch status {
    case 206:
      let range = ContentRange(fields["content-range"])
      guard let range, range.start == file.size else {
        try file.begin(version: nil)
        return .brokenOff("the server gave another part than was asked for", wait: nil)
      }
      if let version = Self.version(fields), let known = file.version, version != known {
        try file.begin(version: nil)
        return .brokenOff("the server gave a part of another version", wait: nil)
      }
      total = range.total ?? length.map { min($0, limits.size) + file.size }
    case 200:
      // Servers may ignore that only a part was asked for, or have another version by now.
      try file.begin(version: Self.version(fields))
      total = length
    case 416:
      let size = download.size ?? ContentRange(fields["content-range"])?.total
      if size == file.size { return .complete }
      try file.begin(version: nil)
      return .brokenOff("the server has less of the file than is here", wait: nil)
    case 301, 302, 303, 307, 308:
      return redirection(to: fields["location"])
    case 408, 425, 429, 500...599:
      let wait = fields["retry-after"].flatMap { Int($0) }.map { Duration.seconds(max(0, $0)) }
      return .brokenOff("the server answers \(status)", wait: wait)
    default:
      return .refused("the server answers \(status)")
    }
    let expected = download.size ?? total
    guard expected == total || total == nil, (expected ?? 0) <= limits.size else {
      file.discard()
      throw FetchError(
        .damaged,
        "\(download.url.absoluteString): \(total ?? 0) bytes are announced, not \(expected ?? 0) "
          + "or at most \(limits.size).")
    }
    total = expected
    return nil
  }

  /// Where a redirection leads, if it may be followed.
  private func redirection(to location: String?) -> Outcome {
    guard let location, let target = URL(string: location, relativeTo: url)?.absoluteURL,
      let scheme = target.scheme?.lowercased(), scheme == "https" || scheme == "http"
    else { return .refused("the server redirects to no address") }
    guard scheme == "https" || url.scheme?.lowercased() != "https" else {
      return .refused("it redirects from https to an address that is not safe")
    }
    return .moved(target)
  }

  /// The name of the version that can be asked for again: only a strong tag will do.
  private static func version(_ fields: [String: String]) -> String? {
    guard let tag = fields["etag"], tag.hasPrefix("\""), tag.utf8.count < 1000 else { return nil }
    return tag
  }

  /// The field `Content-Range: bytes first-last/total`, of which any part may be `*`.
  private struct ContentRange {
    let start: Int?
    let total: Int?

    init?(_ field: String?) {
      guard let field, field.hasPrefix("bytes ") else { return nil }
      let parts = field.dropFirst(6).split(separator: "/")
      guard parts.count == 2 else { return nil }
      start = parts[0].split(separator: "-").first.flatMap { Int($0) }
      total = Int(parts[1])
    }
  }
}
