import Tensors
import Testing

@Suite struct FixtureComparisonTests {
  private func error(_ shape: Shape, _ elements: [Double], scale: Double = 2) -> Double {
    FixtureComparison.error(
      of: FixtureCase.Result(shape: shape, elements: elements),
      Fixture.Expected(shape: [2], elements: [3, 4], scale: scale))
  }

  @Test func `the error against a fixture is the norm of the difference over the scale`() {
    #expect(error([2], [3, 4]) == 0)
    #expect(error([2], [6, 8]) == 2.5)
    #expect(error([2], [3, 4], scale: 0) == 0)
  }

  @Test func `a fixture is not met by other shapes or by what is no number`() {
    #expect(error([2, 1], [3, 4]) == .infinity)
    #expect(error([2], [3, .nan]) == .infinity)
    #expect(error([2], [3, .infinity]) == .infinity)
    #expect(error([2], [3, 5], scale: 0) == .infinity)
  }
}
