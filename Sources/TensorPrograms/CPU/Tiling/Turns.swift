import CTensorKernels

/// Neighbouring steps over the same pictures that run by turns, some pictures at a time, so that what
/// one writes the next reads while the cache still holds it.
///
/// A value that only such steps read is held for one turn and never goes to memory.
struct Turns: Sendable {
  /// Steps that run by turns.
  struct Group: Sendable {
    /// Their positions.
    let steps: Range<Int>
    /// The pictures of each share; threads take shares at the same time.
    let shares: [Range<Int>]
    /// How many pictures a turn takes.
    let together: Int

    /// How many pictures there are.
    var pictures: Int { shares.last?.upperBound ?? 0 }

    /// The pictures of each turn of a share.
    func turns(ofShare share: Int) -> [Range<Int>] {
      stride(from: shares[share].lowerBound, to: shares[share].upperBound, by: together)
        .map { $0..<min($0 + together, shares[share].upperBound) }
    }
  }

  /// A value of which only one turn's pictures are held.
  struct Held: Sendable, Equatable {
    /// The bytes of a picture.
    let pictureByteCount: Int
    /// The bytes of a turn.
    let turnByteCount: Int
    /// The bytes of one turn of every share.
    let byteCount: Int
  }

  /// The bytes that the operands of a turn may have.
  static var byteCount: Int { SecondLevelCache.byteCount / 2 }

  /// From how many pictures on they are cut into shares; of few, threads rather share each step.
  static func fewestPictures(forShares shareCount: Int) -> Int {
    shareCount > 1 ? 4 * shareCount : 1
  }

  /// Every step runs once, whole.
  static let none = Turns()

  /// The groups, by their first step.
  private(set) var groups: [Int: Group] = [:]
  /// The values that are held for one turn, and their aliases.
  private(set) var held: [Graph.ValueID: Held] = [:]
  /// The first step of a step's group.
  private var firstSteps: [Int: Int] = [:]

  private init() {}

  /// Finds the steps of the lanes that can take turns, given each step's kernels.
  ///
  /// - Parameter shareCount: into how many shares pictures are cut; 1 where a thread runs all of them.
  init(_ graph: Graph, _ kernels: [[PlannedOperation]], shareCount: Int) {
    let search = TurnSearch(graph, kernels, shareCount: shareCount)
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
        let turn = MemoryPlan.aligned(picture * group.together)
        held[value] = Held(
          pictureByteCount: picture, turnByteCount: turn, byteCount: turn * group.shares.count)
      }
      position = group.steps.upperBound
    }
  }

  /// The position that stands for a step when memory is planned: the steps of a group are all at work
  /// at the same time.
  func moment(of position: Int) -> Int { firstSteps[position] ?? position }

  /// Whether a step may write a value to the memory of one that it is the last to read.
  ///
  /// In a group the other steps may not have read all of it, unless a turn's pictures are all there is.
  func mayWrite(_ output: Graph.ValueID, over input: Graph.ValueID, at position: Int) -> Bool {
    held[output] == held[input] && (firstSteps[position] == nil || held[input] != nil)
  }
}
