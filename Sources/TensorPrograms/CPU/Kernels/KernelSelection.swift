import CTensorKernels

/// The kernels of a program's steps, and which steps run tile by tile.
struct KernelSelection {
  /// The program's graph, with convolutions computed again where steps run tile by tile.
  let graph: Graph
  /// The kernels of each step, in the order in which they run.
  let operations: [[PlannedOperation]]
  /// The steps that run tile by tile.
  let tiling: BatchTiling

  /// - Parameters:
  ///   - threads: how many share the work of a lane.
  ///   - tilesBatches: whether steps run tile by tile where they can.
  init(
    _ ordered: Graph, _ options: Program.Options, _ kernels: KernelSet, threads: Int,
    tilesBatches: Bool
  ) {
    guard tilesBatches else {
      graph = ordered
      operations = KernelSelection.operations(of: graph, options, kernels, threads)
      tiling = .none
      return
    }
    let partitionCount = threads > 1 ? threads * Tuning.partsPerWorker : 1
    // What turns out to need more than the memory of a tile is not computed again.
    var kept: Set<Int> = []
    while true {
      let recomputation = ConvolutionRecomputation(
        ordered, largerThan: Tuning.recomputedByteCount,
        fewestPictures: BatchTiling.fewestPictures(forPartitions: partitionCount), keeping: kept)
      let operations = KernelSelection.operations(
        of: recomputation.graph, options, kernels, threads)
      let tiling = BatchTiling(recomputation.graph, operations, partitionCount: partitionCount)
      let wasted = recomputation.readers.filter { tiling.tileMemory[$0.key] == nil }
      guard !wasted.isEmpty else {
        (graph, self.operations, self.tiling) = (recomputation.graph, operations, tiling)
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
