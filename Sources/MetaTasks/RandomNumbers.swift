package import Tensors

/// The numbers of a key's stream, one after the other: for draws whose number is not known before.
package struct RandomNumbers {
  private let key: RandomKey
  private let stream: UInt32
  private var block: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
  private var position: UInt32 = 0

  /// Starts at the first word of a stream; word i is that of `RandomKey.bits`.
  package init(_ key: RandomKey, stream: UInt32 = 0) {
    self.key = key
    self.stream = stream
  }

  /// The next random word.
  package mutating func word() -> UInt32 {
    if position & 3 == 0 {
      block = RandomKey.block(key: key.words, counter: (position >> 2, stream, 0, 0))
    }
    defer { position &+= 1 }
    switch position & 3 {
    case 0: return block.0
    case 1: return block.1
    case 2: return block.2
    default: return block.3
    }
  }

  /// A whole number in `0..<bound`.
  package mutating func integer(below bound: Int) -> Int {
    Int((UInt64(word()) &* UInt64(bound)) >> 32)
  }

  /// A number uniform on [0, 1).
  package mutating func unit() -> Float { RandomKey.unit(word()) }

  /// A number uniform between two.
  package mutating func uniform(_ lower: Float, _ upper: Float) -> Float {
    lower + (upper - lower) * unit()
  }

  /// Different numbers in `0..<bound`, each choice and order as likely as the others.
  ///
  /// Fisher and Yates, of which only the entries that were swapped are kept: for few of many.
  package mutating func distinct(_ count: Int, below bound: Int) -> [Int] {
    guard count <= bound else { fatalError("\(count) different numbers below \(bound).") }
    guard count <= 64 else { return shuffled(count, below: bound) }
    var result: [Int] = []
    result.reserveCapacity(count)
    var moved: [(position: Int, value: Int)] = []
    moved.reserveCapacity(count)
    for position in 0..<count {
      let other = position + integer(below: bound - position)
      let value = moved.last { $0.position == other }?.value ?? other
      let displaced = moved.last { $0.position == position }?.value ?? position
      result.append(value)
      moved.append((other, displaced))
    }
    return result
  }

  private mutating func shuffled(_ count: Int, below bound: Int) -> [Int] {
    var order = Array(0..<bound)
    for position in 0..<count {
      order.swapAt(position, position + integer(below: bound - position))
    }
    order.removeLast(bound - count)
    return order
  }
}
