import Tensors

/// Takes, of the steps that can run, the one after which the least memory is held; of several the
/// first as built.
struct GreedyOrder {
  /// What each step reads, each value once.
  private let inputs: [[Graph.ValueID]]
  /// What each step makes.
  private let outputs: [[Graph.ValueID]]
  /// The size of each value.
  private let byteCounts: [Int]
  /// The steps that read a value.
  private var readers: [[Int]]
  /// How many readings of a value are to come; outputs have one that never comes.
  private var readingsLeft: [Int]
  /// How many inputs of a step are not there yet.
  private var inputsMissing: [Int]
  private var ready: [Int] = []
  private var order: [Int] = []

  /// The graph in greedy order.
  static func ordered(_ graph: Graph) -> Graph {
    var greedy = GreedyOrder(graph)
    while let next = greedy.takeBest() { greedy.run(next) }
    var result = graph
    result.steps = greedy.order.map { graph.steps[$0] }
    return result
  }

  private init(_ graph: Graph) {
    readers = [[Int]](repeating: [], count: graph.values.count)
    readingsLeft = [Int](repeating: 0, count: graph.values.count)
    inputs = graph.steps.map { Array(Set($0.inputs)) }
    outputs = graph.steps.map(\.outputs)
    byteCounts = graph.values.map(\.byteCount)
    inputsMissing = inputs.map(\.count)
    for (position, inputs) in inputs.enumerated() {
      for input in inputs {
        readers[input].append(position)
        readingsLeft[input] += 1
      }
    }
    for output in graph.outputs { readingsLeft[output] += 1 }
    ready = graph.steps.indices.filter { inputsMissing[$0] == 0 }
  }

  /// Removes the best step from those that can run.
  private mutating func takeBest() -> Int? {
    var best: (growth: Int, step: Int, index: Int)?
    for (index, step) in ready.enumerated() {
      let growth = growth(step)
      if let best, (best.growth, best.step) < (growth, step) { continue }
      best = (growth, step, index)
    }
    return best.map { ready.remove(at: $0.index) }
  }

  /// The bytes that are held more after a step than before.
  private func growth(_ step: Int) -> Int {
    var bytes = 0
    for output in outputs[step] { bytes += byteCounts[output] }
    for input in inputs[step] where readingsLeft[input] == 1 { bytes -= byteCounts[input] }
    return bytes
  }

  private mutating func run(_ position: Int) {
    order.append(position)
    for input in inputs[position] { readingsLeft[input] -= 1 }
    for output in outputs[position] {
      for reader in readers[output] {
        inputsMissing[reader] -= 1
        if inputsMissing[reader] == 0 { ready.append(reader) }
      }
    }
  }
}
