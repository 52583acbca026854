import CTensorKernels

/// One operation of the kernels on given inputs: run on every table of the machine, in several
/// parts.
struct KernelTrial {
  let operation: ml_operation
  let sizes: [Int64]
  let inputs: [[Float]]
  let outputCount: Int

  struct Outcome {
    let label: String
    let values: [Float]
    let keptToItsMemory: Bool
  }

  /// The outputs of every table, whole and in three and seven parts (run last to first).
  func outcomes() -> [Outcome] {
    let operands = inputs.map { KernelMemory($0) }
    return (0..<ml_table_count()).flatMap { index in
      [1, 3, 7].map { parts in outcome(table: index, parts: parts, operands: operands) }
    }
  }

  private func outcome(table index: Int64, parts: Int64, operands: [KernelMemory]) -> Outcome {
    let table = unsafe ml_table_at(index)
    let plan = unsafe sizes.withUnsafeBufferPointer {
      unsafe ml_plan_operation(table, operation, $0.baseAddress)
    }
    let output = KernelMemory([Float](repeating: .nan, count: outputCount))
    let scratch = KernelMemory([Float](repeating: .nan, count: Int(plan.scratchBytes) / 4))
    let addresses = unsafe (operands + [output, scratch]).map { unsafe Optional($0.address) }
    let kernels = unsafe [plan.kernels.0, plan.kernels.1, plan.kernels.2]
    unsafe sizes.withUnsafeBufferPointer { sizes in
      unsafe addresses.withUnsafeBufferPointer { addresses in
        for kernel in 0..<Int(plan.kernelCount) {
          for part in (0..<parts).reversed() {
            unsafe kernels[kernel]?(addresses.baseAddress, sizes.baseAddress, nil, part, parts)
          }
        }
      }
    }
    return Outcome(
      label: unsafe "\(String(cString: ml_table_name(table))), \(parts) parts",
      values: output.values, keptToItsMemory: output.isIntact && scratch.isIntact)
  }
}

/// Numbers on a boundary of 64 bytes, with a guard behind them.
@safe private final class KernelMemory {
  let address: UnsafeMutableRawPointer
  private let numbers: UnsafeMutableBufferPointer<Float>
  private let behind: UnsafeMutableBufferPointer<Float>

  init(_ values: [Float]) {
    unsafe address = .allocate(byteCount: 4 * (values.count + 16), alignment: 64)
    let start = unsafe address.bindMemory(to: Float.self, capacity: values.count + 16)
    unsafe numbers = UnsafeMutableBufferPointer(start: start, count: values.count)
    unsafe behind = UnsafeMutableBufferPointer(start: start + values.count, count: 16)
    _ = unsafe numbers.initialize(from: values)
    unsafe behind.initialize(repeating: 12345)
  }

  deinit { unsafe address.deallocate() }

  var values: [Float] { unsafe Array(numbers) }

  var isIntact: Bool { unsafe behind.allSatisfy { $0 == 12345 } }
}

/// Numbers in [-1, 1) that depend on the seed alone.
func testNumbers(_ count: Int, seed: UInt64) -> [Float] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  return (0..<count).map { _ in
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Float(Int64(state >> 40) - (1 << 23)) / Float(1 << 23)
  }
}

/// The norm of the difference over the norm of what is expected, at the given positions.
func relativeError(_ values: [Float], at positions: [Int], expected: (Int) -> Double) -> Double {
  var difference = 0.0
  var size = 0.0
  for position in positions {
    let truth = expected(position)
    let error = Double(values[position]) - truth
    difference += error * error
    size += truth * truth
  }
  return size == 0 ? difference.squareRoot() : (difference / size).squareRoot()
}

/// All positions, or some hundreds spread over them.
func samplePositions(_ count: Int) -> [Int] {
  let step = max(1, count / 300 | 1)
  return Array(stride(from: 0, to: count, by: step))
}
