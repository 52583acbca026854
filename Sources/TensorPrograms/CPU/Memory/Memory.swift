import Tensors

/// Memory, aligned to cache lines, that lives as long as its owner.
@safe
final class Memory {
  /// The bytes that were asked for.
  let byteCount: Int
  private let buffer: UnsafeMutableRawBufferPointer

  /// Takes memory; what is not zeroed holds anything.
  init(byteCount: Int, isZeroed: Bool = true) {
    self.byteCount = byteCount
    unsafe buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(byteCount, MemoryPlan.alignment), alignment: MemoryPlan.alignment)
    if isZeroed { _ = unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0) }
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

extension Memory {
  /// Copies numbers to a place.
  func write(_ storage: TensorValue.Storage, at offset: Int) {
    switch storage {
    case .float32(let elements): write(elements, at: offset)
    case .int32(let elements): write(elements, at: offset)
    case .uint32(let elements): write(elements, at: offset)
    case .uint8(let elements): write(elements, at: offset)
    }
  }

  /// Copies numbers from a place.
  func read(_ type: ElementType, _ shape: Shape, at offset: Int) -> TensorValue {
    let count = shape.elementCount
    return switch type {
    case .float32: TensorValue(read(Float.self, at: offset, count: count), shape: shape)
    case .int32: TensorValue(read(Int32.self, at: offset, count: count), shape: shape)
    case .uint32: TensorValue(read(UInt32.self, at: offset, count: count), shape: shape)
    case .uint8: TensorValue(read(UInt8.self, at: offset, count: count), shape: shape)
    }
  }
}
