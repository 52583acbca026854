public import Tensors

/// A function of each element.
public enum Activation: Layer, Hashable {
  /// max(x, 0).
  case relu
  /// x where it is positive, else `slope` times x.
  case leakyRelu(slope: Double = 0.01)
  /// The hyperbolic tangent.
  case tanh
  /// 1 / (1 + e^-x).
  case sigmoid
  /// x Φ(x) with the normal distribution function Φ.
  case gelu

  /// The function of each element.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    switch self {
    case .relu: inputs.relu()
    case .leakyRelu(let slope): inputs.leakyRelu(slope: slope)
    case .tanh: inputs.tanh()
    case .sigmoid: inputs.sigmoid()
    case .gelu: inputs.gelu()
    }
  }
}
