import NeuralNetworks
package import Tensors

/// Features of examples in the light of all others of their task.
///
/// Vinyals, Blundell, Lillicrap, Kavukcuoglu and Wierstra 2016, arXiv 1606.04080, section 2.1.2 and
/// appendix A.
///
/// Support examples, one after the other: g(x_i) = forward_i + backward_i + g'(x_i), with the states
/// of two LSTMs that read the features g' from the first to the last and from the last to the
/// first. A query takes steps of its own, from h = 0: r <- Σ_i a_i g(x_i) with a the softmax of
/// h · g(x_i), which is uniform to begin with, and h <- LSTM(f', [h, r]) + f', whose hidden state is [h, r]; its
/// feature is the last h. The order of support examples matters; those of weight 0 are passed over.
package struct FullContextEmbedding: Sendable {
  /// How many features there are.
  package let featureCount: Int
  /// The steps in which a query looks at the support set; the paper names no number.
  package let steps: Int

  /// Names the parameters among a learner's.
  static let name = "context"
  private static let readers = ["forward", "backward", "attention"]

  /// Makes an embedding.
  package init(featureCount: Int, steps: Int) {
    self.featureCount = featureCount
    self.steps = steps
  }

  private var reader: LSTM { LSTM(units: featureCount) }

  /// The parameters of the three LSTMs; that of queries reads f' and r.
  func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = ParameterValues()
    for (name, inputs) in zip(FullContextEmbedding.readers, [1, 1, 2]) {
      parameters.append(
        reader.initialParameters(for: [1, inputs * featureCount], key: key.folded(name)),
        below: name)
    }
    return parameters
  }

  /// The features `[examples, features]` of a support set.
  package func support(
    _ features: Tensor, weights: Tensor?, _ parameters: Parameters
  ) -> Tensor {
    let places = Array(0..<features.shape[0])
    let forward = states(features, weights, places, parameters.below("forward"))
    let backward = states(features, weights, places.reversed(), parameters.below("backward"))
    return forward + backward + features
  }

  /// The features `[queries, features]` of queries, each by itself, for those of a support set.
  package func queries(
    _ features: Tensor, among support: Tensor, weights: Tensor, _ parameters: Parameters
  ) -> Tensor {
    let own = parameters.below("attention")
    var state = reader.initialState(count: features.shape[0])
    for _ in 0..<steps {
      let likeness = matrixProduct(state["hidden"], support, transposingRight: true)
      let attention = SupportMemory.counted(likeness, weights: weights).softmax(along: 1)
      let recalled = matrixProduct(attention, support)
      let next = reader.step(Tensor.concatenating([features, recalled], along: 1), state, own)
      state = Parameters(["hidden": next["hidden"] + features, "cell": next["cell"]])
    }
    return state["hidden"]
  }

  /// The hidden state `[examples, features]` after each example, read in an order of places.
  private func states(
    _ features: Tensor, _ weights: Tensor?, _ places: [Int], _ parameters: Parameters
  ) -> Tensor {
    var state = reader.initialState(count: 1)
    var hidden = [Tensor](repeating: state["hidden"], count: places.count)
    for place in places {
      let next = reader.step(
        features.slice(along: 0, from: place, to: place + 1), state, parameters)
      let weight = weights?.slice(along: 0, from: place, to: place + 1)
      state = next.zip(state) { next, before in
        weight.map { select(Tensor.fill(0).isLess(than: $0), next, before) } ?? next
      }
      hidden[place] = state["hidden"]
    }
    return Tensor.concatenating(hidden, along: 0)
  }
}
