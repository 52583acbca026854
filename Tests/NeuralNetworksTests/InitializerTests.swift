import NeuralNetworks
import Testing
import Tensors

@Suite struct InitializerTests {
  /// The deviation wanted, and the largest magnitude allowed, of weights [3, 3, 20, 50].
  static let rows: [(Initializer, deviation: Double, limit: Double)] = [
    (.glorotUniform, (2 / 630.0).squareRoot(), (6 / 630.0).squareRoot()),
    (.glorotNormal, (2 / 630.0).squareRoot(), .infinity),
    (.heUniform, (2 / 180.0).squareRoot(), (6 / 180.0).squareRoot()),
    (.heNormal, (2 / 180.0).squareRoot(), .infinity),
    (.normal(deviation: 0.5), 0.5, .infinity),
    // Cut at two deviations, a normal distribution keeps 0.87962566 of its deviation.
    (.truncatedNormal(deviation: 0.01), 0.0087962566, 0.02),
    (.constant(0), 0, 0),
  ]

  @Test(arguments: rows)
  func `numbers have the mean, deviation and limit of their distribution`(
    _ initializer: Initializer, _ deviation: Double, _ limit: Double
  ) {
    let numbers = initializer.values([3, 3, 20, 50], key: RandomKey(seed: 9)).doubles
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    let variance = numbers.reduce(0) { $0 + $1 * $1 } / Double(numbers.count)
    #expect(abs(mean) <= 0.05 * deviation)
    #expect(abs(variance.squareRoot() - deviation) <= 0.03 * deviation)
    #expect(numbers.allSatisfy { abs($0) <= limit * 1.000001 })
    let other = initializer.values([3, 3, 20, 50], key: RandomKey(seed: 10)).doubles
    #expect((other == numbers) == (deviation == 0))
    #expect(initializer.values([3, 3, 20, 50], key: RandomKey(seed: 9)).doubles == numbers)
  }

  @Test func `uniform numbers reach their limit on both sides`() {
    let numbers = Initializer.glorotUniform.values([30, 30], key: RandomKey(seed: 1)).doubles
    let limit = (6 / 60.0).squareRoot()
    #expect((numbers.min() ?? 0) < -0.98 * limit)
    #expect((numbers.max() ?? 0) > 0.98 * limit)
  }
}
