import Foundation

/// Waiting without sleeping, which lets other threads run after a while.
struct SpinWait {
  private var spins = 0

  /// Whether it has taken so long that sleeping is better.
  var isLong: Bool { spins > Tuning.spinsBeforeSleeping }

  /// Waits for a moment.
  mutating func pause() {
    spins += 1
    if spins > Tuning.spinsBeforeYielding { sched_yield() }
  }
}
