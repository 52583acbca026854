/// How the lanes of a program are divided among workers, and where in the arena each has its
/// memory.
///
/// Where there are fewer lanes than workers, lanes run one after the other and workers share the
/// work of each.
struct LaneDivision {
  /// The lanes of the program.
  let laneCount: Int
  /// Whether each worker runs lanes of its own.
  let runsLanes: Bool
  /// Lanes that a worker takes at a time.
  let chunk: Int
  /// How many sets of memory for lanes there are: one for each worker that runs lanes.
  let memoryCount: Int
  private let sharedByteCount: Int
  private let batchByteCount: Int
  private let laneByteCount: Int

  /// - Parameter chunk: lanes that a worker takes at a time; nil: as many as stay in the cache.
  init(laneCount: Int, _ plan: MemoryPlan, chunk: Int?, workers: Int) {
    self.laneCount = laneCount
    sharedByteCount = plan.sharedByteCount
    batchByteCount = plan.batchByteCount
    laneByteCount = plan.laneByteCount
    runsLanes = laneCount >= workers
    memoryCount = runsLanes ? workers : 1
    let automatic = LaneDivision.automaticChunk(plan.laneByteCount, laneCount, workers)
    self.chunk = runsLanes ? chunk.map { min(max($0, 1), laneCount) } ?? automatic : 1
  }

  /// How many threads share the work of a lane.
  static func threadsOfLane(_ laneCount: Int, workers: Int) -> Int {
    laneCount >= workers ? 1 : workers
  }

  /// As many lanes as stay in the cache, but enough chunks for all workers.
  private static func automaticChunk(_ laneByteCount: Int, _ lanes: Int, _ workers: Int) -> Int {
    let fitting = Tuning.residentByteCount / max(1, laneByteCount)
    return max(1, min(fitting, (lanes + workers - 1) / workers))
  }

  /// Bytes of the arena that the program needs.
  var arenaByteCount: Int { offset(of: .lane, worker: memoryCount) }

  /// Where a worker finds a region in the arena.
  func offset(of region: MemoryPlan.Region, worker: Int) -> Int {
    switch region {
    case .shared: 0
    case .batch: sharedByteCount
    case .lane: sharedByteCount + batchByteCount + worker * chunk * laneByteCount
    case .constants, .persistent: fatalError("Memory of the region '\(region)' is no arena.")
    }
  }
}
