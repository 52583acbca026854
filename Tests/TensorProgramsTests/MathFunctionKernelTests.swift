import CTensorKernels
import Foundation
import Testing

/// A function, its step, where it is checked, and the largest error in units of the last place.
private struct Function: Sendable {
  var name: String
  var step: ml_step
  var exact: @Sendable (Double) -> Double
  var range: ClosedRange<Double>
  /// Whether positions are spread evenly over the logarithm.
  var logarithmic = false
  var units = 4.0
}

private let functions: [Function] = [
  Function(name: "exp", step: ML_STEP_EXP, exact: exp, range: -110...90),
  Function(name: "exp", step: ML_STEP_EXP, exact: exp, range: -1...1),
  Function(name: "log", step: ML_STEP_LOG, exact: log, range: 1e-45...3e38, logarithmic: true),
  Function(name: "log", step: ML_STEP_LOG, exact: log, range: 0.4...2.5),
  Function(name: "tanh", step: ML_STEP_TANH, exact: tanh, range: -12...12),
  Function(name: "tanh", step: ML_STEP_TANH, exact: tanh, range: 1e-42...1, logarithmic: true),
  Function(
    name: "sigmoid", step: ML_STEP_SIGMOID, exact: { 1 / (1 + exp(-$0)) }, range: -110...110),
  Function(name: "softplus", step: ML_STEP_SOFTPLUS, exact: { log1p(exp($0)) }, range: -110...80),
  Function(name: "erf", step: ML_STEP_ERF, exact: erf, range: -5...5),
  Function(name: "erf", step: ML_STEP_ERF, exact: erf, range: 1e-42...2, logarithmic: true),
  Function(name: "sin", step: ML_STEP_SIN, exact: sin, range: -1e4...1e4),
  Function(name: "sin", step: ML_STEP_SIN, exact: sin, range: 1e-42...1e8, logarithmic: true),
  Function(name: "cos", step: ML_STEP_COS, exact: cos, range: -1e4...1e4),
  Function(name: "cos", step: ML_STEP_COS, exact: cos, range: -7...7),
  Function(
    name: "rsqrt", step: ML_STEP_RSQRT, exact: { 1 / $0.squareRoot() }, range: 1e-45...3e38,
    logarithmic: true, units: 2),
  Function(
    name: "sqrt", step: ML_STEP_SQRT, exact: { $0.squareRoot() }, range: 0...1e9, units: 0.5),
  Function(
    name: "reciprocal", step: ML_STEP_RECIPROCAL, exact: { 1 / $0 }, range: 1...9, units: 0.5),
  Function(name: "square", step: ML_STEP_SQUARE, exact: { $0 * $0 }, range: -9...9, units: 0.5),
  Function(
    name: "floor", step: ML_STEP_FLOOR, exact: { $0.rounded(.down) }, range: -50...50, units: 0),
]

private func applied(_ step: ml_step, _ x: [Float]) -> [Float] {
  RowProgram(inputs: [ML_FULL], steps: [.init(step: step)], outputs: [(1, ML_FULL)])
    .trial(rows: 1, columns: x.count, inputs: [x]).agreedFloats()
}

