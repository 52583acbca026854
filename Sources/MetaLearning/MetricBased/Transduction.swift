import Settings
package import Tensors

/// Ways of classing all queries of a task together by distances to prototypes.
///
/// What they give depends on which other queries there are, and so it is only ever shown beside the
/// inductive figure.
public struct Transduction: Sendable, Hashable {
  /// What queries do for each other.
  public enum Method: String, Codable, Hashable, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// Prototypes move to the weighted mean of the support set and of the queries that are likely
    /// theirs: soft k-means (Ren et al. 2018, arXiv 1803.00676, section 3.1.1, with the queries as
    /// the unlabelled examples).
    case softKMeans
    /// Queries that are near each other get like answers: the bound updates of LaplacianShot (Ziko et
    /// al. 2020, arXiv 2006.15486, equation 12), without its shift of prototypes.
    case laplacian
  }

  /// What queries do for each other.
  public var method: Method
  /// How often.
  public var steps: Int
  /// How much neighbours count against distances to prototypes, λ of LaplacianShot.
  public var neighbourWeight: Double
  /// The neighbours of a query.
  public var neighbours: Int

  /// Describes a way.
  public init(
    _ method: Method, steps: Int = 10, neighbourWeight: Double = 1, neighbours: Int = 3
  ) {
    self.method = method
    self.steps = steps
    self.neighbourWeight = neighbourWeight
    self.neighbours = neighbours
  }

  /// No query does anything for another.
  public static let none = Transduction(.none)

  /// Logits `[queries, classes]` of features `[queries, features]` by prototypes `[classes,
  /// features]`, of which each is the mean of so many examples `[classes]`.
  package func logits(_ features: Tensor, _ prototypes: Tensor, counts: Tensor) -> Tensor {
    switch method {
    case .none: squaredDistanceLogits(features, prototypes)
    case .softKMeans:
      squaredDistanceLogits(features, movedPrototypes(features, prototypes, counts))
    case .laplacian: smoothed(squaredDistanceLogits(features, prototypes), features)
    }
  }

  private func movedPrototypes(
    _ features: Tensor, _ prototypes: Tensor, _ counts: Tensor
  ) -> Tensor {
    let support = prototypes * counts.insertingAxis(at: 1)
    return (0..<steps).reduce(prototypes) { moved, _ in
      let membership = squaredDistanceLogits(features, moved).softmax()
      let sums = support + matrixProduct(membership, features, transposingLeft: true)
      return sums / (counts + membership.sum(along: [0])).insertingAxis(at: 1)
    }
  }

  private func smoothed(_ logits: Tensor, _ features: Tensor) -> Tensor {
    let affinity = neighbourhood(features)
    return (0..<steps).reduce(logits) { smoothed, _ in
      logits + matrixProduct(affinity, smoothed.softmax()) * neighbourWeight
    }
  }

  /// Which of the other queries are among a query's nearest, made symmetric: `[queries, queries]`.
  private func neighbourhood(_ features: Tensor) -> Tensor {
    let count = features.shape[0]
    let isSelf = Tensor.positions(along: 0, shape: [count, count])
      .isEqual(to: Tensor.positions(along: 1, shape: [count, count]))
    let far = Tensor.fill(-1e30, shape: [count, count])
    var closeness = select(isSelf, far, squaredDistanceLogits(features, features))
    var nearest = Tensor.fill(0, shape: [count, count])
    for _ in 0..<min(neighbours, count - 1) {
      let next = closeness.argumentMaximum(along: 1).oneHot(count)
      nearest = nearest + next
      closeness = select(next, far, closeness)
    }
    return (nearest + nearest.transposed([1, 0])) * 0.5
  }
}

extension SettingsSection {
  /// How all queries of a task may be classed together.
  func transduction() throws(SettingsError) -> Transduction {
    let method = try choice(
      "transduction",
      "What queries do for each other in the transductive figure; the inductive one stays.",
      default: Transduction.Method.none)
    guard method != .none else { return .none }
    var transduction = Transduction(method)
    transduction.steps = try integer(
      "transductionSteps", "How often.", default: transduction.steps, in: 1...100)
    guard method == .laplacian else { return transduction }
    transduction.neighbourWeight = try number(
      "neighbourWeight", "How much neighbours count against distances to prototypes.",
      default: transduction.neighbourWeight, .positive)
    transduction.neighbours = try integer(
      "neighbours", "The neighbours of a query.", default: transduction.neighbours, in: 1...20)
    return transduction
  }
}
