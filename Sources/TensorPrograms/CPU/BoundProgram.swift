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
    /// The position of its step in the graph.
    let step: Int
    let units: Int64
    let sizesOffset: Int
    let scalarsOffset: Int
    let operands: [Graph.ValueID]
    let scratch: MemoryPlan.Place?
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

  init(_ program: Program, _ kernels: KernelSet) {
    graph = program.graph
    let binding = KernelBinding(graph: program.graph, isExact: program.options.isExact)
    let bound = program.graph.steps.map(binding.bound)
    let plans = bound.map { operations in
      operations.map { operation in
        unsafe operation.sizes.withUnsafeBufferPointer {
          unsafe ml_plan_operation(kernels.table, operation.operation, $0.baseAddress)
        }
      }
    }
    plan = MemoryPlan(
      program.graph, scratch: plans.map { $0.map { Int($0.scratchBytes) } })
    let stages = Stage.ofSteps(in: program.graph)
    for (position, step) in program.graph.steps.enumerated() {
      let isConstant = step.operation?.isConstant == true
      for (index, operation) in bound[position].enumerated() {
        let made = calls(
          operation, of: position, plans[position][index], plan.scratchPlaces[position][index])
        if isConstant {
          constants += made
        } else {
          calls[stages[position], default: []] += made
        }
      }
    }
  }

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
}
