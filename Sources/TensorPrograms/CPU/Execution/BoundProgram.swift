import CTensorKernels
import Tensors

/// A program with its kernels chosen and its memory planned, not yet tied to addresses.
struct BoundProgram: Sendable {
  /// One kernel: where its sizes and scalars are kept, and what it works on.
  @safe
  struct Call: @unchecked Sendable {
    // Kernels are functions of the program itself.
    let kernel: ml_kernel
    /// The same for several lanes, where there is one.
    let laneKernel: ml_lane_kernel?
    /// In place of the kernel: does a tile of one of several partitions, some rows.
    var tileKernel: ml_tile_kernel?
    var rows = 0..<0
    var partition = 0
    /// The position of its step in the graph.
    let step: Int
    /// Into how many parts it pays to cut the kernel at most.
    let partLimit: Int64
    /// Where its sizes begin among those of all calls.
    let sizesOffset: Int
    /// Where its scalars begin among those of all calls.
    let scalarsOffset: Int
    /// The values that it reads and writes.
    let operands: [Graph.ValueID]
    /// The place of its scratch, which comes after the operands.
    let scratch: MemoryPlan.Place?
    /// How many bytes before its place an operand would begin of which only a tile is there.
    var bytesBefore: [Graph.ValueID: Int] = [:]
  }

  /// The graph whose steps the calls are.
  let graph: Graph
  /// The places of all values.
  let plan: MemoryPlan
  /// Sizes and scalars of all calls, one after the other.
  private(set) var sizes: [Int64] = []
  private(set) var scalars: [Float] = [0]
  /// Calls that make constants, once.
  private(set) var constants: [Call] = []
  /// Calls by stage.
  private(set) var calls: [Stage: [Call]] = [:]

  /// Calls of the lane stage that threads run side by side, by the first of them: the calls of each
  /// partition.
  private(set) var partitions: [Int: [Range<Int>]] = [:]

  /// Chooses kernels and plans memory.
  ///
  /// - Parameters:
  ///   - threads: how many share the work of a lane.
  ///   - tilesBatches: whether steps over the same pictures run tile by tile.
  ///   - persistent: where the inputs lie that are persistent values.
  init(
    _ program: Program, _ kernels: KernelSet, threads: Int = 1, tilesBatches: Bool = true,
    persistent: PersistentValues.Layout = .init()
  ) {
    let selection = KernelSelection(
      program.orderedForCPU(), program.options, kernels, threads: threads,
      tilesBatches: tilesBatches)
    let (planned, tiling) = (selection.operations, selection.tiling)
    graph = selection.graph
    plan = MemoryPlan(
      graph, scratch: planned.map { $0.map { Int($0.plan.scratchBytes) } }, tiling: tiling,
      persistent: persistent)
    let stages = Stage.ofSteps(in: graph)
    var position = 0
    while position < graph.steps.count {
      if let group = tiling.groups[position] {
        append(group, tiling, planned)
        position = group.steps.upperBound
        continue
      }
      for (index, operation) in planned[position].enumerated() {
        let made = calls(operation, of: position, plan.scratchPlaces[position][index])
        if graph.steps[position].operation?.isConstant == true {
          constants += made
        } else {
          calls[stages[position], default: []] += made
        }
      }
      position += 1
    }
  }

  /// The calls of one operation, one for each of its kernels.
  private mutating func calls(
    _ planned: PlannedOperation, of step: Int, _ scratch: MemoryPlan.Place?
  ) -> [Call] {
    let (operation, plan) = (planned.operation, planned.plan)
    let sizesOffset = sizes.count
    let scalarsOffset = scalars.count
    sizes += operation.sizes.numbers
    scalars += operation.scalars
    let kernels = unsafe [plan.kernels.0, plan.kernels.1, plan.kernels.2]
    let partLimits = [plan.partLimits.0, plan.partLimits.1, plan.partLimits.2]
    return (0..<Int(plan.kernelCount)).compactMap { index in
      unsafe kernels[index].map { kernel in
        unsafe Call(
          kernel: kernel, laneKernel: index == 0 ? plan.laneKernel : nil, step: step,
          partLimit: partLimits[index], sizesOffset: sizesOffset, scalarsOffset: scalarsOffset,
          operands: operation.operands, scratch: scratch)
      }
    }
  }

  /// Adds steps that run tile by tile: first the kernels before those that have tiles, then these,
  /// then the kernels after them.
  private mutating func append(
    _ group: BatchTiling.Group, _ tiling: BatchTiling, _ planned: [[PlannedOperation]]
  ) {
    var (before, after): ([Call], [Call]) = ([], [])
    var members: [(call: Call, tiling: ml_batch_tiling)] = []
    for position in group.steps {
      for (index, operation) in planned[position].enumerated() {
        let kernels = calls(operation, of: position, plan.scratchPlaces[position][index])
        let tiled = Int(operation.plan.batchTiling.kernel)
        before += kernels[..<tiled]
        members.append((kernels[tiled], operation.plan.batchTiling))
        after += kernels[(tiled + 1)...]
      }
    }
    calls[.lane, default: []] += before
    let ranges = group.partitions.indices.map { partition in
      let first = calls[.lane]?.count ?? 0
      for pictures in group.tiles(ofPartition: partition) {
        calls[.lane, default: []] += members.map {
          $0.call.tile(pictures, of: group, partition, $0.tiling, tiling.tileMemory)
        }
      }
      return first..<(calls[.lane]?.count ?? 0)
    }
    if ranges.count > 1 { partitions[ranges[0].lowerBound] = ranges }
    calls[.lane, default: []] += after
  }
}

extension BoundProgram.Call {
  /// How many operands the kernel has, scratch included.
  var operandCount: Int { operands.count + (scratch == nil ? 0 : 1) }

  /// The call for a tile of a partition.
  fileprivate func tile(
    _ pictures: Range<Int>, of group: BatchTiling.Group, _ partition: Int,
    _ tiling: ml_batch_tiling, _ memory: [Graph.ValueID: BatchTiling.TileMemory]
  ) -> BoundProgram.Call {
    let rows = Int(tiling.rows) / group.pictures
    var call = self
    unsafe call.tileKernel = tiling.tile
    call.rows = pictures.lowerBound * rows..<pictures.upperBound * rows
    call.partition = partition
    for value in operands {
      guard let memory = memory[value] else { continue }
      call.bytesBefore[value] =
        memory.pictureByteCount * pictures.lowerBound - memory.tileByteCount * partition
    }
    return call
  }
}
