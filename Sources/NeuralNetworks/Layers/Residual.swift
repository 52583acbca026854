import Settings
public import Tensors

/// x + f(x): a layer whose result is added to what it reads (He, Zhang, Ren and Sun 2016).
///
/// Where f changes the shape, a projection brings x to it: p(x) + f(x). The parameters of f have
/// the names that f gives them, those of the projection stand below `projection`.
public struct Residual: SingleInputLayer {
  private static let projectionName = "projection"

  /// What is added, f.
  public let body: any Layer
  /// What brings x to the shape of f(x); nil: x is added as it is.
  public let projection: (any Layer)?

  /// Makes a residual layer.
  public init(_ body: any Layer, projection: (any Layer)? = nil) {
    self.body = body
    self.projection = projection
  }

  /// Makes a residual layer of named layers one after another.
  public init(
    _ layers: [(name: String, layer: any Layer)], projection: (any Layer)? = nil
  ) {
    self.init(Sequential(layers), projection: projection)
  }

  /// The shape of f(x), which must be that of what it is added to.
  public func outputShape(for inputShape: Shape) throws(NetworkError) -> Shape {
    let inputs = Self.described(inputShape)
    let result = try body.outputShape(for: inputs)
    var skipped = inputShape
    if let projection {
      do throws(NetworkError) {
        skipped = try projection.outputShape(for: inputs)
      } catch {
        throw error.within(Self.projectionName)
      }
    }
    guard skipped == result else {
      throw NetworkError(
        "adds \(result) to \(skipped); give it a projection to the shape of what its layers make")
    }
    return result
  }

  /// The parameters of f, and those of the projection below `projection`.
  public func parameterDefinitions(
    for inputs: [InputDescription]
  ) throws(NetworkError) -> ParameterDefinitions {
    _ = try outputShape(for: inputs)
    var definitions = try body.parameterDefinitions(for: inputs)
    if let projection {
      definitions.append(
        try projection.parameterDefinitions(for: inputs), below: Self.projectionName)
    }
    return definitions
  }

  /// The modes of f and of the projection.
  public var normalizationModes: Set<NormalizationMode> {
    body.normalizationModes.union(projection?.normalizationModes ?? [])
  }

  /// The same with changed normalization layers in f and in the projection.
  public func changingNormalizations(_ change: (BatchNorm) -> BatchNorm) -> any Layer {
    Residual(
      body.changingNormalizations(change),
      projection: projection?.changingNormalizations(change))
  }

  /// x, or its projection, plus f(x).
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    let skipped =
      projection.map {
        context.apply($0, named: Self.projectionName, to: [inputs], parameters)
      } ?? inputs
    return skipped + body([inputs], parameters, &context)
  }

  private static func described(_ shape: Shape) -> [InputDescription] {
    [InputDescription("inputs", shape: shape)]
  }
}

extension LayerEntry {
  /// Layers whose result is added to what they read.
  public static let residual = LayerEntry(
    "residual", "Layers whose result is added to what they read."
  ) { (settings, reader) throws(SettingsError) in
    let layers = try reader.layers(in: settings)
    guard settings.isWritten("projection") else { return Residual(layers) }
    return Residual(
      layers,
      projection: try reader.layer(
        try settings.section(
          "projection", "The layer that brings what they read to the shape of what they make.")))
  }
}
