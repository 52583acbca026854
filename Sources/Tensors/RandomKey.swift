/// A key from which random numbers are a pure function: the same key gives the same numbers on any
/// machine, in any order, on any thread.
///
/// Philox4x32-10 (Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3; SC 2011). Number i of
/// a key's stream s is word i mod 4 of the block with counter (i / 4, s, 0, 0).
public struct RandomKey: Hashable, Sendable {
  /// The two words of the key.
  public let words: (UInt32, UInt32)

  /// Makes a key of two words.
  public init(words: (UInt32, UInt32)) { self.words = words }

  /// Makes a key of a seed.
  public init(seed: UInt64) {
    self.init(words: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
  }

  /// A key of its own for each number: the way to give every step, lane and use a key.
  public func folded(_ number: Int) -> RandomKey {
    let bits = UInt64(bitPattern: Int64(number))
    let block = RandomKey.block(
      key: words,
      counter: (
        UInt32(truncatingIfNeeded: bits), UInt32(truncatingIfNeeded: bits >> 32), 0, 0x4B45_5953
      ))
    return RandomKey(words: (block.0, block.1))
  }

  /// A key of its own for each name.
  public func folded(_ name: String) -> RandomKey {
    // FNV-1a: stable from run to run, unlike Swift's own hashes.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return folded(Int(truncatingIfNeeded: hash))
  }

  /// Random words `0..<count` of a stream.
  public func bits(count: Int, stream: UInt32 = 0) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(count + 3)
    for index in 0..<(count + 3) / 4 {
      let block = RandomKey.block(key: words, counter: (UInt32(index), stream, 0, 0))
      result.append(contentsOf: [block.0, block.1, block.2, block.3])
    }
    result.removeLast(result.count - count)
    return result
  }

  /// Numbers uniform on [0, 1), multiples of 2^-24.
  public func uniform(count: Int) -> [Float] { bits(count: count).map(RandomKey.unit) }

  /// Normal numbers of mean 0 and deviation 1 (Box and Muller).
  public func normal(count: Int) -> [Float] {
    let first = folded(0).bits(count: count)
    let second = folded(1).bits(count: count)
    return zip(first, second).map { radiusBits, angleBits in
      let radius = (-2 * RandomKey.logarithm(1 - Double(RandomKey.unit(radiusBits)))).squareRoot()
      return Float(radius * RandomKey.cosineOfTurn(Double(RandomKey.unit(angleBits))))
    }
  }

  /// Numbers of the standard Gumbel distribution: the largest of logits with one added to each is a
  /// draw of their softmax.
  public func gumbel(count: Int) -> [Double] {
    bits(count: count).map { bits in
      // On (0, 1), so that both logarithms are finite.
      let unit = (Double(bits >> 8) + 0.5) * 0x1p-24
      return -RandomKey.logarithm(-RandomKey.logarithm(unit))
    }
  }

  /// A whole number in `0..<bound`, free of modulo bias to one part in 2^32.
  public func integer(below bound: Int) -> Int {
    Int((UInt64(bits(count: 1)[0]) * UInt64(bound)) >> 32)
  }

  /// The numbers `0..<count` in random order (Fisher and Yates); only the first `prefix` when
  /// given.
  public func permutation(of count: Int, prefix: Int? = nil) -> [Int] {
    let length = min(prefix ?? count, count)
    var order = Array(0..<count)
    let words = bits(count: length)
    for position in 0..<length {
      let offset = Int((UInt64(words[position]) * UInt64(count - position)) >> 32)
      order.swapAt(position, position + offset)
    }
    return Array(order.prefix(length))
  }

  /// Whether the words are the same.
  public static func == (left: RandomKey, right: RandomKey) -> Bool { left.words == right.words }

  /// Feeds the words to a hasher.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
  }

  /// The 24 highest bits as a number on [0, 1).
  public static func unit(_ bits: UInt32) -> Float { Float(bits >> 8) * 0x1p-24 }

  /// One block of Philox4x32-10.
  package static func block(
    key: (UInt32, UInt32), counter: (UInt32, UInt32, UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var key = key
    var counter = counter
    for _ in 0..<10 {
      let first = (0xD251_1F53 as UInt32).multipliedFullWidth(by: counter.0)
      let second = (0xCD9E_8D57 as UInt32).multipliedFullWidth(by: counter.2)
      counter = (
        second.high ^ counter.1 ^ key.0, second.low, first.high ^ counter.3 ^ key.1, first.low
      )
      key = (key.0 &+ 0x9E37_79B9, key.1 &+ 0xBB67_AE85)
    }
    return counter
  }
}
