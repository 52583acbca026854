import Foundation

/// Programs in other languages that do the same jobs, run as their own README says.
struct Peers {
  let folder: URL
  let python: String

  /// The variants that were within a fifth of the fastest of a job, as which is fastest changes
  /// from run to run, and the plain loop where a target names it.
  ///
  /// Of other jobs the variant is run that the peers know as the fastest.
  static let contenders: [String: [String]] = {
    let secondOrder = ["torch-query-nhwc-2proc", "torch-trio-nhwc-2proc", "jax-im2col-2dev"]
    let firstOrder = ["torch-steps-nhwc", "jax-im2col-2dev"]
    let few = ["jax-im2col-remat", "jax-im2col", "torch-query-nhwc", "torch-trio-nhwc"]
    return [
      "A4": secondOrder + ["torch-trio-nhwc", "torch-query-nhwc"], "A32": secondOrder,
      "B4": firstOrder, "B32": firstOrder,
      "C32": ["torch-masks-nhwc-2proc", "torch-compile-nhwc"],
      "D2": ["torch-fast-nhwc", "torch-compile-nhwc"], "E1": ["jax-im2col", "torch-plain"],
      "F1": few.filter { $0 != "jax-im2col-remat" }, "F5": few,
      "F50": ["jax-im2col-remat", "jax-im2col", "torch-trio-nhwc"],
      "G1": ["torch-steps-nhwc", "jax-im2col-unroll", "torch-masks-nhwc"],
    ]
  }()

  /// What a peer's timing prints; a latency has no loss.
  private struct Report: Decodable {
    let variant: String
    let median_ms: Double
    let peak_mb: Double
    let first_step_s: Double
    let loss: Double?
  }

  /// Times a variant of a job once; the variant known fastest where none is named.
  func timing(of job: String, variant: String?, repeats: Int) throws -> JobTiming {
    var arguments = ["run.py", "--job", job, "--repeats", "\(repeats)", "--json"]
    arguments += variant.map { ["--variant", $0] } ?? ["--best"]
    let output = try ChildProcess.output(of: python, arguments, in: folder)
    guard let line = output.split(separator: "\n").last,
      let report = try? JSONDecoder().decode(Report.self, from: Data(line.utf8))
    else {
      throw ComparisonError(
        description: "\(python) \(arguments.joined(separator: " ")) printed no figures")
    }
    return JobTiming(
      variant: report.variant, medianMilliseconds: report.median_ms, peakMegabytes: report.peak_mb,
      firstStepSeconds: report.first_step_s, loss: report.loss ?? .nan)
  }
}

/// What keeps a comparison from being made.
struct ComparisonError: Error, CustomStringConvertible {
  let description: String
}

/// Another process whose output is wanted.
enum ChildProcess {
  static func output(
    of program: String, _ arguments: [String], in folder: URL? = nil
  ) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    process.standardOutput = pipe
    do { try process.run() } catch {
      throw ComparisonError(description: "cannot start \(program); check the path")
    }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw ComparisonError(
        description: "\(program) \(arguments.joined(separator: " ")) ended with "
          + "\(process.terminationStatus)")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
