/// The memory that the programs of a runner compute in, one after the other.
final class Arena {
  /// The memory, as large as the largest program needed so far.
  private(set) var memory = Memory(byteCount: 0)

  /// Makes sure that there are so many bytes; when it grows, what it held is lost.
  func reserve(_ byteCount: Int) {
    guard memory.byteCount < byteCount else { return }
    // The old memory goes before the new one is taken, so that there are never both.
    memory = Memory(byteCount: 0)
    memory = Memory(byteCount: byteCount, isZeroed: false)
  }
}
