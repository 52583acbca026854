/// What a column of a table is for.
public enum ColumnRole: String, CaseIterable, Hashable, Sendable {
  /// A text that is to be told apart.
  case text
  /// The class of a row.
  case label
  /// Who rates.
  case user
  /// What is rated.
  case item
  /// How well it was liked.
  case rating
  /// When it was.
  case time

  /// The names that such columns usually have, the most usual first, in small letters.
  var usualNames: [String] {
    switch self {
    case .text: ["text", "query", "utterance", "sentence", "question", "message"]
    case .label: ["label", "intent", "category", "class"]
    case .user: ["user", "user_id", "userid", "uid", "reviewer", "reviewerid"]
    case .item:
      [
        "item", "item_id", "itemid", "iid", "movie", "movie_id", "movieid", "film", "product",
        "asin",
      ]
    case .rating: ["rating", "ratings", "score", "stars", "overall"]
    case .time: ["time", "timestamp", "date", "ds", "datetime", "unixreviewtime"]
    }
  }

  /// What it is called to people: `texts`, `classes`.
  var plural: String {
    switch self {
    case .text: "texts"
    case .label: "classes"
    case .user: "users"
    case .item: "items"
    case .rating: "ratings"
    case .time: "times"
    }
  }
}

/// The columns that a user names, where a table does not have the usual names.
public struct ColumnNames: Hashable, Sendable {
  /// The name of the column of each role that is named: a name of the header, or a number from 1 on.
  public var named: [ColumnRole: String]
  /// Whether the first line names the columns.
  public var header: Header

  /// Whether the first line of a table names its columns.
  public enum Header: String, CaseIterable, Hashable, Sendable {
    /// It is found out.
    case found
    /// It does.
    case first
    /// It is a row like the others.
    case none
  }

  /// Names columns.
  public init(_ named: [ColumnRole: String] = [:], header: Header = .found) {
    self.named = named
    self.header = header
  }

  /// How a name is compared: without capitals, spaces around it, or a type behind a colon.
  static func key(_ name: String) -> String {
    let plain = name.split(separator: ":", maxSplits: 1).first.map(String.init) ?? name
    return plain.lowercased().split(whereSeparator: { " -_\t".contains($0) }).joined(separator: "_")
  }
}
