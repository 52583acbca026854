import Tensors

extension NamedTree where Leaf == Tensor {
  /// The numbers of all leaves below one another, `[n, 1]`, as rules read them that treat each
  /// number alike.
  var inColumn: Tensor {
    Tensor.concatenating(leaves.map { $0.reshaped([-1, 1]) }, along: 0)
  }

  /// A tree like this one of numbers `[n, 1]`.
  func split(_ column: Tensor) -> Parameters {
    var start = 0
    return map { leaf in
      let end = start + leaf.shape.elementCount
      defer { start = end }
      return column.slice(along: 0, from: start, to: end).reshaped(leaf.shape)
    }
  }
}
