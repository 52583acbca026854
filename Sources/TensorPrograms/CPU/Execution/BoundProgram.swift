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
    /// In place of the kernel: does some rows for one of several shares.
    var turn: ml_turn?
    var rows = 0..<0
    var share = 0
    /// The position of its step in the graph.
    let step: Int
    let units: Int64
    let sizesOffset: Int
    let scalarsOffset: Int
    let operands: [Graph.ValueID]
    let scratch: MemoryPlan.Place?
    /// How many bytes before its place an operand's memory would begin of which a turn's is there.
    var bytesBefore: [Graph.ValueID: Int] = [:]
  }

  let graph: Graph
  let plan: MemoryPlan
  /// Sizes and scalars of all calls, one after the other.
  private(set) var sizes: [Int64] = []
  private(set) var scalars: [Float] = [0]
  /// Calls that make constants, once.
  private(set) var constants: [Call] = []
  /// Calls by stage.
  private(set) var calls: [Stage: [Call]] = [:]

  /// Calls of the lane stage that threads run side by side, by the first of them: one share after the
  /// other.
  private(set) var shares: [Int: [Range<Int>]] = [:]

  /// Chooses kernels and plans memory.
  ///
  /// - Parameters:
  ///   - threads: how many share the work of a lane.
  ///   - tilesBatches: whether steps over the same pictures take turns.
  ///   - persistent: where the inputs lie that are persistent values.
  init(
    _ program: Program, _ kernels: KernelSet, threads: Int = 1, tilesBatches: Bool = true,
    persistent: PersistentValues.Layout = .init()
  ) {
    let ordered = OrderedKernels(
      program.orderedForCPU(), program.options, kernels, threads: threads,
      takesTurns: tilesBatches)
    let (planned, turns) = (ordered.operations, ordered.turns)
    graph = ordered.graph
    plan = MemoryPlan(
      graph, scratch: planned.map { $0.map { Int($0.plan.scratchBytes) } }, turns: turns,
      persistent: persistent)
    let stages = Stage.ofSteps(in: graph)
    var position = 0
    while position < graph.steps.count {
      if let group = turns.groups[position] {
        append(group, turns, planned)
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

  /// The sums over lanes, in an order that depends on the expressions alone.
  var laneSums: [CPUProgram.Variable] {
    let sums = graph.steps.filter { $0.operation == .sumOverLanes }.map { $0.outputs[0] }
    return sums.sorted().map { value in
      CPUProgram.Variable(
        shape: graph.values[value].shape, elementType: graph.values[value].elementType,
        place: plan.places[value], variesByLane: false)
    }
  }

  /// Where the operands of a call lie, scratch included.
  func places(of call: Call) -> [ml_place] {
    let operands = call.operands.map { value in
      let step = MemoryPlan.aligned(graph.values[value].byteCount)
      return place(plan.places[value], bytesBefore: call.bytesBefore[value] ?? 0, batchStep: step)
    }
    guard let scratch = call.scratch else { return operands }
    return operands + [place(scratch, bytesBefore: 0, batchStep: 0)]
  }

  private func place(
    _ place: MemoryPlan.Place, bytesBefore: Int, batchStep: Int
  ) -> ml_place {
    let (laneStep, firstStep) =
      switch place.region {
      case .lane: (plan.laneByteCount, 0)
      case .batch: (batchStep, batchStep)
      case .constants, .persistent, .shared: (0, 0)
      }
    return ml_place(
      region: Int64(place.region.kernelCode), offset: Int64(place.offset - bytesBefore),
      laneStep: Int64(laneStep), firstStep: Int64(firstStep))
  }

  /// The stages of one operation.
  private mutating func calls(
    _ planned: PlannedOperation, of step: Int, _ scratch: MemoryPlan.Place?
  ) -> [Call] {
    let (operation, plan) = (planned.operation, planned.plan)
    let sizesOffset = sizes.count
    let scalarsOffset = scalars.count
    sizes += operation.sizes
    scalars += operation.scalars
    let stages = unsafe [plan.stages.0, plan.stages.1, plan.stages.2]
    let units = [plan.units.0, plan.units.1, plan.units.2]
    return (0..<Int(plan.stageCount)).compactMap { index in
      unsafe stages[index].map { kernel in
        unsafe Call(
          kernel: kernel, laneKernel: index == 0 ? plan.lanes : nil, step: step,
          units: units[index], sizesOffset: sizesOffset, scalarsOffset: scalarsOffset,
          operands: operation.operands, scratch: scratch)
      }
    }
  }

  /// Adds steps that take turns: what comes before the stages that do, these by turns, and the rest.
  private mutating func append(
    _ group: Turns.Group, _ turns: Turns, _ planned: [[PlannedOperation]]
  ) {
    var (before, after): ([Call], [Call]) = ([], [])
    var members: [(call: Call, turns: ml_turns)] = []
    for position in group.steps {
      for (index, operation) in planned[position].enumerated() {
        let stages = calls(operation, of: position, plan.scratchPlaces[position][index])
        let stage = Int(operation.plan.turns.stage)
        before += stages[..<stage]
        members.append((stages[stage], operation.plan.turns))
        after += stages[(stage + 1)...]
      }
    }
    calls[.lane, default: []] += before
    let ranges = group.shares.indices.map { share in
      let first = calls[.lane]?.count ?? 0
      for pictures in group.turns(ofShare: share) {
        calls[.lane, default: []] += members.map {
          $0.call.turn(over: pictures, of: group, share: share, $0.turns, turns.held)
        }
      }
      return first..<(calls[.lane]?.count ?? 0)
    }
    if ranges.count > 1 { shares[ranges[0].lowerBound] = ranges }
    calls[.lane, default: []] += after
  }
}

extension BoundProgram.Call {
  /// How many operands the kernel has, scratch included.
  var operandCount: Int { operands.count + (scratch == nil ? 0 : 1) }

  /// The part of this call that does some pictures of a share.
  fileprivate func turn(
    over pictures: Range<Int>, of group: Turns.Group, share: Int, _ turns: ml_turns,
    _ held: [Graph.ValueID: Turns.Held]
  ) -> BoundProgram.Call {
    let rows = Int(turns.rows) / group.pictures
    var call = self
    unsafe call.turn = turns.turn
    call.rows = pictures.lowerBound * rows..<pictures.upperBound * rows
    call.share = share
    for value in operands {
      guard let held = held[value] else { continue }
      call.bytesBefore[value] =
        held.pictureByteCount * pictures.lowerBound - held.turnByteCount * share
    }
    return call
  }
}
