import Foundation

/// The two streams: results on stdout, everything else on stderr.
enum Terminal {
  /// Whether people see stderr as it is written.
  static var isInteractive: Bool {
    isatty(2) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// The columns of the terminal; 80 where that is not known.
  static var width: Int {
    var size = winsize()
    guard unsafe ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 80 }
    return Int(size.ws_col)
  }

  /// Writes a line of results.
  static func result(_ line: String) { write(line + "\n", to: 1) }

  /// Writes a line for people beside the results.
  static func note(_ line: String) { write(line + "\n", to: 2) }

  /// Writes a text on one of the streams; a reader that has gone away is no error.
  static func write(_ text: String, to stream: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Foundation.write(stream, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}
