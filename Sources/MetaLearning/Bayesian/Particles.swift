import MetaTasks
public import NeuralNetworks
public import Tensors

/// Several networks of one form side by side: samples of what a network could be.
///
/// Each leaf of their parameters, and of what their layers measure, has an axis of particles in
/// front. Where all layers carry such an axis, one pass serves all particles. Elsewhere, as with
/// convolutions, the program has a pass for each.
public struct Particles: Sendable {
  /// The network that each of them is.
  public let network: Network
  /// How many there are.
  public let count: Int

  /// Takes a network so many times; stops where that is never.
  public init(of network: Network, count: Int) {
    guard count > 0 else { fatalError("There is at least one particle, not \(count).") }
    self.network = network
    self.count = count
  }

  /// The parameters of the network `[particles, ...]`, as a learner's; each particle has a
  /// beginning of its own.
  public func initialSubtree(_ key: RandomKey) -> ParameterValues {
    let each = (0..<count).map { network.initialSubtree(key.folded($0)) }
    return each[0].mapEntries { entry in .stacking(each.map { $0[entry.name] }) }
  }
}

// MARK: Passes

extension Particles {
  /// The results `[particles, n, ...]` for a set of examples, whose weights count in statistics.
  func callAsFunction(_ examples: Examples, _ parameters: Parameters) -> Tensor {
    each(of: parameters, for: examples.inputs) { inputs, own in
      var context = NetworkContext(exampleWeights: examples.weights)
      return network(inputs, own, &context)
    }
  }

  /// The results `[particles, n, ...]` for inputs, each of which is answered by itself.
  func inductiveResults(for inputs: Inputs, with adapted: Parameters) -> Tensor {
    each(of: adapted, for: inputs) { network.inductiveResults(for: $0, with: $1) }
  }

  /// The results `[particles, n, ...]` for inputs, normalised by these inputs themselves.
  func transductiveResults(for inputs: Inputs, with adapted: Parameters) -> Tensor {
    each(of: adapted, for: inputs) { network.transductiveResults(for: $0, with: $1) }
  }

  /// Parameters together with what layers of each particle measure of a support set.
  func withStatistics(of support: Examples, _ parameters: Parameters) -> Parameters {
    guard network.normalises else { return parameters }
    if network.carriesLeadingAxis {
      var all = support
      all.inputs = support.inputs.map(repeatedForAll)
      return network.withStatistics(of: all, parameters)
    }
    let each = (0..<count).map { network.withStatistics(of: support, particle($0, parameters)) }
    return each[0].mapEntries { entry in stacked(each.map { $0[entry.name] }) }
  }

  private func each(
    of parameters: Parameters, for inputs: Inputs, _ results: (Inputs, Parameters) -> Tensor
  ) -> Tensor {
    if network.carriesLeadingAxis { return results(inputs.map(repeatedForAll), parameters) }
    return stacked((0..<count).map { results(inputs, particle($0, parameters)) })
  }

  private func repeatedForAll(_ tensor: Tensor) -> Tensor {
    tensor.insertingAxis(at: 0).broadcast(to: [count] + tensor.shape)
  }

  /// The leaves of one particle.
  private func particle(_ number: Int, _ parameters: Parameters) -> Parameters {
    parameters.map { leaf in
      leaf.slice(along: 0, from: number, to: number + 1)
        .reshaped(Shape(Array(leaf.shape.dimensions.dropFirst())))
    }
  }

  private func stacked(_ tensors: [Tensor]) -> Tensor {
    .concatenating(tensors.map { $0.insertingAxis(at: 0) }, along: 0)
  }
}
