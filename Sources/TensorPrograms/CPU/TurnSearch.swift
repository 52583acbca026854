import CTensorKernels
import Tensors

/// Looks for steps that can take turns together.
///
/// They follow one another, work on the pictures of one convolution in order, and read of each other
/// only what is written in order: no sum over pictures, which is complete after the last turn.
struct TurnSearch {
  private let graph: Graph
  private let plans: [[ml_plan]]
  private let stages: [Stage]
  private let root: [Graph.ValueID]
  /// The steps, aliases aside, that read a value or an alias of it; `Int.max` for an output.
  private var readers: [[Int]]

  init(_ graph: Graph, _ plans: [[ml_plan]]) {
    self.graph = graph
    self.plans = plans
    stages = Stage.ofSteps(in: graph)
    root = Lifetimes(graph).root
    readers = [[Int]](repeating: [], count: graph.values.count)
    for (position, step) in graph.steps.enumerated() where !step.isAlias {
      for input in step.inputs { readers[root[input]].append(position) }
    }
    for output in graph.outputs { readers[root[output]].append(.max) }
  }

  /// The steps from a position on that can take turns together; nil where it does not pay.
  func group(from first: Int) -> Turns.Group? {
    guard let pictures = pictureCount(from: first) else { return nil }
    var (inOrder, asWhole): (Set<Graph.ValueID>, Set<Graph.ValueID>) = ([], [])
    var end = first
    while end < graph.steps.count {
      let step = graph.steps[end]
      if !step.isAlias {
        let ordered = Set(step.operandsInOrder)
        guard fewestPictures(of: end, pictures) != nil,
          step.inputs.allSatisfy({ input in
            !asWhole.contains(root[input])
              && (ordered.contains(input) || !inOrder.contains(root[input]))
          })
        else { break }
        inOrder.formUnion(ordered.intersection(step.outputs))
        asWhole.formUnion(Set(step.outputs).subtracting(ordered))
      }
      end += 1
    }
    let steps = connected(first..<end)
    guard steps.lowerBound == first, steps.count > 1 else { return nil }
    let together = picturesTogether(steps, pictures)
    guard together < pictures else { return nil }
    return Turns.Group(steps: steps, pictures: pictures, together: together)
  }

  /// The number of pictures of the convolution that is a step or the next one.
  private func pictureCount(from first: Int) -> Int? {
    let steps = graph.steps[first...].lazy.filter { !$0.isAlias }.prefix(2)
    return steps.compactMap(\.convolvedPictures).map { graph.values[$0].shape[0] }.first
  }

  /// How many pictures a step takes at least; nil if it cannot take turns.
  private func fewestPictures(of position: Int, _ pictures: Int) -> Int? {
    guard stages[position] == .lane, plans[position].count == 1, pictures > 0 else { return nil }
    let turns = plans[position][0].turns
    let (rows, granule) = (Int(turns.rows), Int(turns.granule))
    guard unsafe turns.kernel != nil, rows % pictures == 0 else { return nil }
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

  /// As many pictures as stay in the cache, but no fewer than each step takes.
  private func picturesTogether(_ steps: Range<Int>, _ pictures: Int) -> Int {
    let operands = Set(steps.flatMap { graph.steps[$0].operandsInOrder.map { root[$0] } })
    let byteCount = operands.reduce(0) { $0 + graph.values[$1].byteCount } / pictures
    let fewest = steps.compactMap { fewestPictures(of: $0, pictures) }
      .reduce(1, leastCommonMultiple)
    return max(1, Turns.byteCount / max(1, byteCount) / fewest) * fewest
  }

  /// What steps of a group write in order and no other step reads, and aliases of that.
  func valuesInside(_ group: Turns.Group) -> [Graph.ValueID] {
    let steps = group.steps.map { graph.steps[$0] }
    let inOrder = Set(steps.flatMap { step in step.operandsInOrder.map { root[$0] } })
    let written = Set(steps.filter { !$0.isAlias }.flatMap(\.outputs)).intersection(inOrder)
    return steps.flatMap(\.outputs).filter { output in
      let readers = readers[root[output]]
      return written.contains(root[output]) && !readers.isEmpty
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

  /// What is read and written picture by picture, or row by row.
  var operandsInOrder: [Graph.ValueID] {
    switch kind {
    case .operation(.convolution), .operation(.convolutionInputGradient): [inputs[0], outputs[0]]
    case .operation(.convolutionWeightGradient): inputs
    case .rowProgram(let program):
      zip(inputs, program.inputs).filter { $0.1.isInOrder }.map(\.0)
        + zip(outputs, program.outputs).filter { $0.1.access.isInOrder }.map(\.0)
    default: []
    }
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
