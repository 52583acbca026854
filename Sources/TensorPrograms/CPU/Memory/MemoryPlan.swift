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
    let region: Region
    let offset: Int
  }

  /// The place of each value; aliases have that of their root.
  private(set) var places: [Place]
  /// The place of each step's scratch, by step and kernel.
  private(set) var scratchPlaces: [[Place?]]
  /// Bytes of constants.
  private(set) var constantByteCount = 0
  /// Bytes of the shared region.
  private(set) var sharedByteCount = 0
  /// Bytes of the arena that one lane needs.
  private(set) var laneByteCount = 0
  /// Bytes of the batch region for all lanes.
  private(set) var batchByteCount = 0

  static let alignment = 64

  static func aligned(_ byteCount: Int) -> Int {
    (byteCount + alignment - 1) / alignment * alignment
  }

  /// Plans the places of all values and of scratch memory, given in bytes by step and kernel; where
  /// persistent values lie is given.
  init(
    _ graph: Graph, scratch: [[Int]], turns: Turns = .none,
    persistent: PersistentValues.Layout = .init()
  ) {
    let lifetimes = Lifetimes(graph)
    let regions = MemoryPlan.regions(graph, lifetimes)
    places = [Place](
      repeating: Place(region: .shared, offset: 0), count: graph.values.count)
    scratchPlaces = scratch.map { $0.map { _ in nil } }
    var hasPlace = [Bool](repeating: false, count: graph.values.count)
    placeBatch(graph, lifetimes, regions, &hasPlace)
    var arenas: [Region: RegionPlan] = [.shared: RegionPlan(), .lane: RegionPlan()]
    func allocate(
      _ region: Region, _ size: Int, until end: Int, at position: Int,
      inPlaceOf reused: Graph.ValueID? = nil
    ) -> Place {
      let offset = arenas[region, default: RegionPlan()].allocate(
        size, until: turns.moment(of: end), at: turns.moment(of: position), inPlaceOf: reused)
      return Place(region: region, offset: offset)
    }
    // What is written before a run must not lie where an earlier step of the run writes.
    for step in graph.steps where step.isWrittenBeforeRuns {
      for output in step.outputs where !hasPlace[output] {
        hasPlace[output] = true
        places[output] =
          placeOutsideArena(step, graph.values[output].byteCount, persistent)
          ?? allocate(.shared, graph.values[output].byteCount, until: .max, at: -1)
      }
    }
    let stages = Stage.ofSteps(in: graph)
    for (position, step) in graph.steps.enumerated() {
      for output in step.outputs where lifetimes.root[output] == output && !hasPlace[output] {
        let place = allocate(
          regions[output], turns.held[output]?.byteCount ?? graph.values[output].byteCount,
          until: lifetimes.end[output], at: position,
          inPlaceOf: MemoryPlan.inPlaceInput(
            of: output, step, position, graph, lifetimes, regions, turns))
        arenas[place.region]?.name(output, at: place.offset)
        (places[output], hasPlace[output]) = (place, true)
      }
      let region = stages[position] == .lane ? Region.lane : .shared
      for (kernel, size) in scratch[position].enumerated() where size > 0 {
        scratchPlaces[position][kernel] = allocate(region, size, until: position, at: position)
      }
    }
    for value in graph.values.indices { places[value] = places[lifetimes.root[value]] }
    sharedByteCount = arenas[.shared]?.peak ?? 0
    laneByteCount = arenas[.lane]?.peak ?? 0
  }

  /// The place of a constant or a persistent value; nil for other values.
  private mutating func placeOutsideArena(
    _ step: Graph.Step, _ byteCount: Int, _ persistent: PersistentValues.Layout
  ) -> Place? {
    if case .input(let name) = step.operation {
      return persistent.entries[name].map { Place(region: .persistent, offset: $0.offset) }
    }
    defer { constantByteCount += max(MemoryPlan.aligned(byteCount), MemoryPlan.alignment) }
    return Place(region: .constants, offset: constantByteCount)
  }

  private mutating func placeBatch(
    _ graph: Graph, _ lifetimes: Lifetimes, _ regions: [Region], _ hasPlace: inout [Bool]
  ) {
    for value in graph.values.indices
    where regions[value] == .batch && lifetimes.root[value] == value {
      places[value] = Place(region: .batch, offset: batchByteCount)
      hasPlace[value] = true
      batchByteCount += MemoryPlan.aligned(graph.values[value].byteCount) * graph.laneCount
    }
  }

  /// The region of each value, by its root.
  private static func regions(_ graph: Graph, _ lifetimes: Lifetimes) -> [Region] {
    var regions = graph.values.map { $0.variesByLane ? Region.lane : Region.shared }
    func keepForBatch(_ value: Graph.ValueID) {
      let root = lifetimes.root[value]
      if graph.values[root].variesByLane { regions[root] = .batch }
    }
    graph.outputs.forEach(keepForBatch)
    for step in graph.steps {
      if step.isInput { step.outputs.forEach(keepForBatch) }
      if case .sumOverLanes = step.operation { step.inputs.forEach(keepForBatch) }
    }
    return regions
  }

  /// The operand whose memory a row program may write its result to: read for the last time here,
  /// element by element, and of the same size.
  private static func inPlaceInput(
    of output: Graph.ValueID, _ step: Graph.Step, _ position: Int, _ graph: Graph,
    _ lifetimes: Lifetimes, _ regions: [Region], _ turns: Turns
  ) -> Graph.ValueID? {
    guard case .rowProgram(let program) = step.kind,
      let index = step.outputs.firstIndex(of: output), program.outputs[index].access == .full
    else { return nil }
    for (input, access) in zip(step.inputs, program.inputs) where access == .full {
      let root = lifetimes.root[input]
      let readers = zip(step.inputs, program.inputs).filter { lifetimes.root[$0.0] == root }
      if lifetimes.end[root] == position, regions[root] == regions[output],
        graph.values[root].byteCount == graph.values[output].byteCount,
        turns.mayWrite(output, over: root, at: position),
        readers.allSatisfy({ $0.1 == .full })
      {
        return root
      }
    }
    return nil
  }
}

