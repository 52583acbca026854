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
}
