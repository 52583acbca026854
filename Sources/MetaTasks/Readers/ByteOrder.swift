extension [UInt8] {
  /// The two bytes at a position, lowest first; nil beyond the end.
  func littleEndian16(at position: Int) -> Int? {
    guard position >= 0, position <= count - 2 else { return nil }
    return Int(self[position]) | Int(self[position + 1]) << 8
  }

  /// The four bytes at a position, lowest first; nil beyond the end.
  func littleEndian32(at position: Int) -> Int? {
    guard let low = littleEndian16(at: position), let high = littleEndian16(at: position + 2)
    else { return nil }
    return low | high << 16
  }

  /// The eight bytes at a position, lowest first; nil beyond the end or where no Int holds them.
  func littleEndian64(at position: Int) -> Int? {
    guard let low = littleEndian32(at: position), let high = littleEndian32(at: position + 4),
      high < 1 << 31
    else { return nil }
    return low | high << 32
  }

  /// The two bytes at a position, highest first; nil beyond the end.
  func bigEndian16(at position: Int) -> Int? {
    guard position >= 0, position <= count - 2 else { return nil }
    return Int(self[position]) << 8 | Int(self[position + 1])
  }

  /// The four bytes at a position, highest first; nil beyond the end.
  func bigEndian32(at position: Int) -> Int? {
    guard position >= 0, position <= count - 4 else { return nil }
    return self[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
  }
}
