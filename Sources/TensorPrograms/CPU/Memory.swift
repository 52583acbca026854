/// Zeroed memory, aligned to cache lines, that lives as long as its owner.
@safe
final class Memory {
  private let buffer: UnsafeMutableRawBufferPointer

  init(byteCount: Int) {
    unsafe buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(byteCount, MemoryPlan.alignment), alignment: MemoryPlan.alignment)
    _ = unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { unsafe buffer.deallocate() }

  /// The address of a byte.
  func address(_ offset: Int) -> UnsafeMutableRawPointer {
    guard let base = unsafe buffer.baseAddress else { fatalError("Memory has no address.") }
    return unsafe base + offset
  }

  /// Copies elements to a place.
  func write<Element: BitwiseCopyable>(_ elements: [Element], at offset: Int) {
    unsafe elements.withUnsafeBytes { source in
      guard let from = source.baseAddress else { return }
      unsafe address(offset).copyMemory(from: from, byteCount: source.count)
    }
  }

  /// Copies elements from a place.
  func read<Element: BitwiseCopyable>(_ type: Element.Type, at offset: Int, count: Int) -> [Element]
  {
    unsafe Array(
      UnsafeRawBufferPointer(
        start: address(offset), count: count * MemoryLayout<Element>.stride
      ).bindMemory(to: Element.self))
  }
}
