import Tensors

/// Decides which elementwise values must exist in memory.
///
/// A value must exist if something other than elementwise work reads it, if it is repeated along
/// rows or columns, or if it is computed once for all lanes but read by each. Of the rest, costly
/// ones with several readers exist too, and so do those that would make a program too long.
struct Materialization {
  /// Whether a value must exist in memory, by value.
  private(set) var isMaterialized: [Bool]
  private let graph: Graph
  private let producers: [Int]

  /// The part of a program that a value stands for when it is computed in place.
  private struct Expression {
    var steps: Set<Graph.ValueID> = []
    var leaves: Set<Graph.ValueID> = []
    /// Constants take a register each, like leaves.
    var constants: Set<Double> = []

    var isTooLong: Bool {
      steps.count > Tuning.expressionSteps || leaves.count > Tuning.expressionLeaves
        || leaves.count + constants.count > Materialization.operandLimit
    }
  }

  /// Leaves and constants, one less than a row program takes: an operand with windows brings the
  /// positions in them.
  private static let operandLimit = RowProgramBuilder.inputLimit - 1

  /// Decides for all values of a graph.
  init(_ graph: Graph) {
    self.graph = graph
    producers = graph.producers
    isMaterialized = [Bool](repeating: false, count: graph.values.count)
    markReadersOfMemory()
    limitExpressions()
  }

  /// The value behind reshapes.
  private func root(_ value: Graph.ValueID) -> Graph.ValueID {
    var id = value
    while producers[id] >= 0, case .reshape = graph.steps[producers[id]].operation {
      id = graph.steps[producers[id]].inputs[0]
    }
    return id
  }

  private mutating func markReadersOfMemory() {
    for output in graph.outputs { isMaterialized[root(output)] = true }
    for step in graph.steps {
      if case .reshape = step.operation { continue }
      let endsInWindows = step.windowOutputs != nil && graph.tiledWindows(step) != nil
      let readsInPlace = step.isElementwise || graph.rowSum(step) != nil || endsInWindows
      let varies = graph.values[step.outputs[0]].variesByLane
      let count = graph.values[step.outputs[0]].shape.elementCount
      for input in step.inputs {
        let id = root(input)
        let crosses = graph.values[id].variesByLane != varies
        // A sum reads in place what is as large as its own operand; elementwise steps likewise.
        let sameExtent = step.isElementwise ? graph.values[id].shape.elementCount == count : true
        if !readsInPlace || crosses || !sameExtent { isMaterialized[id] = true }
      }
    }
  }

  private mutating func limitExpressions() {
    let useCounts = readerCounts()
    var expressions: [Graph.ValueID: Expression] = [:]
    for step in graph.steps where step.isElementwise {
      let value = step.outputs[0]
      var expression = joined(step, value, expressions)
      while expression.isTooLong {
        let longest = step.inputs.map(root).filter { expressions[$0] != nil && !isMaterialized[$0] }
          .max { (expressions[$0]?.steps.count ?? 0) < (expressions[$1]?.steps.count ?? 0) }
        guard let longest else { break }
        isMaterialized[longest] = true
        expression = joined(step, value, expressions)
      }
      let isShared = useCounts[value] > 1
      if isShared,
        step.isCostly || expression.leaves.count(where: isLarge) >= Tuning.sharedLeaves
      {
        isMaterialized[value] = true
      }
      expressions[value] = expression
    }
  }

  /// Whether reading a leaf means reading memory of its extent.
  private func isLarge(_ leaf: Graph.ValueID) -> Bool {
    if case .broadcast = graph.steps[producers[leaf]].operation { false } else { true }
  }

  /// The number of steps that read a value, through reshapes.
  private func readerCounts() -> [Int] {
    var counts = [Int](repeating: 0, count: graph.values.count)
    for step in graph.steps {
      if case .reshape = step.operation { continue }
      for input in Set(step.inputs.map(root)) { counts[input] += 1 }
    }
    return counts
  }

  private func joined(
    _ step: Graph.Step, _ value: Graph.ValueID, _ expressions: [Graph.ValueID: Expression]
  ) -> Expression {
    var result = Expression(steps: [value], leaves: [])
    for input in step.inputs.map(root) {
      if let inside = expressions[input], !isMaterialized[input] {
        result.steps.formUnion(inside.steps)
        result.leaves.formUnion(inside.leaves)
        result.constants.formUnion(inside.constants)
      } else if case .fill(let number) = graph.steps[producers[input]].operation {
        result.constants.insert(number)
      } else if case .windowScatter = graph.steps[producers[input]].operation {
        result.leaves.formUnion(graph.steps[producers[input]].inputs)
      } else {
        result.leaves.insert(input)
      }
    }
    return result
  }
}

extension Graph.Step {
  /// Whether an element costs more than a few multiply-adds.
  fileprivate var isCostly: Bool {
    switch operation {
    case .unary(let function):
      switch function {
      case .exp, .log, .tanh, .sigmoid, .sine, .cosine, .softplus, .errorFunction, .squareRoot,
        .reciprocalSquareRoot, .unitFromBits:
        true
      case .negate, .reciprocal, .relu, .absolute, .sign, .square, .floor: false
      }
    default: false
    }
  }
}
