import Settings
public import Tensors

/// Several views of an example side by side, each of a learned length, so that products of features
/// are sums of kernels with learned weights.
///
/// A view is an input of numbers, float32 [...], or a bag: tokens int32 [time] and after them, among
/// the inputs, their weights float32 [time]. Other int32 inputs are not read. Layers are `bag1`,
/// `length1`, `length2`, ..., `joined`, and the `head` where there are `outputs`. Throws where there
/// is no view.
public func joined(
  _ inputs: [InputDescription], outputs: Int? = nil
) throws(NetworkError) -> Network {
  var nodes: [Network.Node] = []
  var read: [InputDescription] = []
  var views: [String] = []
  for view in inputViews(of: inputs) {
    let number = views.count + 1
    let names = view.map(\.name)
    if view.count == 2 { nodes.append(.init("bag\(number)", Bag(), reading: names)) }
    nodes.append(
      .init("length\(number)", UnitLength(), reading: view.count == 2 ? ["bag\(number)"] : names))
    read += view
    views.append("length\(number)")
  }
  guard !views.isEmpty else {
    throw NetworkError("joins inputs of numbers and bags of tokens, not \(inputs.inWords)")
  }
  nodes.append(.init("joined", Concatenate(), reading: views))
  if let outputs { nodes.append(.init("head", Dense(units: outputs))) }
  return try Network(inputs: read, nodes: nodes)
}

/// The inputs by views: one of numbers alone, or tokens with their weights.
func inputViews(of inputs: [InputDescription]) -> [[InputDescription]] {
  var views: [[InputDescription]] = []
  var weights: Set<String> = []
  for (position, input) in inputs.enumerated() where input.shape.rank > 0 {
    if input.elementType == .float32 {
      if !weights.contains(input.name) { views.append([input]) }
    } else if input.shape.rank == 1,
      let own = inputs[position...].first(where: {
        $0.elementType == .float32 && $0.shape == input.shape && !weights.contains($0.name)
      })
    {
      weights.insert(own.name)
      views.append([input, own])
    }
  }
  return views
}

extension NetworkEntry {
  /// Views side by side.
  public static let joined = NetworkEntry(
    "joined", "Bags of tokens and inputs of numbers side by side, each of a learned length.",
    takes: .views
  ) { (_, _) throws(SettingsError) in
    NetworkPlan { (inputs, outputs) throws(NetworkError) in
      try NeuralNetworks.joined(inputs, outputs: outputs)
    }
  }
}
