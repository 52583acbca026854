/// The kind of number that a tensor holds.
public enum ElementType: String, Hashable, Sendable, CaseIterable {
  /// Single-precision floating point; also masks, as 0 and 1.
  case float32
  /// Signed integers: labels and positions.
  case int32
  /// Random bits and keys.
  case uint32
  /// Positions within a pooling window, and the samples of pictures.
  case uint8

  /// The size of one element in bytes.
  public var byteCount: Int { self == .uint8 ? 1 : 4 }
}
