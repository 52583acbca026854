import TensorPrograms
import Tensors
import Testing

@Suite struct `A runner` {
  /// Features of some rows: products, sums along both axes, constants and numbers of each lane.
  private static func program(rows: Int, lanes: Int) -> Program {
    let x = Tensor.input("x", shape: [rows, 24], .perLane)
    let w = Tensor.input("w", shape: [24, 40])
    let hidden = (matrixProduct(x, w) + .literal(TensorValue(0.25))).tanh()
    let centred = hidden - hidden.mean(along: [0], keepingAxes: true)
    let loss = sumOverLanes(centred.square().sum())
    return Program(
      [
        ("loss", loss), ("gradient", gradient(of: loss, withRespectTo: [w])[0]),
        ("hidden", hidden.sum(along: [1])),
      ], laneCount: lanes)
  }

  private static func set(_ execution: Execution, rows: Int, lanes: Int) {
    execution.set("x", numbers([lanes, rows, 24], seed: rows))
    execution.set("w", numbers([24, 40], seed: 1))
  }

  private static func numbers(_ shape: Shape, seed: Int) -> TensorValue {
    TensorValue(testNumbers(shape.elementCount, seed: UInt64(seed)), shape: shape)
  }

  private static let forms = [(rows: 7, lanes: 3), (19, 5), (2, 1), (7, 3), (33, 2), (2, 1)]

  @Test(arguments: [1, 2])
  func `gives programs that alternate the bits that each has alone`(threads: Int) {
    let runner = Runner(.init(threads: threads))
    for (rows, lanes) in Self.forms + Self.forms {
      let program = Self.program(rows: rows, lanes: lanes)
      let alone = Runner(.init(threads: threads)).execution(of: program)
      let execution = runner.execution(for: [rows, lanes]) { program }
      for execution in [alone, execution] {
        Self.set(execution, rows: rows, lanes: lanes)
        execution.run()
      }
      for name in program.outputNames {
        #expect(execution.value(name) == alone.value(name), "\(name), \(rows) rows")
      }
    }
  }

  @Test func `computes in the memory of the largest program`() {
    func byteCount(_ forms: [(rows: Int, lanes: Int)]) -> Int {
      let runner = Runner(.init(threads: 2, chunk: 1))
      for (rows, lanes) in forms {
        let execution = runner.execution(for: rows) { Self.program(rows: rows, lanes: lanes) }
        Self.set(execution, rows: rows, lanes: lanes)
        execution.run()
      }
      return runner.byteCount
    }
    // Ways from 5 to 20, shots from 1 to 5, 15 queries a way.
    let mixed = (5...20).flatMap { ways in (1...5).map { (rows: ways * ($0 + 15), lanes: 16) } }
    let largest = byteCount([(rows: 20 * 20, lanes: 16)])
    #expect(Double(byteCount(mixed)) < 1.3 * Double(largest))
  }

  @Test func `prepares a program again only when it was let go`() {
    var configuration = Runner.Configuration(threads: 1)
    configuration.programLimit = 2
    let runner = Runner(configuration)
    var made: [Int] = []
    func ask(_ rows: Int) {
      let execution = runner.execution(for: rows) {
        made.append(rows)
        return Self.program(rows: rows, lanes: 1)
      }
      Self.set(execution, rows: rows, lanes: 1)
      execution.run()
    }
    for rows in [1, 2, 1, 1, 3, 1, 2] { ask(rows) }
    #expect(made == [1, 2, 3, 2])
  }

  @Test func `goes on with an execution that was let go`() {
    var configuration = Runner.Configuration(threads: 1)
    configuration.programLimit = 1
    let runner = Runner(configuration)
    let first = runner.execution(for: 1) { Self.program(rows: 4, lanes: 2) }
    _ = runner.execution(for: 2) { Self.program(rows: 40, lanes: 2) }
    Self.set(first, rows: 4, lanes: 2)
    first.run()
    #expect(first.value("loss").scalar > 0)
  }

  // MARK: Lanes of several processes

  @Test(arguments: [(lanes: 8, each: 4), (8, 2), (6, 2), (5, 1), (8, 8)])
  func `completes sums over lanes among processes to the bits of one`(lanes: Int, each: Int) {
    let x = Self.numbers([lanes, 9, 24], seed: 5)
    let w = Self.numbers([24, 40], seed: 1)
    let whole = step(x, 0..<lanes, of: lanes, w, completing: nil)
    let parts = (0..<lanes / each).map { $0 * each..<($0 + 1) * each }
    // First each process tells its sums, then it is given those of all.
    let partial = SumsOfProcesses()
    for part in parts { _ = step(x, part, of: lanes, w) { partial.append($0) } }
    let total = each < lanes ? Self.total(partial.sums[...]) : []
    for part in parts {
      let values = step(x, part, of: lanes, w) { $0 = total }
      #expect(values == whole, "lanes \(part)")
    }
    #expect(partial.sums.count == (each < lanes ? parts.count : 0))
  }

  /// A step of gradient descent on a mean over lanes.
  private func step(
    _ x: TensorValue, _ part: Range<Int>, of lanes: Int, _ w: TensorValue,
    completing complete: Runner.LaneSumCompletion?
  ) -> [TensorValue] {
    let inputs = Tensor.input("x", shape: [9, 24], .perLane)
    let weights = Tensor.input("w", shape: [24, 40])
    let loss = sumOverLanes(matrixProduct(inputs, weights).square().mean()) / Double(lanes)
    let slope = gradient(of: loss, withRespectTo: [weights])[0]
    let program = Program(
      [
        ("loss", loss), ("new", weights - 0.1 * slope),
        ("count", sumOverLanes(weights.sum())),
      ], laneCount: part.count, ofTotal: lanes)
    var configuration = Runner.Configuration(threads: 1)
    configuration.completesLaneSums = complete
    let execution = Runner(configuration).execution(of: program)
    execution.set("x", .stacking(part.map { x.slice(at: $0) }))
    execution.set("w", w)
    execution.run()
    return program.outputNames.map(execution.value)
  }

  /// The sum of lists in the tree in which lanes are summed.
  private static func total(_ lists: ArraySlice<[Float]>) -> [Float] {
    guard lists.count > 1, let first = lists.first else { return lists.first ?? [] }
    var half = 1
    while half * 2 < lists.count { half *= 2 }
    let (left, right) = (total(lists.prefix(half)), total(lists.dropFirst(half)))
    return first.indices.map { left[$0] + right[$0] }
  }
}

/// The sums that processes tell, in order; written by one thread at a time.
private final class SumsOfProcesses: @unchecked Sendable {
  private(set) var sums: [[Float]] = []
  func append(_ sum: [Float]) { sums.append(sum) }
}
