import Foundation
import MetaTasks
import Runs
import Synchronization

/// Ctrl-C, SIGTERM and a closed terminal: the first asks the work to stop after its step.
///
/// The second ends at once; where nothing is worth keeping, so does the first. A closed terminal is
/// nothing to a program that was started to outlive it, as by `nohup`.
final class StopSignal: Sendable {
  private struct Received {
    let number: Int32
    let time: ContinuousClock.Instant
  }

  private let received = Mutex<Received?>(nil)
  /// What is said of an end at once; nil where the work stops after its step.
  private let ending: String?

  /// Takes over the signals; made before any other thread, since threads inherit what is blocked.
  ///
  /// With an `ending` the first signal ends the command, with that line.
  @discardableResult init(ending: String? = nil) {
    self.ending = ending
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    let taken = Self.outlivesTerminal ? [SIGINT, SIGTERM] : [SIGINT, SIGTERM, SIGHUP]
    for number in taken { unsafe sigaddset(&signals, number) }
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    let waiting = signals
    Thread.detachNewThread { [self] in
      var signals = waiting
      var number: Int32 = 0
      while unsafe sigwait(&signals, &number) == 0 { receive(number) }
    }
  }

  /// Whether SIGHUP was ignored when the program started; asking sets it for a moment.
  private static var outlivesTerminal: Bool {
    let before = signal(SIGHUP, SIG_IGN)
    _ = signal(SIGHUP, before)
    return unsafe unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// The exit code that the signal asks for; nil where none came.
  var exitCode: Int32? { received.withLock { $0.map { 128 + $0.number } } }

  /// Does something that reads files; where a signal stopped it, the command ends as that signal
  /// asks.
  func naming<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as ReadError where error.kind == .stopped {
      throw CommandExit(
        code: exitCode ?? ExitStatus.interrupted.rawValue, message: error.description)
    }
  }

  private func receive(_ number: Int32) {
    let now = ContinuousClock.now
    let first = received.withLock { received in
      defer { received = received ?? Received(number: number, time: now) }
      return received
    }
    if let first {
      // What starts programs, such as timeout, may send one signal twice: to it and to its group.
      if (now - first.time) / .seconds(1) > 0.25 { _exit(128 + number) }
      return
    }
    if Terminal.isInteractive { Terminal.write("\r\u{1B}[K", to: 2) }
    guard let ending else {
      return Terminal.note(
        "metalearn: stopping after this step; press Ctrl-C again to end at once")
    }
    Terminal.note("metalearn: \(ending)")
    CommandLineSession.showError(128 + number, ending)
    _exit(128 + number)
  }
}
