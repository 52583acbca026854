import Foundation
import TensorPrograms
import Tensors
import MetaLearning
import NeuralNetworks

if CommandLine.arguments[1] == "conv" {
  for n in [5, 75, 100] { for size in [28, 14, 7] { for kind in 0..<3 {
    let x = Tensor.input("x", shape: [n, size, size, 64])
    let w = Tensor.input("w", shape: [3, 3, 64, 64])
    let y = x.convolved(with: w)
    let loss = (y * y).sum()
    let out = kind == 0 ? y : gradient(of: loss, withRespectTo: [x, w])[kind - 1]
    var results: [TensorValue] = []
    for exact in [true, false] {
      let e = Execution(Program([("o", out)], options: .init(isExact: exact)), .init(threads: 1))
      e.set("x", TensorValue(RandomKey(seed: 1).normal(count: x.shape.elementCount), shape: x.shape))
      e.set("w", TensorValue(RandomKey(seed: 2).normal(count: w.shape.elementCount), shape: w.shape))
      e.run()
      results.append(e.value("o"))
    }
    var d = 0.0, m = 0.0
    for (a, b) in zip(results[0].floats, results[1].floats) { d = max(d, Double(abs(a - b))); m = max(m, Double(abs(a))) }
    print(n, size, kind, d / m, results[0].floats.prefix(3), results[1].floats.prefix(3), results[0].floats.filter { $0 == 0 }.count, results[1].floats.filter { $0 == 0 }.count)
  } } }
  exit(0)
}
if CommandLine.arguments[1] == "check" {
  for name in CommandLine.arguments.dropFirst(2) {
    guard let job = Job(name) else { continue }
    for (exact, fuses) in [(true, false), (true, true), (false, true), (false, false)] {
      for threads in [1, 2] {
        let parameters = JobData.parameters(like: job.learner.initialParameters(RandomKey(seed: 0)))
        let step = MetaStep(learner: job.learner, optimizer: Adam())
        let state = Adam().initialState(for: parameters)
        let program = step.program(parameters: parameters, state: state, like: job.batch, options: .init(isExact: exact, fuses: fuses))
        let execution = Execution(program, .init(threads: threads))
        execution.set(parameters, prefix: "parameters")
        execution.set(state, prefix: "state")
        execution.set("learningRate", TensorValue(0.001))
        execution.set(job.batch)
        var losses: [Float] = []
        for _ in 0..<3 { execution.compute(); losses.append(execution.value("loss").scalar) }
        print(name, "exact", exact, "fuses", fuses, "threads", threads, losses, execution.value("gradientNorm").scalar)
      }
    }
  }
  exit(0)
}

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
