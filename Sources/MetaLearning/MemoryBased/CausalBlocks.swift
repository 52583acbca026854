package import NeuralNetworks
package import Tensors

/// Causal layers one after the other, each of which adds its results to the features that it read:
/// `[time, features]` becomes `[time, width]`.
///
/// What a layer read of a position are the first of that position's features in the end, so that
/// these are all that a sequence needs to be continued.
package struct CausalBlocks: Sendable {
  /// A layer with its name.
  package typealias Block = (name: String, layer: any CausalLayer)

  private let blocks: [Block]
  /// The extent of the features in the end.
  package let width: Int
  /// The parameters by the names of the layers.
  package let definitions: ParameterDefinitions

  /// Puts layers on so many features; stops where a layer does not take what it would read.
  package init(_ blocks: [Block], on features: Int) {
    var (width, definitions) = (features, ParameterDefinitions())
    for (name, layer) in blocks {
      let read = [InputDescription("inputs", shape: [1, width])]
      do throws(NetworkError) {
        definitions.append(try layer.parameterDefinitions(for: read), below: name)
        width += try layer.outputShape(for: read)[1]
      } catch {
        fatalError("\(error).")
      }
    }
    self.blocks = blocks
    self.width = width
    self.definitions = definitions
  }

  /// The features `[n, time, width]` of sequences `[n, time, features]`.
  package func callAsFunction(_ sequences: Tensor, _ parameters: Parameters) -> Tensor {
    var context = NetworkContext()
    return blocks.reduce(sequences) { read, block in
      let added = context.apply(block.layer, named: block.name, to: [read], parameters)
      return Tensor.concatenating([read, added], along: -1)
    }
  }

  /// The features `[n, width]` at the position after a sequence whose features are `[time, width]`,
  /// for each of n that might stand there.
  package func next(_ rows: Tensor, after past: Tensor, _ parameters: Parameters) -> Tensor {
    blocks.reduce(rows) { read, block in
      let seen = past.slice(along: 1, from: 0, to: read.shape[1])
      let added = block.layer.next(read, after: seen, parameters.below(block.name))
      return Tensor.concatenating([read, added], along: 1)
    }
  }
}
