import Foundation
import Runs

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

  /// Opens what of stdin, stdout and stderr is closed, so that no file takes its number and what is
  /// written to it.
  static func openStreams() {
    var descriptor: Int32 = 0
    repeat { descriptor = unsafe open("/dev/null", O_RDWR) } while (0...2).contains(descriptor)
    if descriptor > 2 { close(descriptor) }
  }

  /// Writes a line of results; ends the program where they cannot be written, for instance to a
  /// full disk, but not where their reader has gone away.
  static func result(_ line: String) {
    let code = write(line + "\n", to: 1)
    guard code != 0, code != EPIPE else { return }
    note("metalearn: cannot write results: \(unsafe String(cString: strerror(code)))")
    exit(ExitStatus.inputOutput.rawValue)
  }

  /// Writes a line for people beside the results.
  static func note(_ line: String) { write(line + "\n", to: 2) }

  /// Writes a text on one of the streams; returns the system's error code, or 0.
  @discardableResult
  static func write(_ text: String, to stream: Int32) -> Int32 {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Foundation.write(stream, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return errno }
      bytes = bytes.dropFirst(count)
    }
    return 0
  }
}
