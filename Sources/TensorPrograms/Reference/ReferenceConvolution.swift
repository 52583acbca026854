import Tensors

extension OperationMeaning {
  /// Calls a body for each pair of a window's place in the output and an element of the picture
  /// that it covers: (example, output row, output column, window row, window column, row, column).
  private func forEachTap(
    _ window: WindowGeometry, picture: Shape, output: Shape,
    _ body: (Int, Int, Int, Int, Int, Int, Int) -> Void
  ) {
    for example in 0..<picture[0] {
      for outputRow in 0..<output[1] {
        for outputColumn in 0..<output[2] {
          for windowRow in 0..<window.height {
            let row = outputRow * window.verticalStride + windowRow - window.top
            guard (0..<picture[1]).contains(row) else { continue }
            for windowColumn in 0..<window.width {
              let column = outputColumn * window.horizontalStride + windowColumn - window.left
              guard (0..<picture[2]).contains(column) else { continue }
              body(example, outputRow, outputColumn, windowRow, windowColumn, row, column)
            }
          }
        }
      }
    }
  }

  func convolution() -> [Double] {
    let (a, b) = (operands[0], operands[1])
    var result = [Double](repeating: 0, count: shape.elementCount)
    let window: WindowGeometry
    let (picture, weights, output): (Shape, Shape, Shape)
    switch node.operation {
    case .convolution(let geometry):
      (window, picture, weights, output) = (geometry, shape(0), shape(1), shape)
    case .convolutionInputGradient(let geometry, _):
      (window, picture, weights, output) = (geometry, shape, shape(1), shape(0))
    case .convolutionWeightGradient(let geometry):
      (window, picture, weights, output) = (geometry, shape(0), shape, shape(1))
    default: return []
    }
    let (inputs, outputs) = (weights[2], weights[3])
    forEachTap(window, picture: picture, output: output) { n, oh, ow, kh, kw, h, w in
      let x = ((n * picture[1] + h) * picture[2] + w) * inputs
      let y = ((n * output[1] + oh) * output[2] + ow) * outputs
      let k = (kh * window.width + kw) * inputs * outputs
      for i in 0..<inputs {
        for o in 0..<outputs {
          let weight = k + i * outputs + o
          switch node.operation {
          case .convolution: result[y + o] += a[x + i] * b[weight]
          case .convolutionInputGradient: result[x + i] += a[y + o] * b[weight]
          default: result[weight] += a[x + i] * b[y + o]
          }
        }
      }
    }
    return result
  }

  func pooling() -> [Double] {
    let x = operands[0]
    var result = [Double](repeating: 0, count: shape.elementCount)
    let window: WindowGeometry
    let (picture, output): (Shape, Shape)
    switch node.operation {
    case .windowIndex(let geometry), .windowGather(let geometry), .windowSum(let geometry):
      (window, picture, output) = (geometry, shape(0), shape)
    case .windowScatter(let geometry, _), .windowSpread(let geometry, _):
      (window, picture, output) = (geometry, shape, shape(0))
    default: return []
    }
    var largest = [Double?](repeating: nil, count: output.elementCount)
    let channels = picture[3]
    forEachTap(window, picture: picture, output: output) { n, oh, ow, kh, kw, h, w in
      let tap = Double(kh * window.width + kw)
      for c in 0..<channels {
        let from = ((n * picture[1] + h) * picture[2] + w) * channels + c
        let to = ((n * output[1] + oh) * output[2] + ow) * channels + c
        switch node.operation {
        case .windowIndex:
          if largest[to].map({ isAhead(x[from], $0) }) ?? true {
            (largest[to], result[to]) = (x[from], tap)
          }
        case .windowGather: if operands[1][to] == tap { result[to] = x[from] }
        case .windowScatter: if operands[1][to] == tap { result[from] += x[to] }
        case .windowSum: result[to] += x[from]
        default: result[from] += x[to]
        }
      }
    }
    return result
  }
}
