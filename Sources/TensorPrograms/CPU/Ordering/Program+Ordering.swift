extension Program {
  /// The operations as this machine's cores run them: elementwise work merged, in the order that
  /// takes the least memory.
  func orderedForCPU() -> Graph {
    let fused = options.fuses ? Fusion.fused(graph) : graph
    Verification.check(fused, after: "fusion")
    let ordered = Ordering.ordered(fused)
    Verification.check(ordered, after: "ordering")
    return ordered
  }
}
