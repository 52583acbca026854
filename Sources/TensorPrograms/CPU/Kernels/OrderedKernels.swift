import CTensorKernels

/// The kernels of a program's steps, and which steps take turns.
struct OrderedKernels {
  /// The program's graph, with convolutions computed anew where steps take turns.
  let graph: Graph
  /// The kernels of each step, in order.
  let operations: [[PlannedOperation]]
  /// The steps that take turns.
  let turns: Turns

  /// - Parameter threads: how many share the work of a lane.
  init(
    _ ordered: Graph, _ options: Program.Options, _ kernels: KernelSet, threads: Int,
    takesTurns: Bool
  ) {
    guard takesTurns else {
      graph = ordered
      operations = OrderedKernels.operations(of: graph, options, kernels, threads)
      turns = .none
      return
    }
    let shareCount = threads > 1 ? threads * Schedule.partsPerWorker : 1
    // What turns out not to be held for a turn is not computed anew.
    var kept: Set<Int> = []
    while true {
      let anew = ConvolutionsAnew(
        ordered, largerThan: Turns.byteCount / 2,
        fewestPictures: Turns.fewestPictures(forShares: shareCount), keeping: kept)
      let operations = OrderedKernels.operations(
        of: anew.graph, options, kernels, threads)
      let turns = Turns(anew.graph, operations, shareCount: shareCount)
      let wasted = anew.readers.filter { turns.held[$0.key] == nil }
      guard !wasted.isEmpty else {
        (graph, self.operations, self.turns) = (anew.graph, operations, turns)
        return
      }
      kept.formUnion(wasted.values)
    }
  }

  private static func operations(
    of graph: Graph, _ options: Program.Options, _ kernels: KernelSet, _ threads: Int
  ) -> [[PlannedOperation]] {
    let binding = KernelBinding(graph: graph, isExact: options.isExact, threads: threads)
    return graph.steps.map { step in
      binding.bound(step).map { PlannedOperation($0, kernels) }
    }
  }
}
