import TensorPrograms
import Testing

@Suite struct WorkersTests {
  private final class Owner: Sendable {
    let workers = Workers(count: 3)
    func work() { workers.run { [self] _ in _ = workers.count } }
  }

  @Test func `a job is let go when it is done, and the threads with it`() async throws {
    weak var owner: Owner?
    do {
      let working = Owner()
      working.work()
      owner = working
    }
    // A worker may still be on its way out of the job.
    for _ in 0..<60_000 where owner != nil { try await Task.sleep(for: .milliseconds(1)) }
    #expect(owner == nil)
  }
}
