import CTensorKernels
import Tensors

/// Windows that lie side by side over pictures, whose positions are the rows of a row program and
/// whose channels are its columns.
package struct TiledWindows: Hashable, Sendable {
  /// Rows and columns of a picture.
  let height, width: Int
  /// Rows and columns of a window.
  let windowHeight, windowWidth: Int
  /// Channels.
  let columns: Int

  /// Nil where windows overlap or leave gaps, or where channels do not fill whole vectors.
  init?(_ window: WindowGeometry, over pictures: Shape) {
    let columns = pictures[-1]
    guard window.height == window.verticalStride, window.width == window.horizontalStride,
      !window.isPadded, window.height * window.width <= 256, columns % 16 == 0,
      16...Int(ML_WINDOW_COLUMNS) ~= columns
    else { return nil }
    (height, width) = (pictures[1], pictures[2])
    (windowHeight, windowWidth) = (window.height, window.width)
    self.columns = columns
  }

  /// The windows over so many positions.
  func windowCount(ofPositions count: Int) -> Int {
    count / max(1, height * width) * (height / windowHeight) * (width / windowWidth)
  }
}

extension Graph {
  /// The windows of a step whose side over whole pictures can be part of a row program.
  func tiledWindows(_ step: Step) -> TiledWindows? {
    switch step.kind {
    case .windowMaximum(let window), .operation(.windowGather(let window)):
      TiledWindows(window, over: values[step.inputs[0]].shape)
    case .operation(.windowScatter(let window, let pictures)):
      TiledWindows(window, over: pictures)
    default: nil
    }
  }
}

extension Graph.Step {
  /// How the results leave a row program that ends with windows; nil for other steps.
  var windowOutputs: [RowProgram.Access]? {
    switch kind {
    case .windowMaximum: [.windowLargest, .windowPosition]
    case .operation(.windowGather): [.gathered]
    default: nil
    }
  }
}
