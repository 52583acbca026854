import Tensors

/// Where each value of a graph lies while the program runs; the peak is known before anything runs.
struct MemoryPlan: Sendable {
  /// The memory that a value lies in.
  enum Region: Sendable, Hashable {
    /// What is made once, when the program is prepared.
    case constants
    /// What programs share and what stays from run to run.
    case persistent
    /// In the arena, one place for all lanes.
    case shared
    /// In the arena, a place for the worker that runs the lane.
    case lane
    /// In the arena, a place for every lane of the batch: what comes from outside, leaves, or is
    /// summed.
    case batch
  }

  /// A place in a region, in bytes from its start (from the lane's start in `.lane`; from the start
  /// of the first lane's in `.batch`).
  struct Place: Sendable, Hashable {
    /// The region.
    let region: Region
    /// Bytes from its start.
    let offset: Int
  }

  /// The place of each value; aliases have that of their root.
  let places: [Place]
  /// The place of each step's scratch, by step and kernel.
  let scratchPlaces: [[Place?]]
  /// Bytes of constants.
  let constantByteCount: Int
  /// Bytes of the shared region.
  let sharedByteCount: Int
  /// Bytes of the arena that one lane needs.
  let laneByteCount: Int
  /// Bytes of the batch region for all lanes.
  let batchByteCount: Int

  /// Bytes that every place is a multiple of: a cache line.
  static let alignment = 64

  /// So many bytes or a few more, up to a multiple of the alignment.
  static func aligned(_ byteCount: Int) -> Int {
    (byteCount + alignment - 1) / alignment * alignment
  }

  /// Plans the places of all values and of scratch memory, given in bytes by step and kernel; where
  /// persistent values lie is given.
  init(
    _ graph: Graph, scratch: [[Int]], tiling: BatchTiling = .none,
    persistent: PersistentValues.Layout = .init()
  ) {
    var planner = MemoryPlanner(graph, tiling)
    planner.placeBatch()
    planner.placeWhatIsWrittenBeforeRuns(persistent)
    scratchPlaces = planner.placeSteps(scratch)
    places = planner.places
    constantByteCount = planner.constantByteCount
    sharedByteCount = planner.byteCount(of: .shared)
    laneByteCount = planner.byteCount(of: .lane)
    batchByteCount = planner.batchByteCount
  }
}
