import MetaLearning
import TensorPrograms
import Tensors
import Testing

/// Compares the gradient of a number with differences, both in double precision, along directions
/// at random and along the gradient, of all leaves together and of each.
///
/// - Parameters:
///   - loss: the number, shared by all lanes.
///   - parameters: the inputs that are moved.
///   - values: where they begin, by the same names.
///   - numbers: the other inputs, by name.
///   - holdsConstants: whether what the gradient sees as constant is held.
func expectGradient(
  of loss: Tensor, _ parameters: Parameters, at values: ParameterValues,
  with numbers: [String: TensorValue] = [:], laneCount: Int = 1, holdsConstants: Bool = false,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let gradient = CheckedGradient(
    of: loss, parameters, at: values, with: numbers, laneCount: laneCount,
    holdsConstants: holdsConstants)
  let findings = gradient.slopeCheck(in: .double, Runner(.init(threads: 1)))
    .findings(directions: 2, key: RandomKey(seed: 3))
  #expect(findings.count == 1 + values.learned.count, sourceLocation: sourceLocation)
  for finding in findings {
    let areZero = max(abs(finding.expected), abs(finding.measured)) < 1e-8
    #expect(
      finding.verdict == .agrees || areZero,
      "\(finding.leaf ?? "all leaves"): \(finding.expected), not \(finding.measured)",
      sourceLocation: sourceLocation)
  }
}
