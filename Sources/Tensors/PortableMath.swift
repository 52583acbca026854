extension RandomKey {
  // The platform's logarithm and cosine differ in their last bits from system to system; these are
  // built from exactly rounded operations alone, so that samples are the same everywhere.

  /// The natural logarithm of a positive normal number, to about 1e-15.
  package static func logarithm(_ x: Double) -> Double {
    var exponent = Double(x.exponent)
    var mantissa = x.significand
    if mantissa > 1.4142135623730951 {
      mantissa /= 2
      exponent += 1
    }
    // log(m) = 2 artanh(s), s = (m - 1) / (m + 1), |s| < 0.172.
    let s = (mantissa - 1) / (mantissa + 1)
    let square = s * s
    var sum = 0.0
    for term in stride(from: 21, through: 1, by: -2) { sum = sum * square + 1 / Double(term) }
    return exponent * 0.6931471805599453 + 2 * s * sum
  }

  /// The exponential function, to about 1e-15 of its value; infinity beyond the range of numbers.
  package static func exponential(_ x: Double) -> Double {
    guard abs(x) < 750 else { return x.isNaN ? x : x < 0 ? 0 : .infinity }
    // exp(x) = 2^n exp(r) with |r| < 0.35; log(2) is in two parts, n times the first of which is
    // exact.
    let power = (x * 1.4426950408889634).rounded()
    let rest = x - power * 0.6931471803691238 - power * 1.9082149292705877e-10
    var sum = 1.0
    for term in stride(from: 14, through: 1, by: -1) { sum = 1 + sum * rest / Double(term) }
    return Double(sign: .plus, exponent: Int(power), significand: sum)
  }

  /// cos(2 pi t) for t on [0, 1), to about 1e-15.
  package static func cosineOfTurn(_ t: Double) -> Double {
    // Fold into the first eighth, where the series converge quickly.
    let half = t > 0.5 ? 1 - t : t
    let sign: Double = half > 0.25 ? -1 : 1
    let quarter = half > 0.25 ? 0.5 - half : half
    let useSine = quarter > 0.125
    let angle = 6.283185307179586 * (useSine ? 0.25 - quarter : quarter)
    let square = angle * angle
    var sum = 0.0
    for term in stride(from: 9, through: 0, by: -1) {
      let first = Double(2 * term + (useSine ? 2 : 1))
      sum = 1 - sum * square / (first * (first + 1))
    }
    return sign * (useSine ? angle * sum : sum)
  }
}
