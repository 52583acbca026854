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

  static let guardBytes = 64
  static let guardByte: UInt8 = 0xA5

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
    var memory: [UnsafeMutableRawPointer] = unsafe []
    var counts: [Int] = []
    defer { for index in counts.indices { unsafe memory[index].deallocate() } }
    func allocate(_ count: Int, _ contents: [UInt8]?) -> UnsafeMutableRawPointer {
      let pointer = UnsafeMutableRawPointer.allocate(
        byteCount: count + Self.guardBytes, alignment: 64)
      unsafe pointer.initializeMemory(as: UInt8.self, repeating: 0xFF, count: count)
      unsafe (pointer + count).initializeMemory(
        as: UInt8.self, repeating: Self.guardByte, count: Self.guardBytes)
      if let contents { unsafe pointer.copyMemory(from: contents, byteCount: count) }
      unsafe memory.append(pointer)
      counts.append(count)
      return unsafe pointer
    }
    var operands: [UnsafeMutableRawPointer?] = unsafe []
    for input in inputs { unsafe operands.append(allocate(input.count, input)) }
    for (index, count) in outputs.enumerated() {
      if let input = shared[index] {
        unsafe operands.append(operands[input])
      } else {
        unsafe operands.append(allocate(count, nil))
      }
    }
    unsafe operands.append(allocate(Int(plan.scratchBytes), nil))
    let stages = unsafe [plan.stages.0, plan.stages.1, plan.stages.2]
    for stage in 0..<Int(plan.stageCount) {
      // The last part first: parts may run in any order.
      for part in (0..<parts).reversed() {
        unsafe stages[stage]?(operands, sizes, scalars, Int64(part), Int64(parts))
      }
    }
    for index in counts.indices {
      let behind = unsafe UnsafeRawBufferPointer(
        start: memory[index] + counts[index], count: Self.guardBytes)
      #expect(unsafe behind.allSatisfy { $0 == Self.guardByte }, "memory behind an operand changed")
    }
    return outputs.indices.map { index in
      unsafe operands[inputs.count + index].map {
        unsafe Array(UnsafeRawBufferPointer(start: $0, count: outputs[index]))
      } ?? []
    }
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
