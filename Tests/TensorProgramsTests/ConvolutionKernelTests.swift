import CTensorKernels
import Testing

struct ConvolutionKernelTests {
  /// A convolution by its sizes, and the sums that define it and its two gradients, in double.
  struct Convolution: CustomTestStringConvertible {
    let images: Int
    let height, width, channels: Int
    let outHeight, outWidth, outChannels: Int
    let kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft: Int

    init(
      _ images: Int, _ x: (Int, Int, Int), _ y: (Int, Int, Int), kernel: (Int, Int),
      stride: (Int, Int) = (1, 1), pad: (Int, Int) = (0, 0)
    ) {
      self.images = images
      (height, width, channels) = x
      (outHeight, outWidth, outChannels) = y
      (kernelHeight, kernelWidth) = kernel
      (strideHeight, strideWidth) = stride
      (padTop, padLeft) = pad
    }

    /// A square picture, kernel and stride, with a result of ceil(side / stride).
    static func same(
      _ images: Int, _ side: Int, _ channels: Int, _ outChannels: Int, kernel: Int, stride: Int = 1
    ) -> Convolution {
      let outSide = (side + stride - 1) / stride
      return Convolution(
        images, (side, side, channels), (outSide, outSide, outChannels), kernel: (kernel, kernel),
        stride: (stride, stride), pad: (kernel / 2, kernel / 2))
    }

    var testDescription: String {
      "\(images) x \(height)x\(width)x\(channels) -> \(outHeight)x\(outWidth)x\(outChannels), "
        + "kernel \(kernelHeight)x\(kernelWidth), stride \(strideHeight)x\(strideWidth), "
        + "pad \(padTop),\(padLeft)"
    }

    var pictureCount: Int { images * height * width * channels }
    var weightCount: Int { kernelHeight * kernelWidth * channels * outChannels }
    var resultCount: Int { images * outHeight * outWidth * outChannels }

    func sizes(exact: Bool, threads: Int) -> [Int64] {
      [
        images, height, width, channels, outHeight, outWidth, outChannels, kernelHeight,
        kernelWidth, strideHeight, strideWidth, padTop, padLeft, exact ? 1 : 0, threads,
      ].map(Int64.init)
    }

    func weight(_ kh: Int, _ kw: Int, _ c: Int, _ o: Int) -> Int {
      ((kh * kernelWidth + kw) * channels + c) * outChannels + o
    }

    func picture(_ n: Int, _ h: Int, _ w: Int, _ c: Int) -> Int? {
      h < 0 || w < 0 || h >= height || w >= width
        ? nil : ((n * height + h) * width + w) * channels + c
    }

    func result(_ n: Int, _ h: Int, _ w: Int, _ o: Int) -> Int? {
      h < 0 || w < 0 || h >= outHeight || w >= outWidth
        ? nil : ((n * outHeight + h) * outWidth + w) * outChannels + o
    }

    func forward(_ x: [Float], _ weights: [Float], at position: Int) -> Double {
      let o = position % outChannels
      let w = position / outChannels % outWidth
      let h = position / outChannels / outWidth % outHeight
      let n = position / outChannels / outWidth / outHeight
      var sum = 0.0
      for kh in 0..<kernelHeight {
        for kw in 0..<kernelWidth {
          for c in 0..<channels {
            let row = h * strideHeight + kh - padTop
            if let place = picture(n, row, w * strideWidth + kw - padLeft, c) {
              sum += Double(x[place]) * Double(weights[weight(kh, kw, c, o)])
            }
          }
        }
      }
      return sum
    }

    func inputGradient(_ g: [Float], _ weights: [Float], at position: Int) -> Double {
      let c = position % channels
      let w = position / channels % width
      let h = position / channels / width % height
      let n = position / channels / width / height
      var sum = 0.0
      for kh in 0..<kernelHeight where (h + padTop - kh) % strideHeight == 0 {
        for kw in 0..<kernelWidth where (w + padLeft - kw) % strideWidth == 0 {
          for o in 0..<outChannels {
            let row = (h + padTop - kh) / strideHeight
            if let place = result(n, row, (w + padLeft - kw) / strideWidth, o) {
              sum += Double(g[place]) * Double(weights[weight(kh, kw, c, o)])
            }
          }
        }
      }
      return sum
    }

    func weightGradient(_ x: [Float], _ g: [Float], at position: Int) -> Double {
      let o = position % outChannels
      let c = position / outChannels % channels
      let kw = position / outChannels / channels % kernelWidth
      let kh = position / outChannels / channels / kernelWidth
      var sum = 0.0
      for n in 0..<images {
        for h in 0..<outHeight {
          for w in 0..<outWidth {
            let row = h * strideHeight + kh - padTop
            if let place = picture(n, row, w * strideWidth + kw - padLeft, c),
              let from = result(n, h, w, o)
            {
              sum += Double(x[place]) * Double(g[from])
            }
          }
        }
      }
      return sum
    }
  }

