package import Tensors

extension Tensor {
  /// The size and the sign of each number x as two numbers of like scale, along a new last axis.
  ///
  /// log|x|/p and the sign where |x| is at least e⁻ᵖ, else -1 and eᵖ x (Andrychowicz and others
  /// 2016, arXiv 1606.04474, appendix A).
  ///
  /// Gradients differ in size by many powers of ten; a network that reads them needs this.
  package func logAndSign(_ p: Double) -> Tensor {
    let size = absolute()
    let isLarge = Tensor.fill(RandomKey.exponential(-p), shape: shape).isAtMost(size)
    let ones = Tensor.fill(1, shape: shape)
    // The logarithm of 0 has no place even where it is not chosen: its derivative is not a number.
    let logarithms = select(isLarge, select(isLarge, size, ones).log() / p, -ones)
    let signs = select(isLarge, sign(), self * RandomKey.exponential(p))
    return Tensor.concatenating(
      [logarithms.insertingAxis(at: -1), signs.insertingAxis(at: -1)], along: -1)
  }
}
