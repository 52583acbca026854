import CTensorKernels
import Tensors

// Matrix products, factors and convolutions.
extension KernelBinding {
  /// The kernel of a matrix product, a factor or a triangular system.
  func boundLinearAlgebra(_ operation: Operation, _ step: Graph.Step) -> BoundOperation {
    let (a, output) = (shape(step.inputs[0]), shape(step.outputs[0]))
    let batch = Int64(a.dimensions.dropLast(2).reduce(1, *))
    switch operation {
    case .matrixProduct(let left, let right):
      let b = shape(step.inputs[1])
      return one(
        ML_MATRIX_PRODUCT,
        ml_matrix_product_sizes(
          batch: batch, rows: Int64(output[-2]), columns: Int64(output[-1]),
          depth: Int64(left ? a[-2] : a[-1]), transposesA: left.kernelNumber,
          transposesB: right.kernelNumber, stepA: Int64(a[-1] * a[-2]),
          stepB: Int64(b[-1] * b[-2])), step)
    case .cholesky:
      return one(ML_CHOLESKY, ml_cholesky_sizes(batch: batch, order: Int64(a[-1])), step)
    case .triangularSolve(let isTransposed):
      return one(
        ML_TRIANGULAR_SOLVE,
        ml_triangular_solve_sizes(
          batch: batch, order: Int64(a[-1]), columns: Int64(output[-1]),
          transposed: isTransposed.kernelNumber), step)
    default: fatalError("\(operation) is no linear algebra.")
    }
  }

  /// The kernel of a convolution or of one of its gradients.
  func boundConvolution(_ operation: Operation, _ step: Graph.Step) -> BoundOperation {
    let (first, second) = (shape(step.inputs[0]), shape(step.inputs[1]))
    let output = shape(step.outputs[0])
    switch operation {
    case .convolution(let window):
      return one(ML_CONVOLUTION, convolutionSizes(window, first, output, second), step)
    case .convolutionInputGradient(let window, let pictures):
      return one(
        ML_CONVOLUTION_INPUT_GRADIENT, convolutionSizes(window, pictures, first, second), step)
    case .convolutionWeightGradient(let window):
      return one(
        ML_CONVOLUTION_WEIGHT_GRADIENT, convolutionSizes(window, first, second, output), step)
    default: fatalError("\(operation) is no convolution.")
    }
  }

  private func convolutionSizes(
    _ window: WindowGeometry, _ pictures: Shape, _ output: Shape, _ weights: Shape
  ) -> ml_convolution_sizes {
    ml_convolution_sizes(
      images: Int64(pictures[0]), height: Int64(pictures[1]), width: Int64(pictures[2]),
      channels: Int64(pictures[3]), outHeight: Int64(output[1]), outWidth: Int64(output[2]),
      outChannels: Int64(output[3]), kernelHeight: Int64(weights[0]),
      kernelWidth: Int64(weights[1]), strideHeight: Int64(window.verticalStride),
      strideWidth: Int64(window.horizontalStride), padTop: Int64(window.top),
      padLeft: Int64(window.left), exact: isExact.kernelNumber, threads: Int64(threads))
  }
}
