import CTensorKernels

/// A kernel's work and how a set of kernels does it.
@safe
struct PlannedOperation: @unchecked Sendable {
  // The functions of a plan are those of the program itself.
  let operation: BoundOperation
  let plan: ml_plan

  /// Asks a set of kernels for its plan.
  init(_ operation: BoundOperation, _ kernels: KernelSet) {
    self.operation = operation
    plan = unsafe operation.sizes.numbers.withUnsafeBufferPointer {
      unsafe ml_plan_operation(kernels.table, operation.operation, $0.baseAddress)
    }
  }

  /// The last row up to one before which rows may be partitioned.
  func cut(upTo row: Int) -> Int {
    guard let cut = unsafe plan.batchTiling.cut else { return 0 }
    return unsafe operation.sizes.numbers.withUnsafeBufferPointer { sizes in
      unsafe Int(cut(sizes.baseAddress, Int64(row)))
    }
  }
}
