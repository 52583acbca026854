import CTensorKernels
import Synchronization

/// Runs the calls of a program: chunks of lanes side by side where there are enough lanes, else the
/// parts of each call.
@safe
final class Schedule: @unchecked Sendable {
  // The calls are written once, here, and point to memory that the execution owns; which worker
  // touches what is fixed by lane and part.
  private let before: CallList
  private let lane: [CallList]
  private let after: CallList
  private let laneCount: Int
  private let chunk: Int
  private let runsLanes: Bool
  private let workers: Workers
  private let nextChunk = Atomic<Int>(0)
  private let parts = PartQueue()

  init(
    before: [ml_call], lane: [[ml_call]], after: [ml_call], laneCount: Int, chunk: Int,
    runsLanes: Bool, workers: Workers
  ) {
    unsafe self.before = CallList(before)
    unsafe self.lane = lane.map { unsafe CallList($0) }
    unsafe self.after = CallList(after)
    self.laneCount = laneCount
    self.chunk = chunk
    self.runsLanes = runsLanes
    self.workers = workers
  }

  /// Runs all stages once.
  func run() {
    runParts(before, lanes: 1)
    if runsLanes { runChunks() } else { runParts(lane[0], lanes: laneCount) }
    runParts(after, lanes: 1)
  }

  /// Runs all stages once on the calling thread, and tells the seconds of each call over all lanes.
  func timedRun() -> (before: [Double], lane: [Double], after: [Double]) {
    func times(_ calls: CallList, lanes: Int) -> [Double] {
      var seconds = [Double](repeating: 0, count: calls.count)
      for lane in 0..<lanes {
        for call in 0..<calls.count {
          let taken = ContinuousClock().measure { calls.run(call, lane: lane) }
          seconds[call] += taken / .seconds(1)
        }
      }
      return seconds
    }
    return (times(before, lanes: 1), times(lane[0], lanes: laneCount), times(after, lanes: 1))
  }

  private func runChunks() {
    nextChunk.store(0, ordering: .relaxed)
    workers.run { [self] worker in
      while true {
        let first = nextChunk.wrappingAdd(1, ordering: .relaxed).oldValue * chunk
        guard first < laneCount else { return }
        lane[worker].run(first: first, lanes: min(chunk, laneCount - first))
      }
    }
  }

  /// Cuts each call into parts; calls too small to cut are run by the first worker alone.
  private func runParts(_ calls: CallList, lanes: Int) {
    guard calls.count > 0 else { return }
    guard workers.count > 1, calls.isWorthSharing else {
      for lane in 0..<lanes { calls.run(first: lane, lanes: 1) }
      return
    }
    parts.reset()
    workers.run { [self] worker in
      guard worker == 0 else {
        return parts.serve { number, part, parts in
          calls.run(number % calls.count, lane: number / calls.count, part: part, parts: parts)
        }
      }
      for number in 0..<calls.count * lanes { runShared(number, of: calls) }
      parts.close()
    }
  }

  /// Runs a call together with the workers that are free.
  private func runShared(_ number: Int, of calls: CallList) {
    let (lane, index) = (number / calls.count, number % calls.count)
    let count = min(Int(calls.units(index)), Schedule.partsPerWorker * workers.count)
    guard count > 1 else { return calls.run(index, lane: lane, part: 0, parts: 1) }
    parts.run(number, parts: count) { calls.run(index, lane: lane, part: $0, parts: count) }
  }

  /// More parts than workers, so that a slow one does not keep the others waiting.
  private static let partsPerWorker = 2
}

/// Bound calls in memory that does not move.
@safe
private final class CallList: @unchecked Sendable {
  // Written once, before any worker sees it.
  let count: Int
  /// Whether any call can be cut into parts.
  let isWorthSharing: Bool
  private let calls: UnsafeMutableBufferPointer<ml_call>

  init(_ list: [ml_call]) {
    count = unsafe list.count
    isWorthSharing = unsafe list.contains { unsafe $0.units > 1 }
    unsafe calls = .allocate(capacity: max(1, list.count))
    _ = unsafe calls.initialize(from: list)
  }

  deinit { unsafe calls.deallocate() }

  func units(_ index: Int) -> Int64 { unsafe calls[index].units }

  func run(first: Int, lanes: Int) {
    unsafe ml_run_calls(calls.baseAddress, Int64(count), Int64(first), Int64(lanes))
  }

  func run(_ index: Int, lane: Int) {
    guard let base = unsafe calls.baseAddress else { return }
    unsafe ml_run_calls(base + index, 1, Int64(lane), 1)
  }

  func run(_ index: Int, lane: Int, part: Int, parts: Int) {
    guard let base = unsafe calls.baseAddress else { return }
    unsafe ml_run_part(base + index, Int64(lane), 0, Int64(part), Int64(parts))
  }
}
