import CTensorKernels
import Testing

private let normalized = RowProgram(
  inputs: [ML_FULL, ML_ROW, ML_ROW, ML_ROW],
  steps: [
    .init(step: ML_STEP_SUBTRACT, a: 0, b: 1), .init(step: ML_STEP_MULTIPLY, a: 4, b: 2),
    .init(step: ML_STEP_ADD, a: 5, b: 3), .init(step: ML_STEP_RELU, a: 6),
  ],
  outputs: [(7, ML_FULL)])

private let squaredDistances = RowProgram(
  inputs: [ML_FULL, ML_ROW],
  steps: [.init(step: ML_STEP_SUBTRACT, a: 0, b: 1), .init(step: ML_STEP_SQUARE, a: 2)],
  outputs: [(3, ML_SUM_ROWS), (3, ML_SUM_COLUMNS), (0, ML_SUM_ROWS)])

private let gradients = RowProgram(
  inputs: [ML_FULL, ML_FULL, ML_FULL, ML_ROW, ML_COLUMN, ML_SINGLE],
  steps: [
    .init(step: ML_STEP_GATE, a: 0, b: 1), .init(step: ML_STEP_SUBTRACT, a: 2, b: 3),
    .init(step: ML_STEP_MULTIPLY, a: 7, b: 4), .init(step: ML_STEP_MULTIPLY, a: 6, b: 8),
    .init(step: ML_STEP_SCALE, a: 9, b: 0), .init(step: ML_STEP_MULTIPLY, a: 8, b: 5),
    .init(step: ML_STEP_ADD, a: 11, b: 10),
  ],
  outputs: [(10, ML_FULL), (12, ML_FULL), (6, ML_SUM_ROWS), (9, ML_SUM_ROWS), (9, ML_SUM_COLUMNS)],
  scalars: [0.75])

private let shapes: [(rows: Int, columns: Int)] = [
  (1, 1), (1, 5), (5, 1), (2, 3), (10, 40), (33, 16), (257, 17), (100, 63), (1000, 64), (7, 511),
  (19, 512), (5, 513), (3, 1500), (1, 3000), (7000, 5), (1, 40_000), (700, 100),
  (0, 4), (3, 0),
]

private func values(
  _ program: RowProgram, _ shape: (rows: Int, columns: Int), _ numbers: inout Numbers
) -> [[Float]] {
  program.inputs.map {
    numbers.floats(RowProgram.count($0, rows: shape.rows, columns: shape.columns))
  }
}

private func check(
  _ program: RowProgram, _ shape: (rows: Int, columns: Int), _ inputs: [[Float]],
  _ outputs: [[UInt8]], _ comment: String
) {
  let expected = program.expected(rows: shape.rows, columns: shape.columns, inputs: inputs)
  for (index, (output, (wanted, sizes))) in zip(outputs, expected).enumerated() {
    let y = elements(output, as: Float.self)
    let wrong = y.indices.first { !(abs(Double(y[$0]) - wanted[$0]) <= 3e-6 * (1 + sizes[$0])) }
    if let wrong {
      Issue.record(
        """
        \(comment), shape \(shape), output \(index) [\(wrong)]: \(y[wrong]), not \(wanted[wrong])
        """)
    }
  }
}

@Suite struct RowProgramKernelTests {
  @Test(arguments: [("normalize", 0), ("distances", 1), ("gradients", 2)])
  func `the programs of batch normalization on many shapes`(_ name: String, _ index: Int) {
    let program = [normalized, squaredDistances, gradients][index]
    for shape in shapes {
      var numbers = Numbers(shape.rows + shape.columns)
      let inputs = values(program, shape, &numbers)
      let trial = program.trial(rows: shape.rows, columns: shape.columns, inputs: inputs)
      check(program, shape, inputs, trial.agreedOutputs(name), name)
    }
  }

  @Test func `random programs`() {
    let few = shapes.filter { $0.rows * $0.columns <= 3000 }
    for seed in 1...250 {
      var numbers = Numbers(seed)
      let program = RowProgram.random(&numbers)
      let shape = few[numbers.below(few.count)]
      let inputs = values(program, shape, &numbers)
      let trial = program.trial(rows: shape.rows, columns: shape.columns, inputs: inputs)
      check(program, shape, inputs, trial.agreedOutputs("\(seed)"), "program \(seed)")
    }
  }

