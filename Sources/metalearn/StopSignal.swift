import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and SIGTERM: the first asks the work to stop after its step, the second ends at once.
final class StopSignal: Sendable {
  private let received = Mutex<Int32?>(nil)
  private let sources = Mutex<[any DispatchSourceSignal]>([])

  /// Takes over both signals.
  init() {
    let queue = DispatchQueue(label: "metalearn.signals")
    for number in [SIGINT, SIGTERM] {
      _ = signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [weak self] in self?.receive(number) }
      source.resume()
      sources.withLock { $0.append(source) }
    }
  }

  /// The exit code that the signal asks for; nil where none came.
  var exitCode: Int32? { received.withLock { $0.map { 128 + $0 } } }

  private func receive(_ number: Int32) {
    let isSecond = received.withLock { received in
      defer { received = received ?? number }
      return received != nil
    }
    if isSecond { _exit(128 + number) }
    Terminal.note(
      "\(Terminal.isInteractive ? "\r" : "")metalearn: stopping after this step; once more ends at once")
  }
}
