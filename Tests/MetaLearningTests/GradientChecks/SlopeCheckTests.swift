import MetaLearning
import Tensors
import Testing

/// A gradient that is given for Σ_i a_i x_i + Σ_i x_i² + kink·Σ_i |x_i|, with a mistake or none.
private struct SlopeRow: CustomTestStringConvertible, Sendable {
  let testDescription: String
  var kink = 0.0
  let mistake: @Sendable ([[Double]]) -> [[Double]]
  /// The leaves that must differ.
  let differs: Set<String>

  static let all = [
    Self(testDescription: "no mistake", mistake: { $0 }, differs: []),
    Self(testDescription: "no mistake beside kinks", kink: 0.5, mistake: { $0 }, differs: []),
    Self(
      testDescription: "a sign", mistake: { [$0[0], $0[1].map { -$0 }] }, differs: ["second"]),
    Self(
      testDescription: "a factor", mistake: { [$0[0].map { $0 * 1.5 }, $0[1]] },
      differs: ["first"]),
    Self(
      testDescription: "a half that is missing",
      mistake: { [$0[0], $0[1].enumerated().map { $0 % 2 == 0 ? 0 : $1 }] }, differs: ["second"]),
    Self(
      testDescription: "nothing at all", mistake: { [$0[0], $0[1].map { _ in 0 }] },
      differs: ["second"]),
    Self(
      testDescription: "not a number", mistake: { [$0[0].map { _ in .nan }, $0[1]] },
      differs: ["first"]),
  ]

  func check(_ precision: GradientCheck.Precision) -> SlopeCheck {
    let factors = [4, 30].map { RandomKey(seed: 1).folded($0).normal(count: $0).map(Double.init) }
    let start = [4, 30].map { RandomKey(seed: 2).folded($0).normal(count: $0).map(Double.init) }
    let kink = kink
    let gradient = zip(start, factors).map { elements, factors in
      zip(elements, factors).map { $1 + 2 * $0 + ($0 < 0 ? -kink : kink) }
    }
    return SlopeCheck(
      names: ["first", "second"], start: start, gradient: mistake(gradient), precision: precision
    ) { leaves in
      let loss = zip(leaves, factors).reduce(0.0) { sum, leaf in
        zip(leaf.0, leaf.1).reduce(sum) { $0 + $1.1 * $1.0 + $1.0 * $1.0 + kink * abs($1.0) }
      }
      return precision == .double ? loss : Double(Float(loss))
    }
  }
}

@Suite struct `A check of slopes` {
  @Test(arguments: SlopeRow.all, GradientCheck.Precision.allCases)
  private func `finds the leaf whose gradient is wrong, and no other`(
    _ row: SlopeRow, _ precision: GradientCheck.Precision
  ) {
    let findings = row.check(precision).findings(directions: 2, key: RandomKey(seed: 5))
    #expect(findings.map(\.leaf) == [nil, "first", "second"])
    let differs = findings.filter { $0.verdict == .differs }
    #expect(Set(differs.compactMap(\.leaf)) == row.differs)
    #expect(differs.contains { $0.leaf == nil } == !row.differs.isEmpty)
    let others = findings.filter { $0.verdict != .differs }
    #expect(others.allSatisfy { $0.verdict == .agrees && $0.relativeError < precision.tolerance })
  }

  @Test func `says that rounding hides a slope rather than that it is right or wrong`() {
    let check = SlopeCheck(
      names: ["leaf"], start: [[1, 2]], gradient: [[1e-9, 1e-9]], precision: .single
    ) { _ in 3 }
    #expect(
      check.findings(directions: 1, key: RandomKey(seed: 1)).map(\.verdict) == [
        .unmeasured, .unmeasured,
      ])
  }
}