  static let convolutions: [Convolution] =
    zip([(1, 64), (3, 20), (8, 5), (5, 8), (20, 48), (16, 16), (48, 32), (17, 33)], 0...).flatMap {
      channels, row in
      [(1, 1), (2, 1), (3, 1), (5, 1), (1, 2), (3, 2), (2, 3), (5, 3)].enumerated().map {
        column, kernel in
        Convolution.same(
          1 + (5 * row + 3 * column) % 13,
          [7, 9, 5, 3, 1, 8, 4, 6, 2, 11][(3 * row + column) % 10],
          channels.0, channels.1, kernel: kernel.0, stride: kernel.1)
      }
    } + [
      Convolution(3, (9, 7, 5), (6, 4, 9), kernel: (3, 2), stride: (2, 2), pad: (1, 0)),
      Convolution(2, (5, 6, 17), (9, 4, 20), kernel: (2, 3), stride: (1, 3), pad: (3, 2)),
      Convolution(2, (4, 4, 3), (3, 3, 5), kernel: (1, 1), stride: (3, 3), pad: (2, 2)),
      Convolution(2, (8, 8, 3), (2, 2, 5), kernel: (2, 2), stride: (4, 4)),
      Convolution(4, (6, 6, 16), (4, 4, 32), kernel: (3, 3)),
      Convolution(5, (28, 28, 1), (28, 28, 64), kernel: (3, 3), pad: (1, 1)),
      Convolution(0, (4, 4, 3), (4, 4, 5), kernel: (3, 3), pad: (1, 1)),
    ]

  /// Shapes on which Winograd's F(4x4) is chosen when exactness is not asked for.
  static let largeTiles: [Convolution] = [
    .same(25, 14, 16, 32, kernel: 3),
    .same(6, 28, 32, 16, kernel: 3),
    Convolution(31, (13, 17, 16), (13, 17, 16), kernel: (3, 3), pad: (1, 1)),
    Convolution(31, (14, 15, 16), (12, 13, 16), kernel: (3, 3)),
    Convolution(31, (12, 13, 16), (14, 16, 16), kernel: (3, 3), pad: (2, 2)),
    .same(5, 14, 64, 64, kernel: 3),
  ]

  /// The same of F(2x2): sides that larger tiles fill badly.
  static let smallTiles: [Convolution] = [
    .same(20, 6, 32, 48, kernel: 3),
    Convolution(9, (6, 5, 64), (6, 5, 64), kernel: (3, 3), pad: (1, 1)),
    Convolution(11, (2, 14, 64), (2, 14, 80), kernel: (3, 3), pad: (1, 1)),
    .same(90, 6, 32, 32, kernel: 3),
  ]

  /// The operation on some numbers, and what each element of its output should be.
  func trial(
    _ operation: ml_operation, _ c: Convolution, exact: Bool, threads: Int = 1
  ) -> (KernelTrial, (Int) -> Double) {
    let x = testNumbers(c.pictureCount, seed: 1)
    let w = testNumbers(c.weightCount, seed: 2)
    let g = testNumbers(c.resultCount, seed: 3)
    func make(_ inputs: [[Float]], _ count: Int) -> KernelTrial {
      KernelTrial(
        operation: operation, sizes: c.sizes(exact: exact, threads: threads), inputs: inputs,
        outputCount: count)
    }
    switch operation {
    case ML_CONVOLUTION: return (make([x, w], c.resultCount), { c.forward(x, w, at: $0) })
    case ML_CONVOLUTION_INPUT_GRADIENT:
      return (make([g, w], c.pictureCount), { c.inputGradient(g, w, at: $0) })
    default: return (make([x, g], c.weightCount), { c.weightGradient(x, g, at: $0) })
    }
  }

  @Test(
    arguments: convolutions + largeTiles + smallTiles,
    [ML_CONVOLUTION, ML_CONVOLUTION_INPUT_GRADIENT, ML_CONVOLUTION_WEIGHT_GRADIENT])
  func `the direct form is near the exact sum, with the same bits on every table in any parts`(
    convolution: Convolution, operation: ml_operation
  ) {
    let (trial, expected) = trial(operation, convolution, exact: true)
    let outcomes = trial.outcomes()
    let positions = samplePositions(trial.outputCount)
    #expect(relativeError(outcomes[0].values, at: positions, expected: expected) < 2e-6)
    expectOneResult(outcomes)
  }

  @Test(
    arguments: largeTiles + smallTiles,
    [ML_CONVOLUTION, ML_CONVOLUTION_INPUT_GRADIENT, ML_CONVOLUTION_WEIGHT_GRADIENT])
  func `the fast form is near the exact sum, with the same bits on every table for any threads`(
    convolution: Convolution, operation: ml_operation
  ) {
    let (trial, expected) = trial(operation, convolution, exact: false)
    let outcomes = trial.outcomes()
    let positions = samplePositions(trial.outputCount)
    #expect(relativeError(outcomes[0].values, at: positions, expected: expected) < 1e-5)
    let shared = [2, 5].flatMap { threads in
      self.trial(operation, convolution, exact: false, threads: threads).0.outcomes()
    }
    expectOneResult(outcomes + shared)
  }

  @Test(
    arguments: smallTiles,
    [ML_CONVOLUTION, ML_CONVOLUTION_INPUT_GRADIENT, ML_CONVOLUTION_WEIGHT_GRADIENT])
  func `small tiles are as near the exact sum as the direct form`(
    convolution: Convolution, operation: ml_operation
  ) {
    let (trial, expected) = trial(operation, convolution, exact: false)
    let positions = samplePositions(trial.outputCount)
    let error = relativeError(trial.outcomes()[0].values, at: positions, expected: expected)
    #expect(error < 8e-7)
  }
}
