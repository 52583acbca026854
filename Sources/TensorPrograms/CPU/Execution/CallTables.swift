import CTensorKernels

/// What the calls of a program point to: sizes, scalars and places, one call's after the other's.
@safe
final class CallTables {
  private let sizes: Memory
  private let scalars: Memory
  private let places: Memory
  private var placeCount = 0

  /// Makes room for the calls of a program.
  init(_ bound: BoundProgram) {
    sizes = Memory(byteCount: bound.sizes.count * MemoryLayout<Int64>.stride)
    sizes.write(bound.sizes, at: 0)
    scalars = Memory(byteCount: bound.scalars.count * MemoryLayout<Float>.stride)
    scalars.write(bound.scalars, at: 0)
    let calls = bound.constants + bound.calls.values.joined()
    places = Memory(
      byteCount: calls.reduce(0) { $0 + $1.operandCount } * MemoryLayout<ml_place>.stride)
  }

  /// Bytes of all tables.
  var byteCount: Int { sizes.byteCount + scalars.byteCount + places.byteCount }

  /// Calls of the program as kernels are called; each is asked for once.
  func calls(_ calls: [BoundProgram.Call], of bound: BoundProgram) -> [ml_call] {
    unsafe calls.map { call in
      guard call.operandCount <= Int(ML_OPERANDS) else {
        fatalError("A kernel takes at most \(ML_OPERANDS) operands, not \(call.operandCount).")
      }
      var result = unsafe ml_call()
      unsafe result.kernel = call.kernel
      unsafe result.laneKernel = call.laneKernel
      unsafe result.partLimit = call.partLimit
      unsafe result.tileKernel = call.tileKernel
      unsafe (result.from, result.to) = (Int64(call.rows.lowerBound), Int64(call.rows.upperBound))
      unsafe result.partition = Int64(call.partition)
      unsafe result.sizes = UnsafePointer(
        sizes.address(call.sizesOffset * MemoryLayout<Int64>.stride)
          .assumingMemoryBound(to: Int64.self))
      unsafe result.scalars = UnsafePointer(
        scalars.address(call.scalarsOffset * MemoryLayout<Float>.stride)
          .assumingMemoryBound(to: Float.self))
      unsafe result.places = UnsafePointer(
        places.address(placeCount * MemoryLayout<ml_place>.stride)
          .assumingMemoryBound(to: ml_place.self))
      unsafe result.operandCount = Int64(call.operandCount)
      places.write(bound.places(of: call), at: placeCount * MemoryLayout<ml_place>.stride)
      placeCount += call.operandCount
      return unsafe result
    }
  }
}
