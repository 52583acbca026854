import Tensors
import TensorPrograms

/// Where the time of one of our jobs goes, by what its steps do.
struct JobBreakdown {
  /// Seconds of one run and number of kernel calls, by what a step does; the longest first.
  let kinds: [(name: String, seconds: Double, steps: Int)]

  /// Runs the job on one thread a number of times, and takes of each step the median.
  init(_ job: Job, runs: Int) {
    let (program, parameters, state) = job.program()
    let execution = Execution(program, .init(threads: 1))
    execution.set(parameters, prefix: "parameters")
    execution.set(state, prefix: "state")
    execution.set("learningRate", TensorValue(0.001))
    execution.set(job.batch)
    execution.run()
    let profiles = (0..<max(1, runs)).map { _ in execution.profile() }
    var kinds: [String: (seconds: Double, steps: Int)] = [:]
    for (index, step) in profiles[0].enumerated() {
      let seconds = profiles.map { $0[index].seconds }.sorted()[profiles.count / 2]
      let known = kinds[step.name] ?? (0, 0)
      kinds[step.name] = (known.seconds + seconds, known.steps + 1)
    }
    self.kinds = kinds.map { ($0.key, $0.value.seconds, $0.value.steps) }
      .sorted { $0.seconds > $1.seconds }
  }

  /// The shares as a table.
  var table: String {
    let total = kinds.reduce(0) { $0 + $1.seconds }
    let lines = kinds.map { kind in
      "\(rounded(100 * kind.seconds / total))%  \(rounded(kind.seconds * 1e3)) ms  "
        + "\(kind.steps) calls  \(kind.name)"
    }
    return (["\(rounded(total * 1e3)) ms on one thread"] + lines).joined(separator: "\n")
  }
}
