extension Tensor {
  /// The axes as ascending numbers from 0; all axes where none are given.
  private func ascending(_ axes: [Int]?) -> [Int] {
    guard let axes else { return Array(0..<shape.rank) }
    return Set(axes.map(shape.normalized)).sorted()
  }

  private func dropping(_ axes: [Int], unless keepsAxes: Bool) -> Tensor {
    if keepsAxes { return self }
    let kept = shape.dimensions.indices.filter { !axes.contains($0) }.map { shape[$0] }
    return reshaped(Shape(kept))
  }

  /// The sum over some axes, or over all; they are dropped, or kept with extent 1.
  public func sum(along axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let axes = ascending(axes)
    let summed = axes.isEmpty ? self : Tensor(.sum(axes: axes), [self])
    return summed.dropping(axes, unless: keepingAxes)
  }

  /// The mean over some axes, or over all; they are dropped, or kept with extent 1.
  public func mean(along axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let count = ascending(axes).reduce(1) { $0 * shape[$1] }
    return sum(along: axes, keepingAxes: keepingAxes) / Double(count)
  }

  /// The mean squared deviation from the mean (divided by n) over some axes, or over all.
  public func variance(along axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    (self - mean(along: axes, keepingAxes: true)).square()
      .mean(along: axes, keepingAxes: keepingAxes)
  }

  /// The largest element over some axes, or over all; derivatives are shared among equal ones.
  public func maximum(along axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let axes = ascending(axes)
    let largest = axes.isEmpty ? self : Tensor(.maximum(axes: axes), [self])
    return largest.dropping(axes, unless: keepingAxes)
  }

  /// int32 positions of the first largest elements along an axis, which is dropped.
  public func argumentMaximum(along axis: Int) -> Tensor {
    let axis = shape.normalized(axis)
    return Tensor(.argumentMaximum(axis: axis), [self]).dropping([axis], unless: false)
  }

  /// Sums of the elements so far along an axis, the present one included unless exclusive.
  public func cumulativeSum(
    along axis: Int, isExclusive: Bool = false, isReversed: Bool = false
  ) -> Tensor {
    Tensor(
      .cumulativeSum(
        axis: shape.normalized(axis), isExclusive: isExclusive, isReversed: isReversed), [self])
  }

  /// log(sum(e^x)) over some axes, without overflow; they are dropped, or kept with extent 1.
  public func logSumExp(along axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let axes = ascending(axes)
    let largest = maximum(along: axes, keepingAxes: true).stopGradient()
    let sum = (self - largest).exp().sum(along: axes, keepingAxes: true)
    return (sum.log() + largest).dropping(axes, unless: keepingAxes)
  }

  /// e^x / sum(e^x) along an axis.
  public func softmax(along axis: Int = -1) -> Tensor {
    let largest = maximum(along: [axis], keepingAxes: true).stopGradient()
    let powers = (self - largest).exp()
    return powers / powers.sum(along: [axis], keepingAxes: true)
  }

  /// x - log(sum(e^x)) along an axis.
  public func logSoftmax(along axis: Int = -1) -> Tensor {
    let shifted = self - maximum(along: [axis], keepingAxes: true).stopGradient()
    return shifted - shifted.exp().sum(along: [axis], keepingAxes: true).log()
  }
}
