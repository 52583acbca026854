import Tensors

extension Execution {
  /// What one step of a program took.
  public struct StepTime: Sendable {
    /// What the step does, such as `convolution`.
    public let name: String
    /// The part of the program, such as `inner step 3 / block2.convolution`.
    public let scope: String
    /// Seconds over all lanes.
    public let seconds: Double
  }

  /// Runs the program once on the calling thread, kernel by kernel, and tells what each step took.
  ///
  /// Nothing is carried. Lanes run one after the other, as in chunks of one.
  public func profile() -> [StepTime] {
    let times = schedule.timedRun()
    let stages: [(Stage, [Double])] = [
      (.before, times.before), (.lane, times.lane), (.after, times.after),
    ]
    return stages.flatMap { stage, seconds in
      zip(bound.calls[stage] ?? [], seconds).map { call, seconds in
        let step = program.graph.steps[call.step]
        return StepTime(name: step.name, scope: step.scope, seconds: seconds)
      }
    }
  }
}
