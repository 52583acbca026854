/// A region in the making: the smallest gap that fits is taken.
struct RegionPlan {
  private struct Block {
    let offset: Int
    let size: Int
    var end: Int
    var values: [Graph.ValueID] = []
  }

  /// The most bytes in use at once.
  private(set) var peak = 0
  /// Blocks in use, by offset.
  private var blocks: [Block] = []

  /// The offset of a block that is in use from one position until another, perhaps in place of a
  /// value.
  mutating func allocate(
    _ byteCount: Int, until end: Int, at position: Int, inPlaceOf value: Graph.ValueID?
  ) -> Int {
    if let value, let index = blocks.firstIndex(where: { $0.values.contains(value) }) {
      blocks[index].end = end
      return blocks[index].offset
    }
    blocks.removeAll { $0.end < position }
    let size = max(MemoryPlan.aligned(byteCount), MemoryPlan.alignment)
    var best: (offset: Int, gap: Int, index: Int)?
    var start = 0
    for (index, block) in blocks.enumerated() {
      let gap = block.offset - start
      if gap >= size, gap < best?.gap ?? .max { best = (start, gap, index) }
      start = block.offset + block.size
    }
    let (offset, index) = best.map { ($0.offset, $0.index) } ?? (start, blocks.count)
    blocks.insert(Block(offset: offset, size: size, end: end), at: index)
    peak = max(peak, offset + size)
    return offset
  }

  /// Says which value lies in the block at an offset.
  mutating func name(_ value: Graph.ValueID, at offset: Int) {
    guard let index = blocks.firstIndex(where: { $0.offset == offset }) else { return }
    blocks[index].values = [value]
  }
}
