public import NeuralNetworks
public import Settings
package import Tensors

/// Meta-Curvature (Park and Oliva 2019, arXiv 1902.03356, section 3): MAML that learns matrices by
/// which the gradient of each parameter is multiplied along each of its axes.
///
/// The gradient G of a convolution is seen as [window, in, out]; θ' = θ - α G ×₁ M_w ×₂ M_i ×₃ M_o
/// with learned square matrices, the same in all steps. A dense weight has M_i and M_o, a bias and
/// a scale M_o alone. All begin as the identity, so that the first steps are those of MAML: a
/// learned metric of each parameter, in far fewer numbers than a full matrix would have.
///
/// Otherwise than in the paper an axis of more than 2,048 numbers, such as the tokens of an
/// embedding, is left as it is. A step costs what one of MAML does and three small products for
/// each parameter.
public enum MetaCurvature {
  /// The longest axis that has a matrix.
  private static let largestExtent = 2048

  /// Makes the learner: MAML whose inner loop mixes gradients by learned matrices.
  public static func learner(
    network: Network, innerLoop: InnerLoop, trainsTransductively: Bool = false,
    meaning: Prediction.Meaning = .logits
  ) -> MAML {
    var loop = innerLoop
    loop.learnedRates = .curvature
    return MAML(
      network: network, innerLoop: loop, trainsTransductively: trainsTransductively,
      meaning: meaning)
  }

  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "metaCurvature",
    "MAML with learned matrices that mix gradients along each axis (Park and Oliva 2019)"
  ) { (settings) throws(SettingsError) in
    let loop = try InnerLoop(
      settings, isFirstOrder: false, canZeroHead: false, learnedRates: .curvature)
    return try MAML.plan(settings, loop, needs: loop.needs(canZeroHead: false))
  }
}

// MARK: Matrices

extension MetaCurvature {
  /// A parameter's extents as [window, in, out].
  private static func extents(of shape: Shape) -> (window: Int, input: Int, output: Int) {
    let extents = shape.dimensions.suffix(2)
    return (
      shape.dimensions.dropLast(2).reduce(1, *), extents.count == 2 ? shape[-2] : 1,
      extents.last ?? 1
    )
  }

  /// The identity for each axis of each parameter that has a matrix: `window`, `input` and
  /// `output` below the parameter's name.
  static func initialMatrices(for shapes: NamedTree<Shape>) -> ParameterValues {
    var matrices = ParameterValues()
    for entry in shapes.entries {
      let (window, input, output) = extents(of: entry.leaf)
      let axes = [("window", window, 3), ("input", input, 2), ("output", output, 1)]
      for (axis, extent, rank) in axes where entry.leaf.rank >= rank && extent <= largestExtent {
        matrices.append(.init(name: "\(entry.name).\(axis)", leaf: identity(extent)))
      }
    }
    return matrices
  }

  private static func identity(_ extent: Int) -> TensorValue {
    var elements = [Float](repeating: 0, count: extent * extent)
    for position in 0..<extent { elements[position * (extent + 1)] = 1 }
    return TensorValue(elements, shape: [extent, extent])
  }

  /// A gradient, multiplied along each axis by the matrix that there is.
  package static func transformed(_ gradient: Tensor, by matrices: Parameters) -> Tensor {
    let (window, input, output) = extents(of: gradient.shape)
    var result = gradient
    if let matrix = matrices.leaf(named: "output") {
      result = matrixProduct(
        result.reshaped([window * input, output]), matrix, transposingRight: true)
    }
    if let matrix = matrices.leaf(named: "input") {
      result = matrixProduct(matrix, result.reshaped([window, input, output]))
    }
    if let matrix = matrices.leaf(named: "window") {
      result = matrixProduct(matrix, result.reshaped([window, input * output]))
    }
    return result.reshaped(gradient.shape)
  }
}
