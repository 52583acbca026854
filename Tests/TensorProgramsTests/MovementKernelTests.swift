import CTensorKernels
import Testing

private struct Copy {
  var extents: [Int]
  var target: [Int]
  var source: [Int]
  var targetOffset = 0
  var sourceOffset = 0
  var targetCount: Int
  var sourceCount: Int

  /// Those of `ml_copy_sizes` but the first, and those of each axis.
  var sizes: [Int] {
    [extents.count, targetOffset, sourceOffset]
      + extents.indices.flatMap { [extents[$0], target[$0], source[$0]] }
  }

  /// Pairs of positions in target and source.
  var pairs: [(target: Int, source: Int)] {
    var pairs = [(target: targetOffset, source: sourceOffset)]
    for axis in extents.indices {
      pairs = pairs.flatMap { pair in
        (0..<extents[axis]).map {
          (pair.target + $0 * target[axis], pair.source + $0 * source[axis])
        }
      }
    }
    return pairs
  }
}

private let copies: [Copy] = [
  Copy(extents: [], target: [], source: [], targetCount: 1, sourceCount: 1),
  Copy(extents: [7], target: [1], source: [1], targetOffset: 2, targetCount: 10, sourceCount: 7),
  Copy(extents: [7], target: [1], source: [-1], sourceOffset: 6, targetCount: 7, sourceCount: 7),
  Copy(extents: [3, 5], target: [5, 1], source: [1, 3], targetCount: 15, sourceCount: 15),
  Copy(
    extents: [70, 33], target: [33, 1], source: [1, 70], targetCount: 2310, sourceCount: 2310),
  Copy(extents: [4, 6], target: [6, 1], source: [0, 1], targetCount: 24, sourceCount: 6),
  Copy(extents: [4, 6], target: [6, 1], source: [1, 0], targetCount: 24, sourceCount: 4),
  Copy(
    extents: [2, 3, 4], target: [30, 6, 1], source: [12, 4, 1], targetOffset: 7, targetCount: 70,
    sourceCount: 24),
  Copy(
    extents: [3, 3, 5, 17], target: [255, 85, 1, 5], source: [-255, -85, 17, 1],
    sourceOffset: 680, targetCount: 765, sourceCount: 765),
  Copy(
    extents: [2, 1, 2, 1, 2, 2, 1, 2], target: [16, 16, 8, 8, 4, 2, 2, 1],
    source: [1, 1, 2, 2, 4, 8, 8, 16], targetCount: 32, sourceCount: 32),
  Copy(
    extents: [200, 300], target: [300, 1], source: [301, 1], targetCount: 60_000,
    sourceCount: 60_300),
  Copy(extents: [3, 0, 2], target: [0, 2, 1], source: [0, 2, 1], targetCount: 4, sourceCount: 4),
  Copy(extents: [10, 9], target: [18, 2], source: [9, 1], targetCount: 180, sourceCount: 90),
  Copy(
    extents: [1, 1], target: [1, 1], source: [1, 1], targetOffset: 1, targetCount: 3, sourceCount: 1
  ),
]

@Suite struct MovementKernelTests {
  @Test(arguments: copies.indices)
  func `copies between strided views, of words and of bytes`(_ index: Int) {
    let copy = copies[index]
    let words = (0..<copy.sourceCount).map { UInt32($0) &* 2_654_435_761 }
    var expected = [UInt32](repeating: .max, count: copy.targetCount)
    for pair in copy.pairs { expected[pair.target] = words[pair.source] }
    let ofWords = OperationTrial(
      operation: ML_STRIDED_COPY, sizes: [4] + copy.sizes, inputs: [bytes(words)],
      outputs: [copy.targetCount * 4])
    #expect(elements(ofWords.agreedOutputs()[0], as: UInt32.self) == expected)

    let octets = words.map { UInt8(truncatingIfNeeded: $0 >> 8) }
    var expectedOctets = [UInt8](repeating: .max, count: copy.targetCount)
    for pair in copy.pairs { expectedOctets[pair.target] = octets[pair.source] }
    let ofBytes = OperationTrial(
      operation: ML_STRIDED_COPY, sizes: [1] + copy.sizes, inputs: [octets],
      outputs: [copy.targetCount])
    #expect(ofBytes.agreedOutputs()[0] == expectedOctets)
  }

