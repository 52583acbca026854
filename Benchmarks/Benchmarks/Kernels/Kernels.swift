import Benchmark
import TensorPrograms
import Tensors

/// One operation on one core, at the sizes that it has in Conv4 with 64 filters.
let benchmarks: @Sendable () -> Void = {
  for kernel in Kernel.all {
    Benchmark(
      kernel.name,
      configuration: .init(metrics: [.wallClock, .throughput], maxDuration: .seconds(1))
    ) { benchmark in
      let execution = kernel.execution()
      execution.run()
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations { execution.run() }
    }
  }
}

/// An expression whose inputs are filled with numbers.
struct Kernel: Sendable {
  let name: String
  let output: Tensor

  /// The expression as a program of its own, on one thread.
  func execution() -> Execution {
    let program = Program([("output", output)])
    let execution = Runner(.init(threads: 1)).execution(of: program)
    for (index, input) in program.inputs.enumerated() {
      let bits = RandomKey(seed: UInt64(index)).bits(count: input.shape.elementCount)
      execution.set(
        input.name, TensorValue(bits.map { Float($0 >> 8) / Float(1 << 24) }, shape: input.shape))
    }
    return execution
  }
}

extension Kernel {
  static let all =
    [5, 75].flatMap { pictures in convolutions(pictures) + betweenConvolutions(pictures) } + [
      Kernel(
        name: "matrix product 512x576x512",
        output: matrixProduct(input("a", [512, 576]), input("b", [576, 512]))),
      Kernel(name: "exponential of a million", output: input("x", [1 << 20]).exp()),
      Kernel(name: "logarithm of softmax 300x60", output: input("x", [300, 60]).logSoftmax()),
      Kernel(name: "one addition of 16 numbers", output: input("x", [16]) + input("y", [16])),
    ]

  private static func input(_ name: String, _ shape: Shape) -> Tensor { .input(name, shape: shape) }

  private static func convolutions(_ pictures: Int) -> [Kernel] {
    [28, 14, 7, 3].flatMap { side in
      let channels = side == 28 ? 1 : 64
      let x = input("x", [pictures, side, side, channels])
      let weights = input("w", [3, 3, channels, 64])
      let y = x.convolved(with: weights)
      let cotangent = input("g", y.shape)
      let gradients = gradient(of: (y * cotangent).sum(), withRespectTo: [weights, x])
      let name = "\(pictures) pictures of \(side)x\(side)x\(channels)"
      return [
        Kernel(name: "convolution, \(name)", output: y),
        Kernel(name: "its weights' gradient, \(name)", output: gradients[0]),
      ] + (channels == 1 ? [] : [Kernel(name: "its inputs' gradient, \(name)", output: gradients[1])])
    }
  }

  private static func betweenConvolutions(_ pictures: Int) -> [Kernel] {
    let x = input("x", [pictures, 28, 28, 64])
    let rows = x.reshaped([-1, 64])
    let centred = rows - rows.mean(along: [0], keepingAxes: true)
    let variance = centred.square().mean(along: [0], keepingAxes: true)
    let normalised = (centred * (variance + 1e-5).reciprocalSquareRoot()).reshaped(x.shape)
    let pooled = normalised.maximumPooled()
    let slope = gradient(of: (pooled * input("g", pooled.shape)).sum(), withRespectTo: [x])
    let name = "\(pictures) pictures of 28x28x64"
    return [
      Kernel(name: "normalization and pooling, \(name)", output: pooled),
      Kernel(name: "their gradient, \(name)", output: slope[0]),
    ]
  }
}
