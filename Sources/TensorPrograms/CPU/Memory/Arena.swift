internal import Files

/// The memory that the programs of a runner compute in, one after the other.
final class Arena {
  /// The memory, as large as the largest program needed so far.
  private(set) var memory = Memory(byteCount: 0)
  private let endsInShortage: Runner.ShortageHandler

  /// Holds nothing yet; the handler ends the process where memory does not suffice.
  init(_ endsInShortage: @escaping Runner.ShortageHandler) {
    self.endsInShortage = endsInShortage
  }

  /// Makes sure that there are so many bytes; when it grows, what it held is lost.
  func reserve(_ byteCount: Int) {
    guard memory.byteCount < byteCount else { return }
    // The old memory goes before the new one is taken, so that there are never both.
    memory = Memory(byteCount: 0)
    // A system that promises more than it has kills the process later, without a word.
    if let available = SystemMemory.available, byteCount > available {
      endsInShortage(Runner.MemoryShortage(needed: byteCount, available: available))
    }
    memory = Memory(byteCount: byteCount, isZeroed: false)
  }
}
