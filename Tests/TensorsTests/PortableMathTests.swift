import Foundation
import Tensors
import Testing

@Suite struct PortableMathTests {
  @Test func `the exponential function is exact to 1e-15 of its value`() {
    var largest = 0.0
    for number in 0..<200_000 {
      let x = -708 + Double(number) * 0.00708 + 1e-7 * Double(number % 97)
      largest = max(largest, abs(RandomKey.exponential(x) / exp(x) - 1))
    }
    for power in -60...0 {
      for x in [exp2(Double(power)), -exp2(Double(power))] {
        largest = max(largest, abs(RandomKey.exponential(x) / exp(x) - 1))
      }
    }
    #expect(largest < 1e-15, "\(largest)")
  }

  @Test(
    arguments: [
      (0, 1), (-0.0, 1), (710, .infinity), (1e300, .infinity), (.infinity, .infinity), (-746, 0),
      (-1e300, 0), (-.infinity, 0),
    ] as [(Double, Double)])
  func `the exponential function ends in 0 and infinity`(x: Double, expected: Double) {
    #expect(RandomKey.exponential(x) == expected)
  }

  @Test func `the smallest numbers come out too`() {
    #expect(RandomKey.exponential(.nan).isNaN)
    #expect(RandomKey.exponential(709.782) < .infinity)
    for x in [-709.0, -720, -740, -745] {
      let difference = abs(RandomKey.exponential(x) - exp(x))
      #expect(difference <= Double.leastNonzeroMagnitude, "\(x)")
    }
  }

  @Test func `the logarithm undoes it`() {
    for number in -700...700 {
      let x = Double(number) + 0.123
      #expect(abs(RandomKey.logarithm(RandomKey.exponential(x)) - x) < 4e-16 * (1 + abs(x)))
    }
  }
}
