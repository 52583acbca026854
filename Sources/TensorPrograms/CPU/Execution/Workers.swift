import Foundation
import Synchronization

/// Threads that run the same job side by side, the caller among them.
///
/// Between jobs they spin for some microseconds, as steps of small programs follow each
/// other quickly, and then sleep.
package final class Workers: Sendable {
  /// The number of workers, the calling thread included.
  package let count: Int
  private let shared: Shared

  /// Makes workers, at least one.
  package init(count: Int) {
    self.count = max(1, count)
    shared = Shared()
    for index in 1..<max(1, count) {
      let thread = Thread { [shared] in shared.serve(as: index) }
      thread.stackSize = Tuning.workerStackByteCount
      thread.start()
    }
  }

  deinit { shared.start(nil, others: count - 1) }

  /// Runs a job once on every worker, told its number, and returns when all have ended.
  package func run(_ job: @escaping @Sendable (Int) -> Void) {
    if count > 1 { shared.start(job, others: count - 1) }
    job(0)
    if count > 1 { shared.finish() }
  }
}

/// What the workers share.
private final class Shared: Sendable {
  private let job = Mutex<(@Sendable (Int) -> Void)?>(nil)
  private let generation = Atomic<Int>(0)
  private let running = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let alarm = NSCondition()

  /// Gives the others a job; nil sends them home.
  func start(_ newJob: (@Sendable (Int) -> Void)?, others: Int) {
    job.withLock { $0 = newJob }
    running.store(others, ordering: .relaxed)
    generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    alarm.lock()
    alarm.broadcast()
    alarm.unlock()
  }

  /// Waits for the others and lets go of the job, which may hold what owns the workers.
  func finish() {
    var wait = SpinWait()
    while running.load(ordering: .acquiring) > 0 { wait.pause() }
    job.withLock { $0 = nil }
  }

  /// Runs jobs until there is none.
  func serve(as index: Int) {
    var seen = 0
    while true {
      waitForGeneration(after: seen)
      seen += 1
      guard let job = job.withLock({ $0 }) else { return }
      job(index)
      running.wrappingSubtract(1, ordering: .releasing)
    }
  }

  private func waitForGeneration(after seen: Int) {
    var wait = SpinWait()
    while generation.load(ordering: .sequentiallyConsistent) == seen {
      guard wait.isLong else {
        wait.pause()
        continue
      }
      alarm.lock()
      sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
      while generation.load(ordering: .sequentiallyConsistent) == seen { alarm.wait() }
      sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
      alarm.unlock()
    }
  }
}
