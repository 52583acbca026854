import Files

/// Divides classes into splits by their names alone, so that everybody has the same division.
enum ClassDivision {
  /// The name that this division goes by.
  static let name = "by-digest"

  /// The number of test classes, and of validation classes, of so many.
  static func share(of count: Int) -> Int { max(2, count / 5) }

  /// The positions of each split's classes: in the order of the SHA-256 of the names, the first
  /// fifth is for test, the next for validation, two classes at least, and the rest for training.
  ///
  /// Each rotation begins a share further on in that order, so that in time all classes are tested.
  /// Without validation its classes are for training too.
  static func positions(
    of names: [String], rotation: Int = 0, hasValidation: Bool = true, path: String
  ) throws(ReadError) -> [Split: [Int]] {
    guard names.count >= 6 else {
      throw ReadError(
        .damaged, file: path,
        names.count == 1
          ? "only one class, '\(names[0])'; a task needs two classes at least to tell apart."
          : "\(names.count) classes are too few to learn from how to learn others; give at least 6, "
            + "or learn these from a run that was trained on other classes: metalearn adapt RUN "
            + "--support FOLDER --output MODEL.")
    }
    let sorted = names.indices.map { (Digest.hexadecimal(Array(names[$0].utf8)), $0) }
      .sorted { $0.0 < $1.0 }.map(\.1)
    let share = share(of: names.count)
    let start = rotation * share % names.count
    let order = sorted[start...] + sorted[..<start]
    let validated = hasValidation ? share : 0
    return [
      .test: order.prefix(share).sorted(),
      .validation: order.dropFirst(share).prefix(validated).sorted(),
      .train: order.dropFirst(share + validated).sorted(),
    ]
  }
}
