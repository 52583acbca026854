import CTensorKernels
import Tensors

// Pooling windows.
extension KernelBinding {
  /// The kernel of the largest of each window and its position.
  func boundMaximum(of window: WindowGeometry, _ step: Graph.Step) -> BoundOperation {
    let sizes = windowSizes(window, shape(step.inputs[0]), shape(step.outputs[0]))
    return one(ML_WINDOW_MAXIMUM, sizes, step)
  }

  /// The kernel that takes from windows, or gives back to them.
  func boundWindows(_ operation: Operation, _ step: Graph.Step) -> BoundOperation {
    let (source, output) = (shape(step.inputs[0]), shape(step.outputs[0]))
    switch operation {
    case .windowIndex(let window):
      return one(ML_WINDOW_INDEX, windowSizes(window, source, output), step)
    case .windowGather(let window):
      return one(ML_WINDOW_GATHER, windowSizes(window, source, output), step)
    case .windowSum(let window):
      return one(ML_WINDOW_SUM, windowSizes(window, source, output), step)
    case .windowScatter(let window, let pictures):
      return one(ML_WINDOW_SCATTER, windowSizes(window, pictures, source), step)
    case .windowSpread(let window, let pictures):
      return one(ML_WINDOW_SPREAD, windowSizes(window, pictures, source), step)
    default: fatalError("\(operation) has no windows.")
    }
  }

  private func windowSizes(
    _ window: WindowGeometry, _ pictures: Shape, _ output: Shape
  ) -> ml_window_sizes {
    ml_window_sizes(
      images: Int64(pictures[0]), height: Int64(pictures[1]), width: Int64(pictures[2]),
      channels: Int64(pictures[3]), outHeight: Int64(output[1]), outWidth: Int64(output[2]),
      windowHeight: Int64(window.height), windowWidth: Int64(window.width),
      strideHeight: Int64(window.verticalStride), strideWidth: Int64(window.horizontalStride),
      padTop: Int64(window.top), padLeft: Int64(window.left))
  }
}
