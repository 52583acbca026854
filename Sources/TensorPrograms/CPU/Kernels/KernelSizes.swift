/// The sizes of a kernel's work, as C names them: structs of 64-bit numbers, one after the other.
struct KernelSizes: Hashable, Sendable {
  /// The numbers of all structs.
  private(set) var numbers: [Int64] = []

  /// Makes sizes of one struct of numbers, such as `ml_axis_sizes`.
  init(_ fields: some BitwiseCopyable) { append(fields) }

  /// Adds a struct of numbers, or a number.
  mutating func append<Fields: BitwiseCopyable>(_ fields: Fields) {
    guard MemoryLayout<Fields>.size % MemoryLayout<Int64>.size == 0 else {
      fatalError("\(Fields.self) is no struct of 64-bit numbers.")
    }
    unsafe withUnsafeBytes(of: fields) { unsafe numbers += $0.bindMemory(to: Int64.self) }
  }
}

extension Bool {
  /// The number that C has for it.
  var kernelNumber: Int64 { self ? 1 : 0 }
}
