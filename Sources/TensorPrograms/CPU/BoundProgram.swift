import CTensorKernels
import Tensors

/// A program with its kernels chosen and its memory planned, not yet tied to addresses.
struct BoundProgram: Sendable {
  /// One kernel: where its sizes and scalars are kept, and what it works on.
  @safe
  struct Call: @unchecked Sendable {
    // Kernels are functions of the program itself.
    var kernel: ml_kernel
    /// The same for several lanes, where there is one.
    var laneKernel: ml_lane_kernel?
    /// The position of its step in the graph.
    let step: Int
    /// What the kernel is told: the whole of a stage, or the rows of a turn.
    var part = 0..<1
    let units: Int64
    let sizesOffset: Int
    let scalarsOffset: Int
    let operands: [Graph.ValueID]
    let scratch: MemoryPlan.Place?
    /// How far before its place an operand's memory would begin that is there for one turn, in bytes.
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

  /// Chooses kernels and plans memory; steps of a lane take turns where one thread runs all of it.
  init(_ program: Program, _ kernels: KernelSet, takesTurns: Bool = true) {
    graph =
      takesTurns
      ? program.graph.withConvolutionsAnew(largerThan: Turns.byteCount / 2) : program.graph
    let binding = KernelBinding(graph: graph, isExact: program.options.isExact)
    let bound = graph.steps.map(binding.bound)
    let plans = bound.map { operations in
      operations.map { operation in
        unsafe operation.sizes.withUnsafeBufferPointer {
          unsafe ml_plan_operation(kernels.table, operation.operation, $0.baseAddress)
        }
      }
    }
    let turns = takesTurns ? Turns(graph, plans) : .none
    plan = MemoryPlan(
      graph, scratch: plans.map { $0.map { Int($0.scratchBytes) } }, turns: turns)
    let stages = Stage.ofSteps(in: graph)
    var position = 0
    while position < graph.steps.count {
      if let group = turns.groups[position] {
        calls[.lane, default: []] += calls(group, turns, bound, plans)
        position = group.steps.upperBound
        continue
      }
      for (index, operation) in bound[position].enumerated() {
        let made = calls(
          operation, of: position, plans[position][index], plan.scratchPlaces[position][index])
        if graph.steps[position].operation?.isConstant == true {
          constants += made
        } else {
          calls[stages[position], default: []] += made
        }
      }
      position += 1
    }
  }

  /// The stages of one operation.
  private mutating func calls(
    _ operation: BoundOperation, of step: Int, _ plan: ml_plan, _ scratch: MemoryPlan.Place?
  ) -> [Call] {
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

  /// Steps that take turns: what comes before the stages that do, these by turns, and what follows.
  private mutating func calls(
    _ group: Turns.Group, _ turns: Turns, _ bound: [[BoundOperation]], _ plans: [[ml_plan]]
  ) -> [Call] {
    var (before, after): ([Call], [Call]) = ([], [])
    var members: [(call: Call, turns: ml_turns)] = []
    for position in group.steps {
      for (index, operation) in bound[position].enumerated() {
        let form = plans[position][index]
        let stages = calls(operation, of: position, form, plan.scratchPlaces[position][index])
        let stage = Int(form.turns.stage)
        before += stages[..<stage]
        members.append((stages[stage], form.turns))
        after += stages[(stage + 1)...]
      }
    }
    let byTurns = group.ranges.flatMap { pictures in
      members.compactMap { member in
        member.call.turn(over: pictures, of: group.pictures, member.turns, turns.held)
      }
    }
    return before + byTurns + after
  }
}

extension BoundProgram.Call {
  /// The part of this call that does some pictures of all.
  fileprivate func turn(
    over range: Range<Int>, of pictures: Int, _ turns: ml_turns,
    _ held: [Graph.ValueID: Turns.Held]
  ) -> BoundProgram.Call? {
    let rows = Int(turns.rows) / pictures
    var call = self
    guard let kernel = unsafe turns.kernel else { return nil }
    unsafe call.kernel = kernel
    unsafe call.laneKernel = nil
    call.part = range.lowerBound * rows..<range.upperBound * rows
    for value in operands {
      guard let bytes = held[value]?.pictureByteCount else { continue }
      call.bytesBefore[value] = bytes * range.lowerBound
    }
    return call
  }
}
