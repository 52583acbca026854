import CTensorKernels
import Testing

/// Memory for an operand, as bytes.
func bytes<Element>(_ elements: [Element]) -> [UInt8] {
  unsafe elements.withUnsafeBytes { unsafe Array($0) }
}

/// The elements that bytes hold.
func elements<Element>(_ bytes: [UInt8], as type: Element.Type) -> [Element] {
  unsafe bytes.withUnsafeBytes { unsafe Array($0.bindMemory(to: type)) }
}

/// One operation of the kernels with its sizes and inputs, to be run on any table in any number of
/// parts.
struct OperationTrial {
  var operation: ml_operation
  var sizes: [Int]
  var scalars: [Float] = [0]
  var inputs: [[UInt8]]
  /// The size of each output in bytes.
  var outputs: [Int]
  /// For outputs that are the memory of an input: output -> input.
  var shared: [Int: Int] = [:]

  /// The names of this machine's tables.
  static var tables: [String] {
    (0..<ml_table_count()).map { index in
      unsafe ml_table_name(ml_table_at(index)).map { unsafe String(cString: $0) } ?? "?"
    }
  }

  /// The outputs of one run.
  ///
  /// Memory begins as 0xFF, and bytes behind each operand must not change.
  func run(table: Int, parts: Int) -> [[UInt8]] {
    let sizes = sizes.map(Int64.init)
    let plan = unsafe ml_plan_operation(ml_table_at(Int64(table)), operation, sizes)
    let memories =
      inputs.map { GuardedMemory($0) }
      + outputs.enumerated().compactMap { shared[$0] == nil ? GuardedMemory(count: $1) : nil }
      + [GuardedMemory(count: Int(plan.scratchBytes))]
    var own = memories[inputs.count...].makeIterator()
    let results = outputs.indices.map { shared[$0].map { memories[$0] } ?? own.next() }
    let operands =
      unsafe (memories[..<inputs.count] + results.compactMap(\.self) + memories.suffix(1))
      .map { unsafe Optional($0.address) }
    let kernels = unsafe [plan.kernels.0, plan.kernels.1, plan.kernels.2]
    for kernel in 0..<Int(plan.kernelCount) {
      // The last part first: parts may run in any order.
      for part in (0..<parts).reversed() {
        unsafe kernels[kernel]?(operands, sizes, scalars, Int64(part), Int64(parts))
      }
    }
    for memory in memories { #expect(memory.isIntact, "memory behind an operand changed") }
    return zip(results, outputs).map { $0?.bytes(count: $1) ?? [] }
  }

  /// The outputs, which must be the same to the bit on every table and in any number of parts.
  func agreedOutputs(_ comment: String = "") -> [[UInt8]] {
    let first = run(table: 0, parts: 1)
    for (table, name) in Self.tables.enumerated() {
      for parts in [1, 3, 7] where (table, parts) != (0, 1) {
        #expect(
          run(table: table, parts: parts) == first,
          "\(comment) table \(name) in \(parts) parts, sizes \(sizes.prefix(14))")
      }
    }
    return first
  }

  /// The first output as floats.
  func agreedFloats(_ comment: String = "") -> [Float] {
    elements(agreedOutputs(comment)[0], as: Float.self)
  }
}

/// Numbers that look random and are always the same: multiples of 2^-12 on [-2, 2), or quarters,
/// so that some are equal.
struct Numbers {
  var state: UInt64

  init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }

  mutating func floats(_ count: Int) -> [Float] {
    (0..<count).map { _ in Float(below(1 << 14)) * 0x1p-12 - 2 }
  }

  mutating func coarseFloats(_ count: Int) -> [Float] {
    (0..<count).map { _ in Float(below(16)) / 4 - 2 }
  }
}

/// Expects each number within a tolerance of what double arithmetic gave, relative to the size of
/// what was added up.
func expectClose(
  _ values: [Float], _ expected: [Double], scale: Double = 1, _ comment: String = "",
  location: SourceLocation = #_sourceLocation
) {
  #expect(values.count == expected.count, "\(comment)", sourceLocation: location)
  for (index, (value, wanted)) in zip(values, expected).enumerated()
  where !(abs(Double(value) - wanted) <= 2e-6 * max(scale, abs(wanted))) {
    Issue.record("\(comment) [\(index)]: \(value), not \(wanted)", sourceLocation: location)
    return
  }
}

/// Bytes on a boundary of 64, with a guard behind them.
@safe private final class GuardedMemory {
  let address: UnsafeMutableRawPointer
  private let count: Int
  private static let guardCount = 64
  private static let guardByte: UInt8 = 0xA5

  /// Memory that holds anything.
  init(count: Int) {
    self.count = count
    unsafe address = .allocate(byteCount: count + Self.guardCount, alignment: 64)
    unsafe address.initializeMemory(as: UInt8.self, repeating: 0xFF, count: count)
    unsafe (address + count).initializeMemory(
      as: UInt8.self, repeating: Self.guardByte, count: Self.guardCount)
  }

  convenience init(_ contents: [UInt8]) {
    self.init(count: contents.count)
    unsafe address.copyMemory(from: contents, byteCount: contents.count)
  }

  deinit { unsafe address.deallocate() }

  var isIntact: Bool {
    unsafe UnsafeRawBufferPointer(start: address + count, count: Self.guardCount)
      .allSatisfy { $0 == Self.guardByte }
  }

  func bytes(count: Int) -> [UInt8] {
    unsafe Array(UnsafeRawBufferPointer(start: address, count: count))
  }
}