  @Test func `an output in the memory of a full input gives the same`() {
    for shape in shapes where shape.rows * shape.columns <= 5000 {
      for seed in 1...30 {
        var numbers = Numbers(1000 + seed)
        let program = RowProgram.random(&numbers)
        let inputs = values(program, shape, &numbers)
        var trial = program.trial(rows: shape.rows, columns: shape.columns, inputs: inputs)
        let apart = trial.run(table: 0, parts: 1)
        // Each full output takes the next full input that is no output itself.
        var free = program.inputs.indices.filter { input in
          program.inputs[input] == ML_FULL
            && !program.outputs.contains { $0.register == input && $0.access == ML_FULL }
        }
        for (index, output) in program.outputs.enumerated()
        where output.access == ML_FULL && !free.isEmpty {
          trial.shared[index] = free.removeFirst()
        }
        guard !trial.shared.isEmpty else { continue }
        for parts in [1, 3] {
          #expect(trial.run(table: 0, parts: parts) == apart, "program \(seed), shape \(shape)")
        }
      }
    }
  }

  @Test func `masks, choices and integer comparisons`() {
    let masks: [(ml_step, (Float, Float) -> Bool)] = [
      (ML_STEP_EQUAL, { $0 == $1 }), (ML_STEP_LESS, { $0 < $1 }),
      (ML_STEP_LESS_EQUAL, { $0 <= $1 }),
    ]
    let integerMasks: [(ml_step, (Int32, Int32) -> Bool)] = [
      (ML_STEP_EQUAL_INTEGER, { $0 == $1 }), (ML_STEP_LESS_INTEGER, { $0 < $1 }),
      (ML_STEP_LESS_EQUAL_INTEGER, { $0 <= $1 }),
    ]
    var numbers = Numbers(3)
    let count = 37
    let a = numbers.coarseFloats(count) + [.nan, .infinity, -0.0]
    let b = numbers.coarseFloats(count) + [1, .infinity, 0.0]
    func outputs(_ step: ml_step, _ operands: [[UInt8]]) -> [Float] {
      let program = RowProgram(
        inputs: operands.map { _ in ML_FULL }, steps: [.init(step: step, a: 0, b: 1, c: 2)],
        outputs: [(operands.count, ML_FULL)])
      var trial = program.trial(rows: 4, columns: 10, inputs: [])
      trial.inputs = operands
      return trial.agreedFloats()
    }
    for (step, holds) in masks {
      #expect(
        outputs(step, [bytes(a), bytes(b), bytes(a)]) == zip(a, b).map { holds($0, $1) ? 1 : 0 })
    }
    let x = a.map { $0.isFinite ? Int32($0 * 4) : 16_777_217 }
    let y = b.map { $0.isFinite ? Int32($0 * 4) : 16_777_216 }
    for (step, holds) in integerMasks {
      #expect(
        outputs(step, [bytes(x), bytes(y), bytes(x)]) == zip(x, y).map { holds($0, $1) ? 1 : 0 })
    }
    let c = numbers.floats(40)
    let chosen = outputs(
      ML_STEP_SELECT, [bytes(c.map { $0 > 0 ? 1 : 0 as Float }), bytes(c), bytes(b)])
    #expect(chosen == zip(c, b).map { $0 > 0 ? $0 : $1 })
  }

  @Test func `a number that is none does not vanish`() {
    let steps = [
      ML_STEP_ADD, ML_STEP_SUBTRACT, ML_STEP_MULTIPLY, ML_STEP_DIVIDE, ML_STEP_MAXIMUM,
      ML_STEP_MINIMUM,
    ]
    for step in steps {
      for (a, b) in [(Float.nan, 1 as Float), (1, .nan), (.nan, .nan), (.nan, .infinity)] {
        let program = RowProgram(
          inputs: [ML_FULL, ML_SINGLE], steps: [.init(step: step, a: 0, b: 1)],
          outputs: [(2, ML_FULL), (2, ML_SUM_ROWS), (2, ML_SUM_COLUMNS)])
        let trial = program.trial(
          rows: 3, columns: 7, inputs: [[Float](repeating: a, count: 21), [b]])
        for table in OperationTrial.tables.indices {
          for output in trial.run(table: table, parts: 1) {
            #expect(
              elements(output, as: Float.self).allSatisfy { $0.isNaN }, "\(step) of \(a), \(b)")
          }
        }
      }
    }
  }
}
