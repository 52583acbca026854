import Settings
public import Tensors

/// Zero for random squares of each channel of pictures [n, h, w, c], the rest scaled up so that the
/// mean stays (Ghiasi, Lin and Le 2018, arXiv 1810.12890, Algorithm 1); everything passes where the
/// context has no key, as in the inner loops of gradient-based learners.
///
/// Corners of squares are drawn where a whole square fits, with γ = rate / size² · h w /
/// ((h - size + 1)(w - size + 1)) each, so that about `rate` of the numbers become 0.
public struct DropBlock: SingleInputLayer {
  /// About what part of the numbers becomes 0.
  public let rate: Double
  /// Rows and columns of a square; where pictures are smaller, squares are as large as they.
  public let size: Int

  /// Makes a layer of a rate in [0, 1).
  public init(rate: Double, size: Int = 5) {
    guard (0..<1).contains(rate), size > 0 else {
      fatalError("A rate is in [0, 1) and a square has pixels, not \(rate) and \(size).")
    }
    self.rate = rate
    self.size = size
  }

  /// The shape of the pictures.
  public func outputShape(for inputShape: Shape) throws(NetworkError) -> Shape {
    try inputShape.expectPicture()
    return inputShape
  }

  /// The numbers outside of the squares, divided by their part of all.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    guard rate > 0, let key = context.nextKey() else { return inputs }
    let (height, width) = (inputs.shape[1], inputs.shape[2])
    let side = min(size, height, width)
    let corners = inputs.shape.replacing(axis: 1, with: height - side + 1)
      .replacing(axis: 2, with: width - side + 1)
    let chance =
      rate * Double(height * width) / Double(side * side * corners[1] * corners[2])
    let isCorner = key.uniform(corners).isLess(than: Tensor.fill(chance, shape: corners))
      .converted(to: .float32)
    let margin = AxisPadding(before: side - 1, after: side - 1)
    let isDropped = isCorner.padded([AxisPadding(), margin, margin, AxisPadding()])
      .maximumPooled(size: side, stride: 1)
    let kept = 1 - isDropped
    return inputs * kept / (kept.mean() + 1e-6)
  }
}

extension LayerEntry {
  /// A dropout of squares.
  public static let dropBlock = LayerEntry(
    "dropBlock", "Zero for random squares of pictures, where the learner draws at random."
  ) { (settings, _) throws(SettingsError) in
    DropBlock(
      rate: try settings.number(
        "rate", "About what part of the numbers becomes 0.", default: 0.1, .within(0...0.9)),
      size: try settings.integer("size", "Side of a square in pixels.", default: 5, in: 1...64))
  }
}