@Suite struct MathFunctionKernelTests {
  @Test(arguments: functions.indices)
  func `functions are right to a few units of the last place`(_ index: Int) {
    let function = functions[index]
    let count = 20_011
    let low = function.range.lowerBound
    let high = function.range.upperBound
    let x = (0..<count).map { position in
      let t = (Double(position) + 0.37) / Double(count)
      let value = function.logarithmic ? low * exp(t * log(high / low)) : low + t * (high - low)
      return Float(value)
    }
    let y = applied(function.step, x)
    var worst = (error: 0.0, at: 0)
    for position in 0..<count {
      let wanted = function.exact(Double(x[position]))
      if Float(wanted).isInfinite {
        #expect(y[position] == Float(wanted), "\(function.name)(\(x[position]))")
        continue
      }
      let error = abs(Double(y[position]) - wanted) / Double(Float(wanted).ulp)
      if !(error <= worst.error) { worst = (error, position) }
    }
    #expect(
      worst.error <= function.units,
      "\(function.name)(\(x[worst.at])) is off by \(worst.error) units: \(y[worst.at])")
  }

  @Test func `special values`() {
    let infinity = Float.infinity
    let rows: [(ml_step, Float, Float)] = [
      (ML_STEP_EXP, infinity, infinity), (ML_STEP_EXP, -infinity, 0), (ML_STEP_EXP, 0, 1),
      (ML_STEP_EXP, 89, infinity), (ML_STEP_EXP, -104, 0), (ML_STEP_EXP, 1000, infinity),
      (ML_STEP_LOG, 0, -infinity), (ML_STEP_LOG, -0.0, -infinity), (ML_STEP_LOG, -1, .nan),
      (ML_STEP_LOG, -infinity, .nan), (ML_STEP_LOG, infinity, infinity), (ML_STEP_LOG, 1, 0),
      (ML_STEP_TANH, infinity, 1), (ML_STEP_TANH, -infinity, -1), (ML_STEP_TANH, 0, 0),
      (ML_STEP_SIGMOID, infinity, 1), (ML_STEP_SIGMOID, -infinity, 0), (ML_STEP_SIGMOID, 0, 0.5),
      (ML_STEP_SOFTPLUS, infinity, infinity), (ML_STEP_SOFTPLUS, -infinity, 0),
      (ML_STEP_SOFTPLUS, 1e38, 1e38), (ML_STEP_ERF, infinity, 1), (ML_STEP_ERF, -infinity, -1),
      (ML_STEP_SIN, 0, 0), (ML_STEP_COS, 0, 1), (ML_STEP_SIN, infinity, .nan),
      (ML_STEP_COS, -infinity, .nan), (ML_STEP_SQRT, -1, .nan), (ML_STEP_SQRT, infinity, infinity),
      (ML_STEP_RSQRT, 0, infinity), (ML_STEP_RSQRT, infinity, 0), (ML_STEP_RECIPROCAL, 0, infinity),
      (ML_STEP_RELU, -infinity, 0), (ML_STEP_RELU, infinity, infinity), (ML_STEP_RELU, -0.0, 0),
      (ML_STEP_ABS, -infinity, infinity), (ML_STEP_SIGN, -3, -1), (ML_STEP_SIGN, 0, 0),
      (ML_STEP_SIGN, infinity, 1), (ML_STEP_FLOOR, -0.5, -1), (ML_STEP_NEGATE, 2, -2),
    ]
    for table in OperationTrial.tables.indices {
      for (step, x, wanted) in rows {
        let program = RowProgram(
          inputs: [ML_FULL], steps: [.init(step: step)], outputs: [(1, ML_FULL)])
        let trial = program.trial(rows: 1, columns: 1, inputs: [[x]])
        let y = elements(trial.run(table: table, parts: 1)[0], as: Float.self)[0]
        #expect(y == wanted || (y.isNaN && wanted.isNaN), "\(step) of \(x): \(y), not \(wanted)")
      }
      for step in ML_STEP_NEGATE.rawValue...ML_STEP_FLOOR.rawValue {
        let program = RowProgram(
          inputs: [ML_FULL], steps: [.init(step: ml_step(rawValue: step))],
          outputs: [(1, ML_FULL)])
        let trial = program.trial(
          rows: 1, columns: 18, inputs: [[Float](repeating: .nan, count: 18)])
        let y = elements(trial.run(table: table, parts: 1)[0], as: Float.self)
        #expect(y.allSatisfy { $0.isNaN }, "step \(step) loses a NaN")
      }
    }
  }

  @Test func `functions keep within their bounds`() {
    let x = (0..<40_000).map { Float($0 - 20_000) / 1000 } + [1e20, -3e30, 1e38]
    #expect(applied(ML_STEP_TANH, x).allSatisfy { abs($0) <= 1 })
    #expect(applied(ML_STEP_ERF, x).allSatisfy { abs($0) <= 1 })
    #expect(applied(ML_STEP_SIGMOID, x).allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(applied(ML_STEP_SIN, x).allSatisfy { abs($0) <= 1.0000002 })
    #expect(applied(ML_STEP_COS, x).allSatisfy { abs($0) <= 1.0000002 })
  }

  @Test func `random bits become numbers from zero to below one`() {
    let words: [UInt32] = [0, 255, 256, 0x8000_0000, .max, 0x1234_5678]
    let program = RowProgram(
      inputs: [ML_FULL], steps: [.init(step: ML_STEP_UNIT_FROM_BITS)], outputs: [(1, ML_FULL)])
    var trial = program.trial(rows: 1, columns: words.count, inputs: [])
    trial.inputs = [bytes(words)]
    #expect(trial.agreedFloats() == words.map { Float($0 >> 8) * 0x1p-24 })
  }
}
