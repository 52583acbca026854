package import Tensors

/// Compares a gradient with differences of the number that it is of, along directions.
///
/// Along a direction v the gradient g says that the number changes by g·v. That is compared with
/// (L(p + v) - L(p - v)) / 2 for shorter and shorter v. Long steps bend or cross kinks: then the
/// slopes ahead and behind differ. Short ones are spoiled by rounding. The length decides at which
/// both together leave the least doubt.
package struct SlopeCheck {
  /// The names of the leaves.
  package let names: [String]
  /// The elements of each leaf, where the gradient is taken.
  package let start: [[Double]]
  /// The elements of the gradient of each leaf.
  package let gradient: [[Double]]
  /// The numbers that it is computed with: how far apart they are, and what follows from that.
  package let precision: GradientCheck.Precision
  /// The number for other elements of each leaf, already rounded to the precision.
  package let loss: ([[Double]]) -> Double

  package init(
    names: [String], start: [[Double]], gradient: [[Double]], precision: GradientCheck.Precision,
    loss: @escaping ([[Double]]) -> Double
  ) {
    self.names = names
    self.start = start
    self.gradient = gradient
    self.precision = precision
    self.loss = loss
  }

  /// What is found: for all leaves together the worst of some directions at random and the one along
  /// the gradient, then for each leaf the worse of two such directions.
  package func findings(directions: Int, key: RandomKey) -> [GradientCheck.Finding] {
    let here = loss(start)
    let all = Array(names.indices)
    func worst(_ leaves: [Int], _ count: Int, _ key: RandomKey, _ name: String?)
      -> GradientCheck.Finding?
    {
      let directions =
        [alongGradient(leaves)].compactMap { $0 }
        + (0..<count).map { random(leaves, key.folded($0)) }
      return directions.map { finding(name, along: $0, here: here) }
        .max { $0.isLessSevere(than: $1) }
    }
    let whole = worst(all, directions, key.folded("all"), nil)
    let each = all.map { worst([$0], 1, key.folded("leaf").folded($0), names[$0]) }
    return ([whole] + each).compactMap { $0 }
  }

  // MARK: Directions

  /// How large the elements of a leaf are, which steps are measured by.
  private func scale(_ leaf: Int) -> Double {
    let mean = start[leaf].reduce(0) { $0 + $1 * $1 } / Double(max(1, start[leaf].count))
    return mean < 1e-6 ? 0.1 : mean.squareRoot()
  }

  /// A direction at random, in which each of some leaves moves by its own size.
  private func random(_ leaves: [Int], _ key: RandomKey) -> [[Double]] {
    var direction = [[Double]](repeating: [], count: names.count)
    for leaf in leaves {
      let scale = scale(leaf)
      direction[leaf] = key.folded(leaf).normal(count: start[leaf].count).map { Double($0) * scale }
    }
    return direction
  }

  /// The direction of the gradient, in which no leaf moves by more than its own size; nil where it
  /// is zero.
  private func alongGradient(_ leaves: [Int]) -> [[Double]]? {
    let sizes = leaves.map { leaf in
      let mean = gradient[leaf].reduce(0) { $0 + $1 * $1 } / Double(max(1, gradient[leaf].count))
      return mean.squareRoot() / scale(leaf)
    }
    guard let largest = sizes.max(), largest > 0, largest.isFinite else { return nil }
    var direction = [[Double]](repeating: [], count: names.count)
    for leaf in leaves { direction[leaf] = gradient[leaf].map { $0 / largest } }
    return direction
  }

  // MARK: Slopes

  /// The slope along a direction as the gradient has it and as differences have it.
  private struct Slope {
    let expected: Double
    let measured: Double
    /// How far off differences may be, by rounding and by what bends or breaks on the way.
    let doubt: Double
  }

  private func finding(
    _ name: String?, along direction: [[Double]], here: Double
  ) -> GradientCheck.Finding {
    let usual = usualSlope(direction)
    var best = slope(along: direction, step: precision.steps[0], here: here)
    for step in precision.steps.dropFirst() {
      if best.doubt <= 0.1 * precision.tolerance * max(abs(best.measured), usual) { break }
      let shorter = slope(along: direction, step: step, here: here)
      if shorter.doubt < best.doubt { best = shorter }
    }
    return GradientCheck.Finding(
      leaf: name, expected: best.expected, measured: best.measured, usual: usual,
      doubt: best.doubt, tolerance: precision.tolerance)
  }

  /// The slope along a step of a part of a direction, there and back.
  private func slope(along direction: [[Double]], step: Double, here: Double) -> Slope {
    let (above, below) = (moved(direction, by: step), moved(direction, by: -step))
    var (expected, squares) = (0.0, 0.0)
    for leaf in names.indices where !direction[leaf].isEmpty {
      for index in start[leaf].indices {
        // Rounding makes the step another than was meant.
        let difference = above[leaf][index] - below[leaf][index]
        expected += gradient[leaf][index] * difference
        squares += difference * difference
      }
    }
    let length = max(squares.squareRoot(), .leastNormalMagnitude)
    let (ahead, behind) = (loss(above) - here, here - loss(below))
    let rounding = 32 * precision.epsilon * abs(here) / length
    return Slope(
      expected: expected / length, measured: (ahead + behind) / length,
      doubt: rounding + 2 * abs(ahead - behind) / length)
  }

  private func moved(_ direction: [[Double]], by step: Double) -> [[Double]] {
    zip(start, direction).map { elements, direction in
      direction.isEmpty
        ? elements
        : zip(elements, direction).map { precision.rounded($0 + step * $1) }
    }
  }

  /// How steep a gradient of this size usually is along a direction of this kind.
  private func usualSlope(_ direction: [[Double]]) -> Double {
    var (products, squares) = (0.0, 0.0)
    for (gradient, direction) in zip(gradient, direction) where !direction.isEmpty {
      for (slope, element) in zip(gradient, direction) {
        products += slope * slope * element * element
        squares += element * element
      }
    }
    return (products / max(squares, .leastNormalMagnitude)).squareRoot()
  }
}

extension GradientCheck.Precision {
  /// Steps as parts of the size of parameters, longest first.
  fileprivate var steps: [Double] {
    switch self {
    case .double: [1e-6, 1e-7, 1e-8]
    case .single: [0.1, 0.03, 0.01, 3e-3, 1e-3]
    }
  }

  /// How far apart numbers near 1 are.
  fileprivate var epsilon: Double {
    switch self {
    case .double: 0x1p-52
    case .single: 0x1p-23
    }
  }

  /// The nearest number that there is.
  fileprivate func rounded(_ number: Double) -> Double {
    switch self {
    case .double: number
    case .single: Double(Float(number))
    }
  }
}
