import CTensorKernels
import Tensors

/// Looks for steps that can run tile by tile.
///
/// They follow one another, work on the pictures of one convolution in ascending order, and read of
/// each other only what is written so: no sum over rows, which is complete after the last tile.
struct BatchTileSearch {
  private let graph: Graph
  private let kernels: [[PlannedOperation]]
  private let partitionCount: Int
  private let stages: [Stage]
  private let root: [Graph.ValueID]
  /// The steps, aliases aside, that read a value or an alias of it; `Int.max` for an output.
  private var readers: [[Int]]

  /// Makes a search in a graph, given the kernels of each step.
  init(_ graph: Graph, _ kernels: [[PlannedOperation]], partitionCount: Int) {
    self.graph = graph
    self.kernels = kernels
    self.partitionCount = partitionCount
    stages = Stage.ofSteps(in: graph)
    root = Lifetimes(graph).root
    readers = [[Int]](repeating: [], count: graph.values.count)
    for (position, step) in graph.steps.enumerated() where !step.isAlias {
      for input in step.inputs { readers[root[input]].append(position) }
    }
    for output in graph.outputs { readers[root[output]].append(.max) }
  }

  /// The steps from a position on that can run tile by tile; nil where it does not pay.
  func group(from first: Int) -> BatchTiling.Group? {
    guard let pictures = pictureCount(from: first) else { return nil }
    var (inOrder, asWhole): (Set<Graph.ValueID>, Set<Graph.ValueID>) = ([], [])
    var end = first
    while end < graph.steps.count {
      let step = graph.steps[end]
      if !step.isAlias {
        let isInOrder = step.inputsInOrder
        guard fewestPictures(of: end, pictures) != nil,
          zip(step.inputs, isInOrder).allSatisfy({ input, isInOrder in
            !asWhole.contains(root[input]) && (isInOrder || !inOrder.contains(root[input]))
          })
        else { break }
        inOrder.formUnion(step.outputsInOrder)
        asWhole.formUnion(Set(step.outputs).subtracting(step.outputsInOrder))
      }
      end += 1
    }
    let steps = connected(first..<end)
    guard steps.lowerBound == first, steps.count > 1 else { return nil }
    let partitions = partitions(steps, pictures)
    let tileSize = tileSize(steps, pictures, partitions)
    guard tileSize < pictures, partitions.count == partitionCount else { return nil }
    return BatchTiling.Group(steps: steps, partitions: partitions, tileSize: tileSize)
  }

  /// The pictures of all, cut evenly where every step may be cut; fewer than asked where they may
  /// not.
  private func partitions(_ steps: Range<Int>, _ pictures: Int) -> [Range<Int>] {
    var cuts = [0]
    let members = steps.flatMap { kernels[$0] }
    let isCut =
      pictures >= BatchTiling.fewestPictures(forPartitions: partitionCount)
      && members.allSatisfy { $0.plan.batchTiling.partitions >= partitionCount }
    for partition in 1..<max(1, partitionCount) where isCut {
      let cut = cut(members, pictures, upTo: pictures * partition / partitionCount)
      if cut > cuts[cuts.count - 1] { cuts.append(cut) }
    }
    return zip(cuts, cuts.dropFirst() + [pictures]).map { $0..<$1 }
  }

  /// The last picture up to one before which all kernels may be cut.
  private func cut(_ kernels: [PlannedOperation], _ pictures: Int, upTo picture: Int) -> Int {
    var picture = picture
    while picture > 0 {
      let earliest =
        kernels.map { kernel in
          let rows = Int(kernel.plan.batchTiling.rows) / pictures
          return kernel.cut(upTo: picture * rows) / rows
        }.min() ?? 0
      if earliest == picture { break }
      picture = earliest
    }
    return picture
  }

  /// The number of pictures of the convolution that is a step or the next one.
  private func pictureCount(from first: Int) -> Int? {
    let steps = graph.steps[first...].lazy.filter { !$0.isAlias }.prefix(2)
    return steps.compactMap(\.convolvedPictures).map { graph.values[$0].shape[0] }.first
  }

