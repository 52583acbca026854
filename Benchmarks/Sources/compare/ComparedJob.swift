/// The timings of one job.
struct ComparedJob {
  var ours: [JobTiming] = []
  var peers: [String: [JobTiming]] = [:]

  private static func median(_ numbers: [Double]) -> Double { numbers.sorted()[numbers.count / 2] }

  private var milliseconds: Double { ComparedJob.median(ours.map(\.medianMilliseconds)) }

  private var peerMilliseconds: [String: Double] {
    peers.mapValues { ComparedJob.median($0.map(\.medianMilliseconds)) }
  }

  /// The fastest peer's time over ours.
  private var ratio: Double? { peerMilliseconds.values.min().map { $0 / milliseconds } }

  private var rate: Double { (ours.first?.operations ?? 0) / (milliseconds / 1e3) }

  /// The fastest peer.
  private var fastest: (variant: String, milliseconds: Double, megabytes: Double)? {
    guard let best = peerMilliseconds.min(by: { $0.value < $1.value }) else { return nil }
    return (best.key, best.value, (peers[best.key] ?? []).map(\.peakMegabytes).max() ?? 0)
  }

  /// The heads of the columns of `row`.
  static let tableHead = """
    | job | ours, ms | fastest peer, ms | ratio | of the peak | memory, MB | peer's | compiling, ms \
    | first step, s |
    | --- | --- | --- | --- | --- | --- | --- | --- | --- |
    """

  /// The job as a row of a table.
  func row(_ name: String, peak: Double) -> String {
    let peer = fastest
    let cells = [
      name, rounded(milliseconds),
      peer.map { "\(rounded($0.milliseconds)) (\($0.variant))" } ?? "",
      ratio.map { "\(rounded($0))x" } ?? "", rounded(rate / peak),
      rounded(ours.map(\.peakMegabytes).max() ?? 0), peer.map { rounded($0.megabytes) } ?? "",
      rounded(ComparedJob.median(ours.map(\.compileMilliseconds))),
      rounded(ComparedJob.median(ours.map(\.firstStepSeconds))),
    ]
    return "| \(cells.joined(separator: " | ")) |"
  }

  func line(_ name: String, peak: Double) -> String {
    let theirs = peerMilliseconds.sorted { $0.value < $1.value }
      .map { "\($0.key) \(rounded($0.value)) ms" }.joined(separator: ", ")
    let compared = ratio.map { "  \(theirs): \(rounded($0))x" } ?? ""
    return [
      name, rounded(milliseconds),
      rounded(ComparedJob.median(ours.map(\.compileMilliseconds))),
      rounded(ours.map(\.peakMegabytes).max() ?? 0), rounded(rate / 1e9), rounded(rate / peak),
    ].joined(separator: "  ") + compared
  }

  func object(peak: Double) -> [String: Any] {
    var object: [String: Any] = [
      "ours": milliseconds, "peers": peerMilliseconds, "fractionOfPeak": rate / peak,
      "peakMemoryMB": ours.map(\.peakMegabytes).max() ?? 0, "loss": ours.first?.loss ?? 0,
      "compileMilliseconds": ComparedJob.median(ours.map(\.compileMilliseconds)),
      "firstStepSeconds": ComparedJob.median(ours.map(\.firstStepSeconds)),
    ]
    object["ratio"] = ratio
    return object
  }
}
