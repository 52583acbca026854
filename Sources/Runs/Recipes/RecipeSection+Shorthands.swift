// Keys where one number may stand for a list.
extension RecipeSection {
  /// A whole number, or a list of the least and the most, within bounds.
  func integerRange(
    _ key: String, default fallback: ClosedRange<Int>, in bounds: ClosedRange<Int>
  ) throws(RecipeError) -> ClosedRange<Int> {
    try value(
      key, default: fallback, expected: "a whole number or a list of the least and the most",
      recorded: { range in
        range.count == 1
          ? .integer(range.lowerBound)
          : .list([.integer(range.lowerBound), .integer(range.upperBound)])
      },
      parse: { (node) throws(RecipeError) -> ClosedRange<Int>? in
        guard case .list(let ends) = node.content else {
          return try parseInteger(key, node, bounds).map { $0...$0 }
        }
        guard ends.count == 2, let least = try parseInteger(key, ends[0], bounds),
          let most = try parseInteger(key, ends[1], bounds)
        else { return nil }
        guard least <= most else {
          throw RecipeError(
            .outOfBounds, node.place,
            "'\(full(key))' must be [least, most], not [\(least), \(most)]")
        }
        return least...most
      })
  }

  /// A whole number that stands for each of `count`, or a list of so many, within bounds.
  func integers(
    _ key: String, each fallback: Int, in bounds: ClosedRange<Int>, count: Int
  ) throws(RecipeError) -> [Int] {
    let expected = "a whole number or a list of \(count)"
    return try value(
      key, default: Array(repeating: fallback, count: count), expected: expected,
      recorded: { integers in
        Set(integers).count == 1
          ? .integer(integers[0]) : .list(integers.map(RecipeValue.integer))
      },
      parse: { (node) throws(RecipeError) -> [Int]? in
        guard case .list(let nodes) = node.content else {
          return try parseInteger(key, node, bounds).map { Array(repeating: $0, count: count) }
        }
        guard nodes.count == count else {
          throw RecipeError(
            .outOfBounds, node.place,
            "'\(full(key))' must be one whole number or a list of \(count), not of \(nodes.count)")
        }
        return try parseElements(key, nodes, expected) { (node) throws(RecipeError) in
          try parseInteger(key, node, bounds)
        }
      })
  }
}
