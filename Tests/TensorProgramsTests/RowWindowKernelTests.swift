import CTensorKernels
import Testing

/// Pictures whose positions are the rows of a row program, with windows side by side.
private struct Pictures: CustomTestStringConvertible, Sendable {
  var n: Int
  var h: Int
  var w: Int
  var c: Int
  var kh = 2
  var kw = 2

  var testDescription: String { "\(n)x\(h)x\(w)x\(c), windows of \(kh)x\(kw)" }
  var rows: Int { n * h * w }
  var windowCount: Int { n * (h / kh) * (w / kw) * c }
  var windowSizes: [Int] { [n, h, w, c, h / kh, w / kw, kh, kw, kh, kw, 0, 0] }

  static let rows = [
    Pictures(n: 1, h: 2, w: 2, c: 16), Pictures(n: 3, h: 7, w: 7, c: 64),
    Pictures(n: 2, h: 8, w: 6, c: 48), Pictures(n: 5, h: 28, w: 28, c: 64),
    Pictures(n: 2, h: 9, w: 5, c: 32, kh: 3, kw: 2), Pictures(n: 4, h: 3, w: 3, c: 512),
    Pictures(n: 9, h: 5, w: 4, c: 16, kh: 1, kw: 3), Pictures(n: 0, h: 4, w: 4, c: 16),
    Pictures(n: 1, h: 1, w: 1, c: 32, kh: 1, kw: 1),
  ]
}

/// Each program with windows gives the bits of its parts run one after the other.
@Suite struct RowWindowKernelTests {
  private func outputs(
    _ program: RowProgram, _ pictures: Pictures, _ inputs: [[UInt8]], _ outputs: [Int],
    hasWindows: Bool
  ) -> [[UInt8]] {
    var sizes = program.sizes(rows: pictures.rows, columns: pictures.c)
    if hasWindows { sizes += [pictures.h, pictures.w, pictures.kh, pictures.kw] }
    return OperationTrial(
      operation: ML_ROW_PROGRAM, sizes: sizes, scalars: program.scalars, inputs: inputs,
      outputs: outputs
    ).agreedOutputs(pictures.testDescription)
  }

  private func windowOutputs(
    _ operation: ml_operation, _ pictures: Pictures, _ inputs: [[UInt8]], _ outputs: [Int]
  ) -> [[UInt8]] {
    OperationTrial(
      operation: operation, sizes: pictures.windowSizes, inputs: inputs, outputs: outputs
    ).agreedOutputs(pictures.testDescription)
  }

  private static let affine = [
    RowProgram.Step(step: ML_STEP_MULTIPLY, a: 0, b: 1),
    RowProgram.Step(step: ML_STEP_ADD, a: 3, b: 2),
  ]

  @Test(arguments: Pictures.rows)
  private func `the largest of each window and its position`(_ pictures: Pictures) {
    var numbers = Numbers(pictures.rows)
    let x = bytes(numbers.coarseFloats(pictures.rows * pictures.c))
    let rows = [bytes(numbers.floats(pictures.c)), bytes(numbers.floats(pictures.c))]
    let (full, small) = (4 * pictures.rows * pictures.c, pictures.windowCount)
    let whole = outputs(
      RowProgram(
        inputs: [ML_FULL, ML_ROW, ML_ROW], steps: Self.affine, outputs: [(4, ML_FULL)]),
      pictures, [x] + rows, [full], hasWindows: false)
    let apart = windowOutputs(ML_WINDOW_MAXIMUM, pictures, whole, [4 * small, small])
    let together = outputs(
      RowProgram(
        inputs: [ML_FULL, ML_ROW, ML_ROW], steps: Self.affine,
        outputs: [(4, ML_WINDOW_LARGEST), (4, ML_WINDOW_POSITION), (4, ML_FULL)]),
      pictures, [x] + rows, [4 * small, small, full], hasWindows: true)
    #expect(together == apart + whole)
  }

  @Test(arguments: Pictures.rows)
  private func `numbers at a position of each window, summed and gathered`(_ pictures: Pictures) {
    var numbers = Numbers(pictures.rows + 1)
    let full = 4 * pictures.rows * pictures.c
    let x = bytes(numbers.coarseFloats(pictures.rows * pictures.c))
    let values = bytes(numbers.floats(pictures.windowCount))
    let positions = (0..<pictures.windowCount).map { _ in
      UInt8(numbers.below(pictures.kh * pictures.kw))
    }
    let product = [RowProgram.Step(step: ML_STEP_MULTIPLY, a: 0, b: 2)]
    let scattered = windowOutputs(ML_WINDOW_SCATTER, pictures, [values, positions], [full])
    let apart = outputs(
      RowProgram(
        inputs: [ML_FULL, ML_SINGLE, ML_FULL], steps: product,
        outputs: [(3, ML_FULL), (3, ML_SUM_ROWS)]),
      pictures, [x, bytes([0 as Float])] + scattered, [full, 4 * pictures.c], hasWindows: false)
    let together = outputs(
      RowProgram(
        inputs: [ML_FULL, ML_POSITIONS, ML_SCATTERED], steps: product,
        outputs: [(3, ML_FULL), (3, ML_SUM_ROWS)]),
      pictures, [x, positions, values], [full, 4 * pictures.c], hasWindows: true)
    #expect(together == apart)
    let gathered = outputs(
      RowProgram(
        inputs: [ML_FULL, ML_POSITIONS, ML_SCATTERED], steps: product,
        outputs: [(3, ML_GATHERED)]),
      pictures, [x, positions, values], [4 * pictures.windowCount], hasWindows: true)
    #expect(
      gathered
        == windowOutputs(
          ML_WINDOW_GATHER, pictures, [apart[0], positions], [4 * pictures.windowCount]))
  }
}