  /// How many pictures a tile of a step has at least; nil if it has no tiles.
  private func fewestPictures(of position: Int, _ pictures: Int) -> Int? {
    guard stages[position] == .lane, kernels[position].count == 1, pictures > 0 else { return nil }
    let tiling = kernels[position][0].plan.batchTiling
    let (rows, granule) = (Int(tiling.rows), Int(tiling.granule))
    guard rows > 0, rows % pictures == 0 else { return nil }
    let rowsOfPicture = rows / pictures
    if rowsOfPicture % granule == 0 { return 1 }
    return granule % rowsOfPicture == 0 ? granule / rowsOfPicture : nil
  }

  /// Without steps at either end that share no value with the others.
  private func connected(_ steps: Range<Int>) -> Range<Int> {
    var steps = steps
    func isConnected(_ position: Int) -> Bool {
      let step = graph.steps[position]
      return step.outputs.contains { readers[root[$0]].contains(where: steps.contains) }
        || step.inputs.contains { input in
          steps.contains { graph.steps[$0].outputs.contains(root[input]) }
        }
    }
    func isOfUse(_ position: Int) -> Bool {
      !graph.steps[position].isAlias && isConnected(position)
    }
    while let last = steps.last, !isOfUse(last) { steps = steps.dropLast() }
    while let first = steps.first, !isOfUse(first) { steps = steps.dropFirst() }
    return steps
  }

  /// As many pictures as stay in the cache, but no fewer than each step takes, no more than a
  /// partition has, and not in more tiles than pay for being listed.
  private func tileSize(_ steps: Range<Int>, _ pictures: Int, _ partitions: [Range<Int>]) -> Int {
    let operands = Set(steps.flatMap { graph.steps[$0].operandsInOrder.map { root[$0] } })
    let byteCount = operands.reduce(0) { $0 + graph.values[$1].byteCount } / pictures
    let fewest = steps.compactMap { fewestPictures(of: $0, pictures) }
      .reduce(1, leastCommonMultiple)
    let partition = partitions.map(\.count).max() ?? pictures
    let fitting = min(Tuning.residentByteCount / max(1, byteCount), partition)
    let granules = (partition + fewest - 1) / fewest
    let leastGranules = (granules + Tuning.tilesPerPartition - 1) / Tuning.tilesPerPartition
    return max(leastGranules, fitting / fewest) * fewest
  }

  /// What steps of a group write in order and no other step reads, and aliases of that.
  func valuesInside(_ group: BatchTiling.Group) -> [Graph.ValueID] {
    let steps = group.steps.map { graph.steps[$0] }
    let written = Set(steps.flatMap(\.outputsInOrder))
    return steps.flatMap(\.outputs).filter { output in
      let readers = readers[root[output]]
      return written.contains(root[output]) && !readers.isEmpty
        && graph.values[output].byteCount % group.pictures == 0
        && readers.allSatisfy(group.steps.contains)
    }
  }
}

private func leastCommonMultiple(_ a: Int, _ b: Int) -> Int {
  var (x, y) = (a, b)
  while y > 0 { (x, y) = (y, x % y) }
  return a / x * b
}

extension Graph.Step {
  /// The pictures that a convolution or one of its gradients works on.
  fileprivate var convolvedPictures: Graph.ValueID? {
    switch operation {
    case .convolution, .convolutionInputGradient, .convolutionWeightGradient: inputs[0]
    default: nil
    }
  }

  /// Of each input whether it is read picture by picture, or row by row.
  var inputsInOrder: [Bool] {
    switch kind {
    case .operation(.convolution), .operation(.convolutionInputGradient): [true, false]
    case .operation(.convolutionWeightGradient): [true, true]
    case .rowProgram(let program): program.inputs.map(\.isInOrder)
    default: inputs.map { _ in false }
    }
  }

  /// What is written picture by picture, or row by row.
  fileprivate var outputsInOrder: [Graph.ValueID] {
    switch kind {
    case .operation(.convolution), .operation(.convolutionInputGradient): outputs
    case .rowProgram(let program):
      zip(outputs, program.outputs).filter { $0.1.access.isInOrder }.map(\.0)
    default: []
    }
  }

  fileprivate var operandsInOrder: [Graph.ValueID] {
    zip(inputs, inputsInOrder).filter(\.1).map(\.0) + outputsInOrder
  }
}

extension RowProgram.Access {
  fileprivate var isInOrder: Bool {
    switch self {
    case .full, .column, .sumColumns, .positions, .scattered, .gathered, .windowLargest,
      .windowPosition:
      true
    case .row, .single, .sumRows: false
    }
  }
}