/// How long values must be kept, aliases counted with the value whose memory they are.
struct Lifetimes {
  /// The value whose memory a value is.
  private(set) var root: [Graph.ValueID]
  /// The position of the last step that reads the value; `Int.max` where it must stay.
  private(set) var end: [Int]

  init(_ graph: Graph) {
    root = Array(graph.values.indices)
    end = [Int](repeating: -1, count: graph.values.count)
    let stages = Stage.ofSteps(in: graph)
    let lastLaneStep = stages.lastIndex(of: .lane) ?? -1
    for (position, step) in graph.steps.enumerated() {
      if step.isAlias { root[step.outputs[0]] = root[step.inputs[0]] }
      for output in step.outputs where root[output] == output { end[output] = position }
      if step.isWrittenBeforeRuns { for output in step.outputs { end[output] = .max } }
      for input in step.inputs {
        // Lanes run one after the other, so what they share must outlast the last of them.
        let isShared = !graph.values[root[input]].variesByLane
        let last = stages[position] == .lane && isShared ? max(position, lastLaneStep) : position
        end[root[input]] = max(end[root[input]], last)
      }
    }
    for output in graph.outputs { end[root[output]] = .max }
  }
}

extension Graph.Step {
  /// Whether the results are there before a run: what it is given, and constants.
  fileprivate var isWrittenBeforeRuns: Bool { isInput || operation?.isConstant == true }
}

/// A region in the making: the smallest gap that fits is taken.
private struct RegionPlan {
  private struct Block {
    let offset: Int
    let size: Int
    var end: Int
    var values: [Graph.ValueID] = []
  }

  /// The most bytes in use at once.
  private(set) var peak = 0
  /// Blocks in use, by offset.
  private var blocks: [Block] = []

  mutating func allocate(
    _ byteCount: Int, until end: Int, at position: Int, inPlaceOf value: Graph.ValueID?
  ) -> Int {
    if let value, let index = blocks.firstIndex(where: { $0.values.contains(value) }) {
      blocks[index].end = end
      return blocks[index].offset
    }
    blocks.removeAll { $0.end < position }
    let size = max(MemoryPlan.aligned(byteCount), MemoryPlan.alignment)
    var best: (offset: Int, gap: Int, index: Int)?
    var start = 0
    for (index, block) in blocks.enumerated() {
      let gap = block.offset - start
      if gap >= size, gap < best?.gap ?? .max { best = (start, gap, index) }
      start = block.offset + block.size
    }
    let (offset, index) = best.map { ($0.offset, $0.index) } ?? (start, blocks.count)
    blocks.insert(Block(offset: offset, size: size, end: end), at: index)
    peak = max(peak, offset + size)
    return offset
  }

  /// Says which value lies in the block at an offset.
  mutating func name(_ value: Graph.ValueID, at offset: Int) {
    guard let index = blocks.firstIndex(where: { $0.offset == offset }) else { return }
    blocks[index].values = [value]
  }
}
