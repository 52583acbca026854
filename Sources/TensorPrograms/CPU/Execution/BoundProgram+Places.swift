import CTensorKernels
import Tensors

extension BoundProgram {
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
}
