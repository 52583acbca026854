/// A random key inside a program: a uint32 [2] tensor, and a number that sets apart its uses.
public struct SymbolicKey: Sendable {
  /// The words of the key.
  public let words: Tensor
  private let stream: UInt32

  /// Makes a key of its two words.
  public init(words: Tensor) { self.init(words: words, stream: 1) }

  private init(words: Tensor, stream: UInt32) {
    self.words = words
    self.stream = stream
  }

  /// A key of its own for each use.
  public func folded(_ number: Int) -> SymbolicKey {
    let folded = RandomKey(words: (stream, 0x5354_524D)).folded(number)
    return SymbolicKey(words: words, stream: folded.words.0)
  }

  /// Numbers uniform on [0, 1), multiples of 2^-24.
  public func uniform(_ shape: Shape) -> Tensor {
    Tensor(
      .randomBits(stream: stream), [words], shape: shape, elementType: .uint32,
      variesByLane: words.variesByLane
    ).unary(.unitFromBits)
  }

  /// Normal numbers of mean 0 and deviation 1 (Box and Muller).
  public func normal(_ shape: Shape) -> Tensor {
    let radius = ((1 - folded(0).uniform(shape)).log() * -2).squareRoot()
    return radius * (folded(1).uniform(shape) * (2 * Double.pi)).cosine()
  }
}
