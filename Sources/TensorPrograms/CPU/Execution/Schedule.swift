import CTensorKernels
import Synchronization

/// Runs the calls of a program: chunks of lanes side by side where there are enough lanes, else the
/// parts of each call.
@safe
final class Schedule: @unchecked Sendable {
  // The calls are written once, here, and point to memory that the program owns; which worker
  // touches what is fixed by lane and part.
  private let before: CallList
  private let lane: CallList
  private let laneSums: CallList
  private let after: CallList
  private let bases: RegionBases
  private let division: LaneDivision
  private let workers: Workers
  private let nextChunk = Atomic<Int>(0)
  private let parts = PartQueue()

  /// - Parameter pausesAfterLaneSums: whether something is done between the sums over lanes and
  ///   what follows them.
  init(
    _ bound: BoundProgram, _ tables: CallTables, _ bases: RegionBases, _ division: LaneDivision,
    _ workers: Workers, pausesAfterLaneSums: Bool
  ) {
    let parts = workers.count > 1 ? Tuning.partsPerWorker * workers.count : 1
    func list(_ stages: [Stage], partitions: [Int: [Range<Int>]] = [:]) -> CallList {
      unsafe CallList(
        tables.calls(stages.flatMap { bound.calls[$0] ?? [] }, of: bound), bases,
        partitions: partitions,
        parts: parts)
    }
    before = list([.before])
    lane = list([.lane], partitions: bound.partitions)
    laneSums = list(pausesAfterLaneSums ? [.laneSum] : [])
    after = list(pausesAfterLaneSums ? [.after] : [.laneSum, .after])
    self.bases = bases
    self.division = division
    self.workers = workers
  }

  /// Bytes of the calls.
  var byteCount: Int {
    [before, lane, laneSums, after]
      .reduce(0) { unsafe $0 + $1.count * MemoryLayout<ml_call>.stride }
  }

  /// Runs all stages once; `complete` is called when lanes have been summed.
  func run(completing complete: () -> Void) {
    runParts(before, lanes: 1)
    if division.runsLanes { runChunks() } else { runParts(lane, lanes: division.laneCount) }
    runParts(laneSums, lanes: 1)
    complete()
    runParts(after, lanes: 1)
  }

  /// Runs all stages once on the calling thread, and tells the seconds of each call over all lanes,
  /// in the order of the stages.
  func timedRun(completing complete: () -> Void) -> [Double] {
    func times(_ calls: CallList, lanes: Int) -> [Double] {
      var seconds = [Double](repeating: 0, count: calls.count)
      for lane in 0..<lanes {
        for call in 0..<calls.count {
          let taken = ContinuousClock().measure { calls.run(call..<call + 1, lane: lane) }
          seconds[call] += taken / .seconds(1)
        }
      }
      return seconds
    }
    let first = times(before, lanes: 1) + times(lane, lanes: division.laneCount)
    let second = times(laneSums, lanes: 1)
    complete()
    return first + second + times(after, lanes: 1)
  }

  private func runChunks() {
    nextChunk.store(0, ordering: .relaxed)
    workers.run { [self] worker in
      while true {
        let first = nextChunk.wrappingAdd(1, ordering: .relaxed).oldValue * division.chunk
        guard first < division.laneCount else { return }
        lane.run(
          first: first, lanes: min(division.chunk, division.laneCount - first), worker: worker)
      }
    }
  }

  /// Cuts each call into parts; calls too small to cut are run by the first worker alone.
  private func runParts(_ calls: CallList, lanes: Int) {
    guard calls.isShared else {
      for lane in 0..<lanes { calls.run(first: lane, lanes: 1, worker: 0) }
      return
    }
    parts.reset()
    workers.run { [self] worker in
      guard worker == 0 else {
        return parts.serve { number, part in
          let (lane, entry) = number.quotientAndRemainder(dividingBy: calls.entries.count)
          calls.run(calls.entries[entry], lane: lane, part: part)
        }
      }
      for number in 0..<calls.entries.count * lanes { runShared(number, of: calls) }
      parts.close()
    }
  }

  /// Runs an entry: alone, or its parts beside the workers that are free.
  private func runShared(_ number: Int, of calls: CallList) {
    let (lane, position) = number.quotientAndRemainder(dividingBy: calls.entries.count)
    let entry = calls.entries[position]
    let count = calls.partCount(entry)
    guard count > 1 else { return calls.run(entry, lane: lane, part: 0) }
    parts.run(number, parts: count) { calls.run(entry, lane: lane, part: $0) }
  }
}

/// Bound calls in memory that does not move.
@safe
private final class CallList: @unchecked Sendable {
  /// What one thread runs, or several share.
  enum Entry {
    /// Calls that one thread runs.
    case alone(Range<Int>)
    /// A call in so many parts.
    case parts(Int, count: Int)
    /// Partitions of a batch, each with calls of its own: the position in `partitions`.
    case partitions(Int)
  }

  // Written once, before any worker sees it.
  /// The number of calls.
  let count: Int
  /// What is run, one entry after the other.
  let entries: [Entry]
  private let partitions: [[Range<Int>]]
  private let calls: UnsafeMutableBufferPointer<ml_call>
  private let bases: RegionBases

  /// Calls that threads run by partitions, or cut into so many parts at most.
  init(_ list: [ml_call], _ bases: RegionBases, partitions: [Int: [Range<Int>]], parts: Int) {
    self.bases = bases
    count = unsafe list.count
    var entries: [Entry] = []
    var found: [[Range<Int>]] = []
    var index = 0
    while unsafe index < list.count {
      let count = unsafe min(Int(list[index].partLimit), parts)
      let first = index
      index += 1
      if let partitions = partitions[first] {
        entries.append(.partitions(found.count))
        found.append(partitions)
        index = partitions.last?.upperBound ?? index
      } else if count > 1 {
        entries.append(.parts(first, count: count))
      } else if case .alone(let before) = entries.last {
        entries[entries.count - 1] = .alone(before.lowerBound..<index)
      } else {
        entries.append(.alone(first..<index))
      }
    }
    self.entries = entries
    self.partitions = found
    unsafe calls = .allocate(capacity: max(1, list.count))
    _ = unsafe calls.initialize(from: list)
  }

  deinit { unsafe calls.deallocate() }

  /// Whether there is anything that threads share.
  var isShared: Bool {
    entries.contains {
      if case .alone = $0 { false } else { true }
    }
  }

  /// Into how many parts an entry is cut.
  func partCount(_ entry: Entry) -> Int {
    switch entry {
    case .alone: 1
    case .parts(_, let count): count
    case .partitions(let position): partitions[position].count
    }
  }

  /// Runs all calls for a chunk of lanes, in the memory of a worker.
  func run(first: Int, lanes: Int, worker: Int) {
    unsafe ml_run_calls(
      calls.baseAddress, Int64(count), bases.bases(worker), Int64(first), Int64(lanes))
  }

  /// Runs some calls for a lane.
  func run(_ range: Range<Int>, lane: Int) {
    guard let base = unsafe calls.baseAddress else { return }
    unsafe ml_run_calls(
      base + range.lowerBound, Int64(range.count), bases.bases(0), Int64(lane), 1)
  }

  /// Runs a part of an entry for a lane.
  func run(_ entry: Entry, lane: Int, part: Int) {
    switch entry {
    case .alone(let range): run(range, lane: lane)
    case .parts(let index, let parts):
      guard let base = unsafe calls.baseAddress else { return }
      unsafe ml_run_part(base + index, bases.bases(0), Int64(lane), Int64(part), Int64(parts))
    case .partitions(let position): run(partitions[position][part], lane: lane)
    }
  }
}
