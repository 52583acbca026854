import Tensors

/// Takes, of the steps that can run, the one after which the least memory is held; of several the
/// first as built.
struct GreedyOrder {
  private let graph: Graph
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
    inputsMissing = graph.steps.map { Set($0.inputs).count }
    for (position, step) in graph.steps.enumerated() {
      for input in Set(step.inputs) {
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
    let step = graph.steps[position]
    let made = step.outputs.reduce(0) { $0 + byteCount($1) }
    let freed = Set(step.inputs).reduce(0) {
      $0 + (readingsLeft[$1] == 1 ? byteCount($1) : 0)
    }
    return made - freed
  }

  private func byteCount(_ value: Graph.ValueID) -> Int {
    graph.values[value].byteCount
  }

  private mutating func run(_ position: Int) {
    order.append(position)
    let step = graph.steps[position]
    for input in Set(step.inputs) { readingsLeft[input] -= 1 }
    for output in step.outputs {
      for reader in readers[output] {
        inputsMissing[reader] -= 1
        if inputsMissing[reader] == 0 { ready.append(reader) }
      }
    }
  }
}
