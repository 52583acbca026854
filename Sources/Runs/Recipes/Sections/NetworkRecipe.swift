public import NeuralNetworks
public import Tensors

/// The network of a recipe.
public struct NetworkRecipe: Hashable, Sendable {
  /// What it is made of.
  public enum Form: Hashable, Sendable {
    /// Four blocks of convolution.
    case conv4(
      width: Conv4.Width, form: Conv4.Form, features: Conv4.Features, normalizesFeatures: Bool,
      convolutionBias: Bool)
    /// Dense layers of these widths.
    case mlp(hidden: [Int], activation: Activation)
  }

  /// By which statistics normalization layers normalise.
  ///
  /// Those of the examples at hand are not among them, as they make every prediction depend on the
  /// other queries; a learner with such a mode is evaluated in both ways under `support`.
  public enum Normalization: String, Hashable, Sendable, CaseIterable {
    case none, support, supportAndQuery, taskNorm, running

    /// The mode of the layers; nil where there are none.
    var mode: NormalizationMode? {
      switch self {
      case .none: nil
      case .support: .support
      case .supportAndQuery: .supportAndQuery
      case .taskNorm: .taskNorm
      case .running: .running
      }
    }
  }

  /// What it is made of.
  public var form: Form
  /// How it normalises.
  public var normalization: Normalization

  private enum Kind: String, CaseIterable { case conv4, mlp }
  private enum ActivationName: String, CaseIterable {
    case relu, leakyRelu, tanh, sigmoid, gelu

    var activation: Activation {
      switch self {
      case .relu: .relu
      case .leakyRelu: .leakyRelu()
      case .tanh: .tanh
      case .sigmoid: .sigmoid
      case .gelu: .gelu
      }
    }
  }

  init(
    _ section: RecipeSection, of learner: LearnerRecipe.Kind, forPictures: Bool
  ) throws(RecipeError) {
    switch try section.choice("kind", default: forPictures ? Kind.conv4 : .mlp) {
    case .conv4:
      guard forPictures else {
        throw RecipeError(
          .outOfBounds, section.place(of: "kind"),
          "'network.kind' must be mlp where inputs are numbers; conv4 takes pictures")
      }
      let conv4Form = try section.choice("form", default: Conv4.Form.maxPool)
      form = .conv4(
        width: try Self.width(section), form: conv4Form,
        features: try section.choice("features", default: conv4Form.usualFeatures),
        normalizesFeatures: try section.boolean("normalizesFeatures", default: false),
        convolutionBias: try section.boolean("convolutionBias", default: true))
    case .mlp:
      form = .mlp(
        hidden: try section.integers("hidden", default: [40, 40], in: 1...8192, count: 1...16),
        activation: try section.choice("activation", default: ActivationName.relu).activation)
    }
    let isConvolutional = if case .conv4 = form { true } else { false }
    normalization = try section.choice(
      "normalization",
      default: !isConvolutional ? Normalization.none : learner == .protonet ? .running : .support)
    guard normalization != .running || learner == .protonet else {
      throw RecipeError(
        .outOfBounds, section.place(of: "normalization"),
        "'network.normalization' must not be 'running' with the learner \(learner.rawValue), whose "
          + "inner loop does not follow running statistics; use support or taskNorm")
    }
    guard normalization != .supportAndQuery || learner != .protonet else {
      throw RecipeError(
        .outOfBounds, section.place(of: "normalization"),
        "'network.normalization' must not be 'supportAndQuery' with the learner protonet, whose "
          + "prototypes would differ from query to query; use running, support or taskNorm")
    }
  }

  /// The network for examples of a shape; without `outputs` its results are features.
  ///
  /// Throws where the examples are too small for it.
  public func network(inputShape: Shape, outputs: Int?) throws(RecipeError) -> Network {
    try network(inputShape: inputShape, outputs: outputs, normalization: normalization)
  }

  /// The network whose start nobody has trained: running statistics, which it lacks, are replaced
  /// by those of the support set.
  public func untrainedNetwork(inputShape: Shape, outputs: Int) throws(RecipeError) -> Network {
    try network(
      inputShape: inputShape, outputs: outputs,
      normalization: normalization == .running ? .support : normalization)
  }

  /// A lower bound of the number of weights, known without making any: what a file claims to hold.
  func leastElementCount(inputShape: Shape, outputs: Int?) throws(RecipeError) -> Int {
    switch form {
    case .conv4(let width, _, _, _, _):
      let features = try network(inputShape: inputShape, outputs: nil).outputShape.elementCount
      return 9 * Self.connectionCount(width.blocks) + features * (outputs ?? 0)
    case .mlp(let hidden, _):
      let widths = [inputShape.elementCount] + hidden + (outputs.map { [$0] } ?? [])
      return Self.connectionCount(widths)
    }
  }

  /// The connections from each layer of these widths to the next.
  private static func connectionCount(_ widths: [Int]) -> Int {
    zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private static func width(_ section: RecipeSection) throws(RecipeError) -> Conv4.Width {
    let blocks = try section.integers("width", each: 64, in: 1...1024, count: 4)
    return Conv4.Width(blocks[0], blocks[1], blocks[2], blocks[3])
  }

  private func network(
    inputShape: Shape, outputs: Int?, normalization: Normalization
  ) throws(RecipeError) -> Network {
    switch form {
    case .conv4(let width, let form, let features, let normalizesFeatures, let bias):
      let smallest = form.smallestSide
      guard inputShape.rank == 3, inputShape[0] >= smallest, inputShape[1] >= smallest else {
        throw RecipeError(
          .outOfBounds, .file("recipe", line: nil),
          "'network.kind' conv4 of the form \(form.rawValue) takes pictures of at least \(smallest) "
            + "pixels a side, and these examples are \(inputShape)")
      }
      return NeuralNetworks.conv4(
        inputShape: inputShape, width: width, form: form, features: features,
        normalizesFeatures: normalizesFeatures, outputs: outputs,
        normalization: normalization.mode, convolutionBias: bias)
    case .mlp(let hidden, let activation):
      // Features of a dense network are its last hidden layer's, made by what would be the head.
      let widths = outputs == nil ? Array(hidden.dropLast()) : hidden
      return multilayerPerceptron(
        inputs: inputShape, hidden: widths, outputs: outputs ?? hidden.last ?? 1,
        activation: activation, normalization: normalization.mode)
    }
  }
}
