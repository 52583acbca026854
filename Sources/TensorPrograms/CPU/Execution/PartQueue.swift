import Synchronization

/// The parts of one call after the other, taken by whichever worker is free.
///
/// The caller begins with the first part, the others with the last: of two threads each finds in
/// its own cache, call after call, most of what it wrote before. Nobody waits for a worker that has
/// not taken anything: on a busy machine the others do its share.
final class PartQueue: Sendable {
  /// The call (32 bits) and its parts that nobody has taken: their end (16) and the first (16).
  private let ticket = Atomic<UInt64>(0)
  private let finished = Atomic<Int>(0)

  private static let closed = UInt64.max

  /// Begins again, with nothing to take.
  func reset() { ticket.store(0, ordering: .sequentiallyConsistent) }

  /// Offers the parts of a call, takes some of them and returns when all are done.
  func run(_ call: Int, parts: Int, _ part: (Int) -> Void) {
    finished.store(0, ordering: .relaxed)
    ticket.store(UInt64(call) << 32 | UInt64(parts) << 16, ordering: .releasing)
    while let taken = take(fromEnd: false), taken.call == call {
      part(taken.part)
      finished.wrappingAdd(1, ordering: .releasing)
    }
    var wait = SpinWait()
    while finished.load(ordering: .acquiring) < parts { wait.pause() }
  }

  /// Takes parts of any call until the queue is closed.
  func serve(_ part: (_ call: Int, _ part: Int) -> Void) {
    var wait = SpinWait()
    while ticket.load(ordering: .relaxed) != PartQueue.closed {
      guard let taken = take(fromEnd: true) else {
        wait.pause()
        continue
      }
      part(taken.call, taken.part)
      finished.wrappingAdd(1, ordering: .releasing)
      wait = SpinWait()
    }
  }

  /// Sends the workers that serve home.
  func close() { ticket.store(PartQueue.closed, ordering: .releasing) }

  /// A part that nobody has taken, or nil when there is none.
  private func take(fromEnd: Bool) -> (call: Int, part: Int)? {
    var seen = ticket.load(ordering: .acquiring)
    while seen != PartQueue.closed {
      let end = Int(seen >> 16 & 0xFFFF)
      let first = Int(seen & 0xFFFF)
      guard first < end else { return nil }
      let (exchanged, original) = ticket.weakCompareExchange(
        expected: seen, desired: fromEnd ? seen - (1 << 16) : seen + 1,
        ordering: .acquiringAndReleasing)
      if exchanged { return (Int(seen >> 32), fromEnd ? end - 1 : first) }
      seen = original
    }
    return nil
  }
}
