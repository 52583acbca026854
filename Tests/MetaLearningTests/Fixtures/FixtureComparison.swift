/// How far results are from what a fixture expects.
struct FixtureComparison {
  let fixture: Fixture
  let results: [String: FixtureCase.Result]

  /// The relative error of each output, largest first; infinite where the shape is wrong or a
  /// number is not finite.
  var errors: [(name: String, error: Double)] {
    results.compactMap { name, result -> (String, Double)? in
      guard let expected = fixture.outputs[name] else { return nil }
      return (name, FixtureComparison.error(of: result, expected))
    }.sorted { $0.1 == $1.1 ? $0.0 < $1.0 : $0.1 > $1.1 }
  }

  /// What the fixture expects and nobody computed.
  var missing: [String] { fixture.outputs.keys.filter { results[$0] == nil }.sorted() }
  /// What was computed and the fixture does not know.
  var unknown: [String] { results.keys.filter { fixture.outputs[$0] == nil }.sorted() }

  /// The norm of the difference over the scale.
  static func error(of result: FixtureCase.Result, _ expected: Fixture.Expected) -> Double {
    guard result.shape == expected.shape, result.elements.count == expected.elements.count else {
      return .infinity
    }
    let square = zip(result.elements, expected.elements).reduce(0) { sum, pair in
      sum + (pair.0 - pair.1) * (pair.0 - pair.1)
    }
    if square == 0 { return 0 }
    let error = square.squareRoot() / expected.scale
    return error.isNaN ? .infinity : error
  }
}
