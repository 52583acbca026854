import Settings
public import Tensors

/// A network that is described, but whose inputs and outputs are not known yet.
public struct NetworkPlan: Sendable {
  /// Makes the network for inputs; without a number of outputs its results are features.
  public typealias Build =
    @Sendable ([InputDescription], _ outputs: Int?) throws(NetworkError) -> Network

  private let build: Build
  private var isUntrained = false
  private var origin: Origin?

  /// The setting that names the kind of network.
  fileprivate struct Origin {
    let key: String
    let place: SettingsPlace
    let entry: NetworkEntry
    /// The kinds that there are.
    let entries: [NetworkEntry]
  }

  /// Makes a plan; `build` stops or throws where examples are too small, and need not test what the
  /// kind of network says that it takes.
  public init(_ build: @escaping Build) { self.build = build }

  /// The network for examples of such inputs: its results are [outputs], or features where there is
  /// no number of outputs.
  ///
  /// Throws, with the place of the setting at fault, where it does not take the inputs.
  public func network(
    for inputs: [InputDescription], outputs: Int?
  ) throws(NetworkError) -> Network {
    if let origin, !origin.entry.takes.accepts(inputs) { throw origin.mismatch(inputs) }
    let network: Network
    do throws(NetworkError) {
      network = try build(inputs, outputs)
    } catch {
      throw error.at(origin?.place)
    }
    if let outputs, network.outputShape != [outputs] {
      throw NetworkError("the network makes \(network.outputShape), not [\(outputs)]")
        .at(origin?.place)
    }
    return isUntrained ? network.replacing(.running, with: .support) : network
  }

  /// The plan of a network whose start nobody has trained: running statistics, which it lacks, are
  /// replaced by those of the support set.
  public var untrained: NetworkPlan {
    var plan = self
    plan.isUntrained = true
    return plan
  }

  /// The plan as one of a kind that a section names.
  func read(
    from settings: SettingsSection, by entry: NetworkEntry, among entries: [NetworkEntry]
  ) -> NetworkPlan {
    var plan = self
    plan.origin = Origin(
      key: settings.full("kind"), place: settings.place(of: "kind"), entry: entry,
      entries: entries)
    return plan
  }
}

extension NetworkPlan.Origin {
  /// The error for inputs of another sort, which names the kinds that take them.
  fileprivate func mismatch(_ inputs: [InputDescription]) -> NetworkError {
    let words = NetworkInputs.words(for: inputs)
    let others = entries.filter { $0.takes.accepts(inputs) }.map(\.name)
    let takes = "\(entry.name) takes \(entry.takes.words)"
    guard !others.isEmpty else {
      return NetworkError("'\(key)': \(takes), and inputs are \(words)").at(place)
    }
    return NetworkError(
      "'\(key)' must be \(others.joined(separator: " or ")) where inputs are \(words); \(takes)"
    ).at(place)
  }
}
