import Files

/// Divides classes into splits by their names alone, so that everybody has the same division.
enum ClassDivision {
  /// The name that this division goes by.
  static let name = "by-digest"

  /// The positions of each split's classes: in the order of the SHA-256 of the names, the first
  /// fifth is for test, the next for validation, two classes at least, and the rest for training.
  static func positions(
    of names: [String], path: String
  ) throws(ReadError) -> [Split: [Int]] {
    guard names.count >= 6 else {
      throw ReadError(
        .damaged, file: path,
        names.count == 1
          ? "only one class, '\(names[0])'; a task needs two classes at least to tell apart."
          : "\(names.count) classes are too few to divide into training, validation and test; give "
            + "at least 6, or divide them into the folders train, val and test.")
    }
    let order = names.indices.map { (Digest.hexadecimal(Array(names[$0].utf8)), $0) }
      .sorted { $0.0 < $1.0 }.map(\.1)
    let share = max(2, names.count / 5)
    return [
      .test: order[..<share].sorted(), .validation: order[share..<2 * share].sorted(),
      .train: order[(2 * share)...].sorted(),
    ]
  }
}
