import CTensorKernels
import Testing

private struct Window {
  var n = 1
  var h: Int
  var w: Int
  var c: Int
  var kh = 2
  var kw = 2
  var strideH = 2
  var strideW = 2
  var top = 0
  var left = 0
  var oh: Int
  var ow: Int

  var sizes: [Int] { [n, h, w, c, oh, ow, kh, kw, strideH, strideW, top, left] }
  var inputCount: Int { n * h * w * c }
  var outputCount: Int { n * oh * ow * c }

  /// For each output, the positions in the picture that its window covers, with their numbers in
  /// the window.
  func windows(_ body: (_ output: Int, _ inside: [(number: Int, position: Int)]) -> Void) {
    for picture in 0..<n {
      for row in 0..<oh {
        for column in 0..<ow {
          for channel in 0..<c {
            var inside: [(number: Int, position: Int)] = []
            for number in 0..<kh * kw {
              let y = row * strideH - top + number / kw
              let x = column * strideW - left + number % kw
              guard (0..<h).contains(y), (0..<w).contains(x) else { continue }
              inside.append((number, ((picture * h + y) * w + x) * c + channel))
            }
            body(((picture * oh + row) * ow + column) * c + channel, inside)
          }
        }
      }
    }
  }
}

private let shapes: [Window] = [
  Window(h: 2, w: 2, c: 1, oh: 1, ow: 1),
  Window(n: 3, h: 7, w: 7, c: 64, oh: 3, ow: 3),
  Window(n: 2, h: 8, w: 6, c: 17, oh: 4, ow: 3),
  Window(n: 2, h: 5, w: 9, c: 16, kh: 3, kw: 3, top: 1, left: 1, oh: 3, ow: 5),
  Window(h: 6, w: 5, c: 5, kh: 3, kw: 2, strideH: 1, strideW: 1, oh: 4, ow: 4),
  Window(n: 2, h: 4, w: 4, c: 33, kh: 4, kw: 4, strideH: 4, strideW: 4, oh: 1, ow: 1),
  Window(h: 5, w: 5, c: 16, kh: 2, kw: 2, strideH: 3, strideW: 3, oh: 2, ow: 2),
  Window(h: 3, w: 4, c: 20, kh: 2, kw: 3, strideH: 1, strideW: 2, top: 1, left: 2, oh: 4, ow: 3),
  Window(h: 3, w: 3, c: 16, strideH: 2, strideW: 2, top: 0, left: 0, oh: 2, ow: 2),
  Window(n: 9, h: 28, w: 28, c: 16, oh: 14, ow: 14),
  Window(h: 2, w: 2, c: 3, kh: 1, kw: 1, strideH: 1, strideW: 1, top: 2, left: 0, oh: 5, ow: 2),
  Window(n: 0, h: 2, w: 2, c: 3, oh: 1, ow: 1),
]

private func run(
  _ operation: ml_operation, _ window: Window, _ inputs: [[UInt8]], _ outputs: [Int]
) -> [[UInt8]] {
  OperationTrial(operation: operation, sizes: window.sizes, inputs: inputs, outputs: outputs)
    .agreedOutputs("window")
}

@Suite struct PoolingKernelTests {
  @Test(arguments: shapes.indices)
  func `maxima of windows, their positions, and what goes back to them`(_ shape: Int) {
    let window = shapes[shape]
    var numbers = Numbers(shape + 1)
    // Few different numbers, so that windows hold equal ones and the first must be taken.
    var x = numbers.coarseFloats(window.inputCount)
    if shape == 1 { x[70] = .nan }
    let other = numbers.floats(window.inputCount)
    let g = numbers.floats(window.outputCount)
    var maximum = [Float](repeating: 0, count: window.outputCount)
    var index = [UInt8](repeating: 0, count: window.outputCount)
    var gathered = maximum
    var back = [Double](repeating: 0, count: window.inputCount)
    window.windows { output, inside in
      guard var best = inside.first else { return }
      for candidate in inside {
        let ahead = x[candidate.position] > x[best.position]
        if ahead || (x[candidate.position].isNaN && !x[best.position].isNaN) { best = candidate }
      }
      maximum[output] = x[best.position]
      index[output] = UInt8(best.number)
      gathered[output] = other[best.position]
      back[best.position] += Double(g[output])
    }
    let count = window.outputCount
    let both = run(ML_WINDOW_MAXIMUM, window, [bytes(x)], [count * 4, count])
    #expect(elements(both[0], as: UInt32.self) == maximum.map(\.bitPattern))
    #expect(both[1] == index)
    #expect(run(ML_WINDOW_INDEX, window, [bytes(x)], [count])[0] == index)
    let taken = run(ML_WINDOW_GATHER, window, [bytes(other), index], [count * 4])
    #expect(elements(taken[0], as: Float.self) == gathered)
    let spread = run(ML_WINDOW_SCATTER, window, [bytes(g), index], [window.inputCount * 4])
    expectClose(elements(spread[0], as: Float.self), back, scale: 4)
  }

  @Test(arguments: shapes.indices)
  func `sums of windows and their derivative`(_ shape: Int) {
    let window = shapes[shape]
    var numbers = Numbers(shape + 1)
    let x = numbers.floats(window.inputCount)
    let g = numbers.floats(window.outputCount)
    var sums = [Double](repeating: 0, count: window.outputCount)
    var back = [Double](repeating: 0, count: window.inputCount)
    window.windows { output, inside in
      for (_, position) in inside {
        sums[output] += Double(x[position])
        back[position] += Double(g[output])
      }
    }
    let y = run(ML_WINDOW_SUM, window, [bytes(x)], [window.outputCount * 4])
    expectClose(elements(y[0], as: Float.self), sums, scale: 10)
    let dx = run(ML_WINDOW_SPREAD, window, [bytes(g)], [window.inputCount * 4])
    expectClose(elements(dx[0], as: Float.self), back, scale: 10)
  }
}
