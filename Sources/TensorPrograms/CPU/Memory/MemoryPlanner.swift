import Tensors

/// A memory plan in the making.
struct MemoryPlanner {
  private let graph: Graph
  private let tiling: BatchTiling
  private let lifetimes: Lifetimes
  private let regions: [MemoryPlan.Region]
  private var hasPlace: [Bool]
  private var arenas: [MemoryPlan.Region: RegionPlan] = [:]
  /// The place of each value, once all are placed.
  private(set) var places: [MemoryPlan.Place]
  /// Bytes of constants.
  private(set) var constantByteCount = 0
  /// Bytes of the batch region.
  private(set) var batchByteCount = 0

  /// A plan in which nothing has a place yet.
  init(_ graph: Graph, _ tiling: BatchTiling) {
    self.graph = graph
    self.tiling = tiling
    lifetimes = Lifetimes(graph)
    regions = MemoryPlanner.regions(graph, lifetimes)
    hasPlace = [Bool](repeating: false, count: graph.values.count)
    places = [MemoryPlan.Place](
      repeating: MemoryPlan.Place(region: .shared, offset: 0), count: graph.values.count)
  }

  /// Bytes of the shared or the lanes' region.
  func byteCount(of region: MemoryPlan.Region) -> Int { arenas[region]?.peak ?? 0 }

  /// Places what each lane of the batch has a place for.
  mutating func placeBatch() {
    for value in graph.values.indices
    where regions[value] == .batch && lifetimes.root[value] == value {
      place(value, MemoryPlan.Place(region: .batch, offset: batchByteCount))
      batchByteCount += MemoryPlan.aligned(graph.values[value].byteCount) * graph.laneCount
    }
  }

  /// Places inputs and constants: not where an earlier step of the run writes.
  mutating func placeWhatIsWrittenBeforeRuns(_ persistent: PersistentValues.Layout) {
    for step in graph.steps where step.isWrittenBeforeRuns {
      for output in step.outputs where !hasPlace[output] {
        let byteCount = graph.values[output].byteCount
        place(
          output,
          placeOutsideArena(step, byteCount, persistent)
            ?? allocate(.shared, byteCount, until: .max, at: -1))
      }
    }
  }

  /// Places what steps write, and their scratch memory, whose places are the result.
  mutating func placeSteps(_ scratch: [[Int]]) -> [[MemoryPlan.Place?]] {
    let stages = Stage.ofSteps(in: graph)
    let scratchPlaces = graph.steps.enumerated().map { position, step in
      placeOutputs(of: step, at: position)
      let region = stages[position] == .lane ? MemoryPlan.Region.lane : .shared
      return scratch[position].map {
        $0 > 0 ? allocate(region, $0, until: position, at: position) : nil
      }
    }
    for value in graph.values.indices { places[value] = places[lifetimes.root[value]] }
    return scratchPlaces
  }

  private mutating func placeOutputs(of step: Graph.Step, at position: Int) {
    for output in step.outputs where lifetimes.root[output] == output && !hasPlace[output] {
      let byteCount = tiling.tileMemory[output]?.byteCount ?? graph.values[output].byteCount
      let place = allocate(
        regions[output], byteCount, until: lifetimes.end[output], at: position,
        inPlaceOf: inPlaceInput(of: output, step, at: position))
      arenas[place.region]?.name(output, at: place.offset)
      self.place(output, place)
    }
  }

  private mutating func place(_ value: Graph.ValueID, _ place: MemoryPlan.Place) {
    (places[value], hasPlace[value]) = (place, true)
  }

  private mutating func allocate(
    _ region: MemoryPlan.Region, _ byteCount: Int, until end: Int, at position: Int,
    inPlaceOf reused: Graph.ValueID? = nil
  ) -> MemoryPlan.Place {
    let offset = arenas[region, default: RegionPlan()].allocate(
      byteCount, until: tiling.time(of: end), at: tiling.time(of: position), inPlaceOf: reused)
    return MemoryPlan.Place(region: region, offset: offset)
  }

  /// The place of a constant or a persistent value; nil for other values.
  private mutating func placeOutsideArena(
    _ step: Graph.Step, _ byteCount: Int, _ persistent: PersistentValues.Layout
  ) -> MemoryPlan.Place? {
    if case .input(let name) = step.operation {
      return persistent.entries[name].map {
        MemoryPlan.Place(region: .persistent, offset: $0.offset)
      }
    }
    defer { constantByteCount += max(MemoryPlan.aligned(byteCount), MemoryPlan.alignment) }
    return MemoryPlan.Place(region: .constants, offset: constantByteCount)
  }

  /// The region of each value, by its root.
  private static func regions(_ graph: Graph, _ lifetimes: Lifetimes) -> [MemoryPlan.Region] {
    var regions = graph.values.map { $0.variesByLane ? MemoryPlan.Region.lane : .shared }
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
  private func inPlaceInput(
    of output: Graph.ValueID, _ step: Graph.Step, at position: Int
  ) -> Graph.ValueID? {
    guard case .rowProgram(let program) = step.kind,
      let index = step.outputs.firstIndex(of: output), program.outputs[index].access == .full
    else { return nil }
    for (input, access) in zip(step.inputs, program.inputs) where access == .full {
      let root = lifetimes.root[input]
      let readers = zip(step.inputs, program.inputs).filter { lifetimes.root[$0.0] == root }
      if lifetimes.end[root] == position, regions[root] == regions[output],
        graph.values[root].byteCount == graph.values[output].byteCount,
        tiling.mayWrite(output, over: root, at: position),
        readers.allSatisfy({ $0.1 == .full })
      {
        return root
      }
    }
    return nil
  }
}
