import Foundation

/// A bar with a text on stderr: live on a terminal, else a line now and then.
struct ProgressBar {
  private let isLive = Terminal.isInteractive
  private let clock = ContinuousClock()
  private var lastShown: ContinuousClock.Instant?
  private var isShown = false

  /// Whether so long has passed since the last time that this was so.
  mutating func isDue(everyLive live: Double = 0.1, elseEvery other: Double = 10) -> Bool {
    let now = clock.now
    if let lastShown, (now - lastShown) / .seconds(1) < (isLive ? live : other) { return false }
    lastShown = now
    return true
  }

  /// Shows how much is done, of 1, with a text.
  mutating func show(_ text: String, part: Double) {
    guard isLive else { return Terminal.note(text) }
    let width = max(5, min(24, Terminal.width - text.count - 6))
    let filled = Int((part * Double(width)).rounded(.down))
    let bar =
      String(repeating: "█", count: filled) + String(repeating: "░", count: max(0, width - filled))
    Terminal.write("\r\u{1B}[K\(bar)  \(text.prefix(Terminal.width - width - 3))", to: 2)
    isShown = true
  }

  /// Leaves the terminal as it was.
  mutating func clear() {
    if isShown { Terminal.write("\r\u{1B}[K", to: 2) }
    isShown = false
  }
}
