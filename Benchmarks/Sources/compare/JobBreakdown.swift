import TensorPrograms

/// Where the time of one of our jobs goes, by what its steps do.
struct JobBreakdown {
  /// Seconds of one run and number of steps, by what a step does; the longest first.
  let kinds: [(name: String, seconds: Double, steps: Int)]
  /// The steps that take longest.
  let longest: [(name: String, scope: String, form: String, seconds: Double)]

  /// Runs the job on one thread a number of times, and takes of each step the median.
  init(_ job: Job, runs: Int) {
    let (program, trees) = job.program()
    let execution = job.execution(of: program, trees, threads: 1)
    execution.run()
    let profiles = (0..<max(1, runs)).map { _ in execution.profile(program) }
    let steps = profiles[0].enumerated().map { index, step in
      let seconds = profiles.map { $0[index].seconds }.sorted()[profiles.count / 2]
      return (name: step.name, scope: step.scope, form: step.form, seconds: seconds)
    }
    var kinds: [String: (seconds: Double, steps: Int)] = [:]
    for step in steps {
      let known = kinds[step.name] ?? (0, 0)
      kinds[step.name] = (known.seconds + step.seconds, known.steps + 1)
    }
    longest = Array(steps.sorted { $0.seconds > $1.seconds }.prefix(20))
    self.kinds = kinds.map { ($0.key, $0.value.seconds, $0.value.steps) }
      .sorted { $0.seconds > $1.seconds }
  }

  /// The shares as a table.
  var table: String {
    let total = kinds.reduce(0) { $0 + $1.seconds }
    let lines = kinds.map { kind in
      "\(rounded(100 * kind.seconds / total))%  \(rounded(kind.seconds * 1e3)) ms  "
        + "\(kind.steps) steps  \(kind.name)"
    }
    let steps = longest.map {
      "\(rounded($0.seconds * 1e3)) ms  \($0.name)  \($0.scope)\n    \($0.form)"
    }
    return (["\(rounded(total * 1e3)) ms on one thread"] + lines + ["the longest steps:"] + steps)
      .joined(separator: "\n")
  }
}
