import Dispatch
import MetaTasks
import Synchronization

/// The tasks of a step to come, made on another thread while the step before it runs.
final class TasksAhead: Sendable {
  /// The number of the step.
  let step: Int
  private let batch = Mutex<TaskBatch?>(nil)
  private let isMade = DispatchSemaphore(value: 0)

  /// Begins to make the tasks of a step.
  init(step: Int, _ make: @escaping @Sendable (Int) -> TaskBatch) {
    self.step = step
    DispatchQueue.global().async { [self] in
      let made = make(step)
      batch.withLock { $0 = made }
      isMade.signal()
    }
  }

  /// The tasks, once they are there; to be asked for once.
  func take() -> TaskBatch? {
    isMade.wait()
    return batch.withLock { $0 }
  }
}
