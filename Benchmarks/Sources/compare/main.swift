import Foundation
import TensorPrograms
import Tensors

let clock = ContinuousClock()
for name in CommandLine.arguments.dropFirst() {
  guard let job = Job(name) else { continue }
  for threads in [1, 2] {
    let start = clock.now
    let (program, _, _) = job.program()
    let compiled = (clock.now - start) / .milliseconds(1)
    let execution = job.execution(.init(threads: threads))
    let first = clock.measure { execution.run() } / .milliseconds(1)
    let loss = execution.outputNames.contains("loss") ? execution.value("loss").floats[0] : .nan
    var times: [Double] = []
    let begin = clock.now
    while times.count < 5 || (clock.now - begin) < .seconds(1.5) {
      times.append(clock.measure { execution.run() } / .milliseconds(1))
    }
    times.sort()
    print(name, "threads", threads, "median ms", times[times.count / 2], "min", times[0], "first", first, "compile ms", compiled, "MB", execution.byteCount >> 20, "loss", loss, "calls", program.stepCount)
  }
}
