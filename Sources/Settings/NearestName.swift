/// Finds the name that somebody probably meant.
public enum NearestName {
  private static let longestCompared = 64

  /// The candidate nearest to a name, or nil where none is near; the first of equals.
  ///
  /// Distance counts inserted, removed, replaced and swapped characters, whatever their case; near
  /// is at most a third of the longer name.
  public static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
    var nearest: (candidate: String, distance: Int)?
    for candidate in candidates {
      let limit = max(1, max(name.count, candidate.count) / 3)
      let distance = distance(from: name.lowercased(), to: candidate.lowercased())
      if distance <= limit, distance < nearest?.distance ?? .max { nearest = (candidate, distance) }
    }
    return nearest?.candidate
  }

  /// What asks after the nearest candidate, such as `; did you mean 'seed'?`, or another text where
  /// none is near.
  public static func question(
    for name: String, among candidates: some Sequence<String>, orElse other: String = ""
  ) -> String {
    of(name, among: candidates).map { "; did you mean '\($0)'?" } ?? other
  }

  /// The least number of edits that turn one name into the other.
  static func distance(from left: String, to right: String) -> Int {
    let left = Array(left.prefix(longestCompared))
    let right = Array(right.prefix(longestCompared))
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, character) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var least = min(last[column + 1] + 1, current[column] + 1)
        least = min(least, last[column] + (character == other ? 0 : 1))
        if row > 0, column > 0, character == right[column - 1], left[row - 1] == other {
          least = min(least, beforeLast[column - 1] + 1)
        }
        current.append(least)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
