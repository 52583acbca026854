import TensorPrograms
import Tensors
import Testing

@Suite(.enabled(if: FixtureFolder.isPresent, Comment(rawValue: FixtureFolder.absence)))
struct FixtureTests {
  /// The largest relative error of a calculation in double precision.
  static let doubleTolerance = 1e-9
  /// The most arithmetic that is done in double precision: some seconds of unoptimised plain loops.
  static let doubleOperationLimit = 20_000_000

  @Test func `the folder has fixtures`() { #expect(!FixtureFolder.names.isEmpty) }

  @Test(arguments: FixtureFolder.names)
  func `a fixture's values are met in single precision`(_ name: String) throws {
    let fixture = try Fixture(named: name)
    let isFunction = FixtureFamilies.ofFunctions.contains(fixture.kind)
    let configurations =
      isFunction
      ? KernelSet.available.map { Runner.Configuration(threads: 1, kernels: $0) } : [.init()]
    for options in isFunction ? [Program.Options(), .init(isExact: true)] : [.init()] {
      var results: [String: FixtureCase.Result] = [:]
      for fixtureCase in try FixtureFamilies.cases(of: fixture) {
        let runs = fixtureCase.computed(configurations, options: options)
        for (run, configuration) in zip(runs, configurations) {
          #expect(run == runs[0], "\(configuration.kernels.name) gives other bits")
        }
        let values = runs[0].map { FixtureCase.Result(shape: $0.shape, elements: $0.doubles) }
        results.merge(fixtureCase.named(values)) { first, _ in first }
      }
      check(
        results, fixture, tolerance: fixture.tolerance,
        options.isExact ? "single precision, exact kernels" : "single precision")
    }
  }

  @Test(arguments: FixtureFolder.names)
  func `a fixture's values are met in double precision`(_ name: String) throws {
    let fixture = try Fixture(named: name)
    let cases = try FixtureFamilies.cases(of: fixture)
    let operationCount = cases.map(\.operationCount).reduce(0, +)
    if operationCount > FixtureTests.doubleOperationLimit {
      print("\(name), double precision: skipped, \(operationCount) operations take too long")
      try Test.cancel("\(operationCount) operations in plain loops take too long")
    }
    let results = cases.map { $0.evaluated() }
      .reduce(into: [:]) { $0.merge($1) { first, _ in first } }
    check(results, fixture, tolerance: FixtureTests.doubleTolerance, "double precision")
  }

  @Test(arguments: FixtureFolder.names.filter(FixtureFamilies.hasInnerLoop))
  func `a fixture's values are met where inner steps are computed anew`(_ name: String) throws {
    let fixture = try Fixture(named: name)
    let fixtureCase = try FixtureFamilies.gradientBased(of: fixture, recomputing: true)
    let values = fixtureCase.computed([.init()])[0]
      .map { FixtureCase.Result(shape: $0.shape, elements: $0.doubles) }
    check(
      fixtureCase.named(values), fixture, tolerance: fixture.tolerance, "single precision, anew")
  }

  /// Every expected output is there, no other is, and none is too far off.
  private func check(
    _ results: [String: FixtureCase.Result], _ fixture: Fixture, tolerance: Double,
    _ precision: String
  ) {
    let comparison = FixtureComparison(fixture: fixture, results: results)
    #expect(comparison.missing.isEmpty, "\(fixture.name) expects more")
    #expect(comparison.unknown.isEmpty, "\(fixture.name) does not know these")
    for (name, error) in comparison.errors where !(error <= tolerance) {
      Issue.record("\(fixture.name): \(name) is off by \(error) in \(precision)")
    }
    if let worst = comparison.errors.first {
      print("\(fixture.name), \(precision): largest error \(worst.error) (\(worst.name))")
    }
  }
}
