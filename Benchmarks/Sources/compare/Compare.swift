import ArgumentParser
import Foundation
import TensorPrograms

/// Runs jobs of ours and of peers alternately, in one run, and prints medians and ratios.
@main
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time our jobs beside those of other programs, alternately in one run.",
    discussion: """
      EXAMPLES:
        swift run -c release --package-path Benchmarks compare --jobs A4,E1
        swift run -c release --package-path Benchmarks compare --jobs A4,E1 \\
          --peers ../shared/peers --python PEERS/bin/python --json
      """)

  @Option(help: "Jobs, with commas between; F and G stand for their series; all if none.")
  var jobs: String?
  @Option(help: "The folder of the peers' run.py; only our jobs where it is not named.")
  var peers: String?
  @Option(help: "The Python that runs the peers.")
  var python = "python3"
  @Option(help: "Variants of the peers, with commas between; those known fastest if none.")
  var variants: String?
  @Option(help: "How often ours and theirs alternate.")
  var rounds = 3
  @Option(help: "Timed repeats each time.")
  var repeats = 5
  @Option(help: "Threads.")
  var threads = 2
  @Flag(help: "End with one JSON object.")
  var json = false
  @Option(help: "A Markdown file whose table between '<!-- compare -->' lines is replaced.")
  var table: String?
  @Option(help: "Only show where the time of one of our jobs goes, on one thread.")
  var breakdown: String?
  @Option(help: .hidden)
  var onlyJob: String?

  mutating func run() throws {
    if let onlyJob { return try printOwnTiming(of: onlyJob) }
    if let breakdown { return try printBreakdown(of: breakdown) }
    let names = try chosenJobs()
    let peak = (one: measuredPeak(threads: 1), two: measuredPeak(threads: 2))
    let bound = threads == 1 ? peak.one : peak.two
    print(
      "multiply-add peak: \(rounded(peak.one / 1e9)) GFLOP/s on one core, "
        + "\(rounded(peak.two / 1e9)) on two"
    )
    print("job   ours ms  compile ms  peak MB  GFLOP/s  of peak  peers")
    var results: [String: ComparedJob] = [:]
    for name in names {
      let result = try compared(name)
      results[name] = result
      print(result.line(name, peak: bound))
    }
    if let table { try write(results, of: names, bound, to: URL(fileURLWithPath: table)) }
    if json { try printJSON(results, peak, bound) }
  }

  /// The jobs that were asked for.
  private func chosenJobs() throws -> [String] {
    guard let jobs else { return Job.names }
    return try jobs.split(separator: ",").flatMap { name in
      let chosen = Job.names.filter { $0 == name || name.count == 1 && $0.hasPrefix(name) }
      guard chosen.isEmpty else { return chosen }
      throw ValidationError("No job '\(name)'; there are \(Job.names.joined(separator: ", ")).")
    }
  }

  private func printOwnTiming(of name: String) throws {
    guard let job = Job(name) else { throw ValidationError("No job '\(name)'.") }
    let timing = JobTiming.measuring(job, threads: threads, repeats: repeats)
    print(String(decoding: try JSONEncoder().encode(timing), as: UTF8.self))
  }

  private func printBreakdown(of name: String) throws {
    guard let job = Job(name) else { throw ValidationError("No job '\(name)'.") }
    let breakdown = JobBreakdown(job, runs: rounds * repeats)
    print(breakdown.table)
  }

  private func compared(_ name: String) throws -> ComparedJob {
    var result = ComparedJob()
    let peers = peers.map { Peers(folder: URL(fileURLWithPath: $0), python: python) }
    let named = variants?.split(separator: ",").map(String.init) ?? Peers.contenders[name]
    let chosen = named?.map(Optional.some) ?? [nil]
    for _ in 0..<rounds {
      let output = try ChildProcess.output(
        of: CommandLine.arguments[0],
        ["--only-job", name, "--threads", "\(threads)", "--repeats", "\(repeats)"])
      result.ours.append(try JSONDecoder().decode(JobTiming.self, from: Data(output.utf8)))
      guard let peers else { continue }
      for variant in chosen {
        let timing = try peers.timing(of: name, variant: variant, repeats: repeats)
        result.peers[timing.variant, default: []].append(timing)
      }
    }
    return result
  }

  /// Puts the results in place of what stands between the marks of a file.
  private func write(
    _ results: [String: ComparedJob], of names: [String], _ bound: Double, to file: URL
  ) throws {
    let mark = "<!-- compare -->"
    let parts = try String(contentsOf: file, encoding: .utf8).components(separatedBy: mark)
    guard parts.count == 3 else {
      throw ComparisonError(description: "\(file.path) needs two lines '\(mark)'")
    }
    let rows = names.compactMap { name in results[name]?.row(name, peak: bound) }
    let table = ([ComparedJob.tableHead] + rows).joined(separator: "\n")
    try (parts[0] + mark + "\n" + table + "\n" + mark + parts[2])
      .write(to: file, atomically: true, encoding: .utf8)
  }

  private func measuredPeak(threads: Int) -> Double {
    let kernels = KernelSet.standard()
    let group = DispatchGroup()
    let total = PeakSum()
    for _ in 0..<threads {
      DispatchQueue.global().async(group: group) { total.add(kernels.measuredPeak()) }
    }
    group.wait()
    return total.value
  }

  private func printJSON(
    _ results: [String: ComparedJob], _ peak: (one: Double, two: Double), _ bound: Double
  ) throws {
    let object: [String: Any] = [
      "peak": ["threads1": peak.one, "threads2": peak.two],
      "jobs": results.mapValues { $0.object(peak: bound) },
    ]
    let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
    print(String(decoding: data, as: UTF8.self))
  }
}

/// The peaks of threads that run at once.
private final class PeakSum: @unchecked Sendable {
  private let lock = NSLock()
  private var sum = 0.0
  func add(_ number: Double) { lock.withLock { sum += number } }
  var value: Double { lock.withLock { sum } }
}

/// A number with three significant digits or so.
func rounded(_ number: Double) -> String {
  let digits = abs(number) >= 100 ? 0 : abs(number) >= 10 ? 1 : abs(number) >= 1 ? 2 : 3
  return String(format: "%.\(digits)f", number)
}
