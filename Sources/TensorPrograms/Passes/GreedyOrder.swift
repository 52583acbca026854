import Tensors

/// Takes, of the steps that can run, the one after which the least memory is held; of several the
/// first as built.
struct GreedyOrder {
  private let graph: Graph
  /// What each step reads, each value once.
  private let inputs: [Set<Graph.ValueID>]
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
    self.graph = graph
    readers = [[Int]](repeating: [], count: graph.values.count)
    readingsLeft = [Int](repeating: 0, count: graph.values.count)
    inputs = graph.steps.map { Set($0.inputs) }
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
    let best = ready.indices.min { left, right in
      (growth(ready[left]), ready[left]) < (growth(ready[right]), ready[right])
    }
    return best.map { ready.remove(at: $0) }
  }

  /// The bytes that are held more after a step than before.
  private func growth(_ position: Int) -> Int {
    let made = graph.steps[position].outputs.reduce(0) { $0 + byteCount($1) }
    let freed = inputs[position].reduce(0) {
      $0 + (readingsLeft[$1] == 1 ? byteCount($1) : 0)
    }
    return made - freed
  }

  private func byteCount(_ value: Graph.ValueID) -> Int {
    graph.values[value].byteCount
  }

  private mutating func run(_ position: Int) {
    order.append(position)
    for input in inputs[position] { readingsLeft[input] -= 1 }
    for output in graph.steps[position].outputs {
      for reader in readers[output] {
        inputsMissing[reader] -= 1
        if inputsMissing[reader] == 0 { ready.append(reader) }
      }
    }
  }
}
