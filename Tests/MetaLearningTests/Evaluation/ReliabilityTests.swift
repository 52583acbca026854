import MetaLearning
import Testing

@Suite struct `Reliability of answers` {
  @Test func `is the distance of confidence from how often answers are right`() throws {
    var reliability = Reliability()
    // Two of one bin, one of them right: |0.61 + 0.62 - 1|; one sure and right; one sure and wrong.
    reliability.append(confidences: [0.61, 0.62], rights: [true, false])
    reliability.append(confidences: [1, 0.97], rights: [true, false])
    let error = try #require(reliability.calibrationError)
    #expect(abs(error - (0.23 + 0.97) / 4) < 1e-12)
  }

  @Test func `does not fail at the ends of probabilities`() throws {
    var reliability = Reliability()
    reliability.append(confidences: [0, 1], rights: [false, true])
    #expect(reliability.calibrationError == 0)
    #expect(Reliability().calibrationError == nil)
  }
}
