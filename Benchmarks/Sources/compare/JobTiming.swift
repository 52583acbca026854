import Foundation
import TensorPrograms

/// What one program needs for one job, on this machine, now.
struct JobTiming: Codable {
  var variant: String
  /// Milliseconds of one meta-step (or one call), the median over repeats.
  var medianMilliseconds: Double
  /// The most resident memory of the process, in MB.
  var peakMegabytes: Double
  /// Seconds from the start of the work to the end of the first step, compilation included.
  var firstStepSeconds: Double
  /// The loss before the first update.
  var loss: Double
  /// Floating-point operations of one meta-step, convolutions counted as direct ones; 0: not known.
  var operations: Double = 0
  /// Milliseconds of compiling the program.
  var compileMilliseconds: Double = 0

  /// Times our own program.
  static func measuring(_ job: Job, threads: Int, repeats: Int) -> JobTiming {
    let clock = ContinuousClock()
    let start = clock.now
    let (program, trees) = job.program()
    let compiled = clock.now
    let execution = job.execution(of: program, trees, threads: threads)
    execution.run()
    let first = clock.now
    let losses = execution.value("loss").floats
    for _ in 0..<2 { execution.run() }
    var stepsPerRepeat = 1
    let probe = clock.measure { execution.run() } / .seconds(1)
    stepsPerRepeat = max(1, Int((0.2 / max(probe, 1e-9)).rounded(.up)))
    let times = (0..<repeats).map { _ in
      clock.measure {
        for _ in 0..<stepsPerRepeat {
          execution.run()
          _ = execution.value("loss")
        }
      } / .milliseconds(1) / Double(stepsPerRepeat)
    }
    let lanes = Double(job.batch.laneCount)
    return JobTiming(
      variant: "metalearn", medianMilliseconds: times.sorted()[times.count / 2],
      peakMegabytes: peakMegabytes, firstStepSeconds: (first - start) / .seconds(1),
      loss: losses.reduce(0) { $0 + Double($1) } / Double(losses.count),
      operations: program.description().productArithmetic * lanes,
      compileMilliseconds: (compiled - start) / .milliseconds(1))
  }

  /// The most resident memory of this process so far.
  private static var peakMegabytes: Double {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Double($0) }
    return (kilobytes ?? 0) / 1024
  }
}
