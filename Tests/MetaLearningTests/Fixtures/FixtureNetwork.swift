import Files
import NeuralNetworks
import Runs
import Tensors

extension Network {
  /// The network that a fixture lists layer by layer; layers without parameters get names of their
  /// own.
  init(_ description: FixtureObject) throws {
    try self.init(
      Shape(try description.integers("input")), layers: try description.objects("layers"))
  }

  /// The network of some layers on inputs of a shape.
  init(_ inputShape: Shape, layers: [FixtureObject]) throws {
    self.init(
      inputShape: inputShape,
      layers: try layers.enumerated().map { index, layer in
        let type = try layer.string("type")
        let name = layer.has("name") ? try layer.string("name") : "\(type)\(index + 1)"
        return (name, try Network.layer(type, layer))
      })
  }

  private static func layer(_ type: String, _ description: FixtureObject) throws -> any Layer {
    switch type {
    case "conv2d": return try convolution(description)
    case "batch_norm": return BatchNorm(epsilon: try description.number("epsilon"))
    case "layer_norm": return LayerNorm(epsilon: try description.number("epsilon"))
    case "dense":
      return Dense(
        units: try description.integer("out"), bias: try description.boolean("bias"))
    case "relu": return Activation.relu
    case "tanh": return Activation.tanh
    case "sigmoid": return Activation.sigmoid
    case "max_pool":
      return Pool(
        .maximum,
        size: try description.integer("size"), stride: try description.integer("stride"))
    case "flatten": return Flatten()
    default: throw FixtureError("\(description.path): no layer of type \(type) is known")
    }
  }

  private static func convolution(_ description: FixtureObject) throws -> Conv2D {
    let kernel = try description.integers("kernel")
    guard kernel.count == 2, kernel[0] == kernel[1] else {
      throw FixtureError("\(description.path): Conv2D has square windows, not \(kernel)")
    }
    let padding: WindowGeometry.Padding
    switch try FixturePadding(description) {
    case .geometry(let geometry): padding = geometry
    case .zeros(let sides):
      throw FixtureError("\(description.path): Conv2D pads all sides alike, not \(sides)")
    }
    return Conv2D(
      filters: try description.integer("out"), kernel: kernel[0],
      stride: try description.integer("stride"), padding: padding,
      bias: try description.boolean("bias"))
  }
}

/// The padding of a convolution as a fixture gives it.
enum FixturePadding {
  /// One that convolutions know.
  case geometry(WindowGeometry.Padding)
  /// Zeros above, below, left and right.
  case zeros([Int])

  init(_ description: FixtureObject) throws {
    switch description.value["padding"] {
    case "same": self = .geometry(.same)
    case "valid": self = .geometry(.valid)
    case .array(let axes):
      let sides = axes.flatMap { axis -> [JSONValue] in
        if case .array(let sides) = axis { sides } else { [] }
      }.compactMap { side -> Int? in if case .integer(let count) = side { count } else { nil } }
      guard sides.count == 4 else { fallthrough }
      self = Set(sides).count == 1 ? .geometry(.explicit(sides[0])) : .zeros(sides)
    default: throw FixtureError("\(description.path): no padding that is known")
    }
  }
}
