/// So many values by key; to make room, the one that was not asked for longest is let go.
struct LeastRecentlyUsed<Key: Hashable, Value> {
  private let limit: Int
  private var entries: [Key: (value: Value, lastUse: Int)] = [:]
  private var useCount = 0

  /// Keeps at least one value.
  init(limit: Int) { self.limit = max(1, limit) }

  /// The value of a key, if it is still there; to set one may let go another.
  subscript(key: Key) -> Value? {
    mutating get {
      guard let value = entries[key]?.value else { return nil }
      useCount += 1
      entries[key]?.lastUse = useCount
      return value
    }
    set {
      useCount += 1
      entries[key] = newValue.map { ($0, useCount) }
      guard entries.count > limit,
        let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
      else { return }
      entries[oldest.key] = nil
    }
  }

  /// The values, in no order.
  var values: [Value] { entries.values.map(\.value) }
}
