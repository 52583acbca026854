import CTensorKernels

/// Neighbouring steps over the same pictures that run tile by tile, some pictures at a time, so
/// that what one writes the next reads while the cache still holds it.
///
/// A value that only such steps read has memory for one tile and never leaves the cache.
struct BatchTiling: Sendable {
  /// Steps that run tile by tile.
  struct Group: Sendable {
    /// Their positions.
    let steps: Range<Int>
    /// The pictures of each partition; threads run partitions at the same time.
    let partitions: [Range<Int>]
    /// How many pictures a tile has.
    let tileSize: Int

    /// How many pictures there are.
    var pictures: Int { partitions.last?.upperBound ?? 0 }

    /// The pictures of each tile of a partition.
    func tiles(ofPartition partition: Int) -> [Range<Int>] {
      let pictures = partitions[partition]
      return stride(from: pictures.lowerBound, to: pictures.upperBound, by: tileSize)
        .map { $0..<min($0 + tileSize, pictures.upperBound) }
    }
  }

  /// The memory of a value of which only one tile is kept.
  struct TileMemory: Sendable, Equatable {
    /// The bytes of a picture.
    let pictureByteCount: Int
    /// The bytes of a tile.
    let tileByteCount: Int
    /// The bytes of one tile of every partition.
    let byteCount: Int
  }

  /// From how many pictures on they are partitioned; of few, threads rather share each step.
  static func fewestPictures(forPartitions count: Int) -> Int {
    count > 1 ? Tuning.picturesPerPartition * count : 1
  }

  /// Every step runs once, whole.
  static let none = BatchTiling()

  /// The groups, by their first step.
  private(set) var groups: [Int: Group] = [:]
  /// The values of which one tile is kept, and their aliases.
  private(set) var tileMemory: [Graph.ValueID: TileMemory] = [:]
  /// The first step of a step's group.
  private var firstSteps: [Int: Int] = [:]

  private init() {}

  /// Finds the steps of the lanes that can run tile by tile, given each step's kernels.
  ///
  /// - Parameter partitionCount: into how many partitions pictures are cut; 1 where a thread runs
  ///   all of them.
  init(_ graph: Graph, _ kernels: [[PlannedOperation]], partitionCount: Int) {
    let search = BatchTileSearch(graph, kernels, partitionCount: partitionCount)
    var position = 0
    while position < graph.steps.count {
      guard let group = search.group(from: position) else {
        position += 1
        continue
      }
      groups[position] = group
      for step in group.steps { firstSteps[step] = position }
      for value in search.valuesInside(group) {
        let picture = graph.values[value].byteCount / group.pictures
        let tile = MemoryPlan.aligned(picture * group.tileSize)
        tileMemory[value] = TileMemory(
          pictureByteCount: picture, tileByteCount: tile,
          byteCount: tile * group.partitions.count)
      }
      position = group.steps.upperBound
    }
  }

  /// The position that stands for a step when memory is planned: the steps of a group are all at
  /// work at the same time.
  func time(of position: Int) -> Int { firstSteps[position] ?? position }

  /// Whether a step may write a value to the memory of one that it is the last to read.
  ///
  /// In a group the other steps may not have read all of it, unless a tile is all there is.
  func mayWrite(_ output: Graph.ValueID, over input: Graph.ValueID, at position: Int) -> Bool {
    tileMemory[output] == tileMemory[input]
      && (firstSteps[position] == nil || tileMemory[input] != nil)
  }
}