  @Test func `constants and positions`() {
    for count in [0, 1, 15, 16, 1000] {
      let fill = OperationTrial(
        operation: ML_FILL, sizes: [count], scalars: [2.5], inputs: [], outputs: [count * 4])
      #expect(fill.agreedFloats() == [Float](repeating: 2.5, count: count))
    }
    for (outer, extent, inner) in [(1, 5, 1), (3, 4, 7), (2, 1, 3), (0, 2, 2)] {
      let iota = OperationTrial(
        operation: ML_IOTA, sizes: [outer, extent, inner], inputs: [],
        outputs: [outer * extent * inner * 4])
      let expected = (0..<outer * extent * inner).map { Int32($0 / inner % extent) }
      #expect(elements(iota.agreedOutputs()[0], as: Int32.self) == expected)
    }
  }

  @Test func `conversions of floats go towards zero and saturate`() {
    let x: [Float] = [
      0, -0.9, 0.9, 1.5, -1.5, 255, 255.9, 256, -3, 2.147_483_5e9, 2.147_483_65e9, -2.147_483_65e9,
      4.294_967e9, 4.3e9, -1e20, 1e20, .infinity, -.infinity, .nan, 16_777_216,
    ]
    func limited<T: FixedWidthInteger>(_ value: Float, to type: T.Type) -> T {
      if value.isNaN { return 0 }
      return T(exactly: value.rounded(.towardZero)) ?? (value < 0 ? T.min : T.max)
    }
    func toInteger<T: FixedWidthInteger>(_ element: ml_element, _ type: T.Type) {
      let y = elements(converted(ML_FLOAT32, element, bytes(x), x.count), as: T.self)
      #expect(y == x.map { limited($0, to: type) })
    }
    toInteger(ML_INT32, Int32.self)
    toInteger(ML_UINT32, UInt32.self)
    toInteger(ML_UINT8, UInt8.self)
  }

  @Test func `conversions of integers saturate`() {
    let signed: [Int32] = [0, -1, 1, 255, 256, .min, .max, 16_777_217, -300]
    let unsigned: [UInt32] = [0, 1, 255, 256, .max, 0x8000_0000, 0x7FFF_FFFF, 16_777_217]
    let octets: [UInt8] = [0, 1, 127, 128, 255]
    checkConversions(of: signed, ML_INT32)
    checkConversions(of: unsigned, ML_UINT32)
    checkConversions(of: octets, ML_UINT8)
  }

  private func checkConversions<A: FixedWidthInteger>(of a: [A], _ from: ml_element) {
    func check<B: FixedWidthInteger>(_ to: ml_element, _ type: B.Type) {
      let y = elements(converted(from, to, bytes(a), a.count), as: B.self)
      #expect(y == a.map { B(clamping: $0) }, "\(from) to \(to)")
    }
    check(ML_INT32, Int32.self)
    check(ML_UINT32, UInt32.self)
    check(ML_UINT8, UInt8.self)
    let floats = elements(converted(from, ML_FLOAT32, bytes(a), a.count), as: Float.self)
    #expect(floats == a.map { Float($0) }, "\(from) to float")
  }

  private func converted(
    _ from: ml_element, _ to: ml_element, _ input: [UInt8], _ count: Int
  ) -> [UInt8] {
    OperationTrial(
      operation: ML_CONVERT, sizes: [count, Int(from.rawValue), Int(to.rawValue)],
      inputs: [input], outputs: [count * (to == ML_UINT8 ? 1 : 4)]
    ).agreedOutputs("\(from) to \(to)")[0]
  }
}
