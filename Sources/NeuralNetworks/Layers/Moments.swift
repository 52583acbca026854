import Tensors

/// Mean and variance, in shapes that repeat over the rows that they normalise.
struct Moments {
  let mean: Tensor
  let variance: Tensor
  /// The rows measured and their distances from the mean, so that they are built once.
  private let distances: (rows: Tensor, centered: Tensor)?

  init(mean: Tensor, variance: Tensor, distances: (rows: Tensor, centered: Tensor)? = nil) {
    self.mean = mean
    self.variance = variance
    self.distances = distances
  }

  /// The moments of rows along an axis.
  init(of rows: Tensor, along axis: Int) {
    let mean = rows.mean(along: [axis], keepingAxes: true)
    let centered = rows - mean
    self.init(
      mean: mean, variance: centered.square().mean(along: [axis], keepingAxes: true),
      distances: (rows, centered))
  }

  /// The moments of rows [..., n·positions, c] over all rows, with a weight [n] for each example.
  init(of rows: Tensor, examples: Int, weights: Tensor?) {
    guard let weights else {
      self.init(of: rows, along: rows.shape.rank - 2)
      return
    }
    let positions = rows.shape[-2] / max(1, examples)
    let shares = (relative(weights) / Double(positions)).reshaped([examples, 1])
      .broadcast(to: [examples, positions]).reshaped([examples * positions, 1])
    let mean = (rows * shares).sum(along: [-2], keepingAxes: true)
    let centered = rows - mean
    self.init(
      mean: mean, variance: (centered.square() * shares).sum(along: [-2], keepingAxes: true),
      distances: (rows, centered))
  }

  /// The moments of all examples from those of each, [n, 1, c].
  init(joining own: Moments, weights: Tensor?) {
    let examples = own.mean.shape[0]
    let shares =
      weights.map { relative($0).reshaped([examples, 1, 1]) }
      ?? Tensor.fill(1 / Double(max(1, examples)), shape: [examples, 1, 1])
    let mean = (own.mean * shares).sum(along: [0], keepingAxes: true)
    let variances = own.variance + (own.mean - mean).square()
    self.init(mean: mean, variance: (variances * shares).sum(along: [0], keepingAxes: true))
  }

  /// The moments of a mixture of two sets of examples, of which a part `blend` is of the first.
  init(blending first: Moments, _ second: Moments, _ blend: Tensor) {
    let rest = 1 - blend
    let mean = blend * first.mean + rest * second.mean
    self.init(
      mean: mean,
      variance: blend * (first.variance + (first.mean - mean).square())
        + rest * (second.variance + (second.mean - mean).square()))
  }

  /// The moments that the context gives to the layer at work, for rows of a rank; nil where it
  /// gives none.
  init?(givenIn context: NetworkContext, forRank rank: Int) {
    guard let mean = context.given("mean"), let variance = context.given("variance") else {
      return nil
    }
    self.init(mean: mean.aligned(toRank: rank), variance: variance.aligned(toRank: rank))
  }

  /// Reports the moments as `mean` and `variance` in the shape of the layer's scale.
  func report(to context: inout NetworkContext, shape: Shape) {
    context.report("mean", mean.reshaped(shape))
    context.report("variance", variance.reshaped(shape))
  }

  /// The distances of rows from the mean.
  func centered(_ rows: Tensor) -> Tensor {
    if let distances, distances.rows.identity == rows.identity { return distances.centered }
    return rows - mean
  }
}
