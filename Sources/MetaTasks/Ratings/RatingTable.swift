public import Foundation

/// Ratings of items by users, in the order of their moments.
public struct RatingTable: Sendable {
  /// One rating.
  public struct Rating: Hashable, Sendable {
    /// The number of the user.
    public let user: Int32
    /// The number of the item.
    public let item: Int32
    /// How well it was liked.
    public let value: Float
    /// When, in whatever unit the file has; the line of the file where it has none.
    public let time: Double
  }

  /// The ratings, the earliest first, those of one moment in the order of the file.
  public let ratings: [Rating]
  /// The names of the users by their numbers.
  public let users: [String]
  /// The names of the items by their numbers.
  public let items: [String]
  /// How the file is written, and what its columns are, for people.
  public let words: String

  /// Reads a table with columns of users, items and ratings, and of times where it has them.
  ///
  /// Without a header the columns are in this order. Throws, with file and line, where a rating is
  /// missing or no number, or a user rates an item twice.
  public init(_ url: URL, _ names: ColumnNames = ColumnNames()) throws(ReadError) {
    try self.init(try TableReader(url, names), name: url.path)
  }

  /// The same from memory; `name` is what errors call it.
  package init(_ bytes: [UInt8], name: String) throws(ReadError) {
    try self.init(try TableReader(bytes, name: name), name: name)
  }

  private init(_ table: TableReader, name: String) throws(ReadError) {
    let columns = try Self.columns(of: table, name: name)
    var (users, items) = (Numbering(), Numbering())
    var ratings: [Rating] = []
    var seen: Set<UInt64> = []
    while let row = try table.next() {
      let (user, item) = (
        users.number(of: try row.name(columns.user)), items.number(of: try row.name(columns.item))
      )
      guard let value = try row.number(columns.rating) else {
        throw row.error("a rating is missing.", column: columns.rating)
      }
      var time = Double(row.line)
      if let column = columns.time {
        guard let given = try row.number(column) else {
          throw row.error("a time is missing.", column: column)
        }
        time = given
      }
      guard seen.insert(UInt64(user) << 32 | UInt64(item)).inserted else {
        throw row.error(
          "user '\(users.names[Int(user)])' rates item '\(items.names[Int(item)])' twice; keep one of "
            + "the two.")
      }
      ratings.append(Rating(user: user, item: item, value: Float(value), time: time))
    }
    guard !ratings.isEmpty else { throw ReadError(.damaged, file: name, "it has no ratings.") }
    // Sorting is not stable by itself.
    let order = ratings.indices.sorted { (ratings[$0].time, $0) < (ratings[$1].time, $1) }
    self.ratings = order.map { ratings[$0] }
    self.users = users.names
    self.items = items.names
    let used = [columns.user, columns.item, columns.rating] + (columns.time.map { [$0] } ?? [])
    words =
      "\(table.format.words); users, items, ratings and times in "
      + used.map { "'\(table.format.columns[$0])'" }.joined(separator: ", ")
  }

  private static func columns(
    of table: TableReader, name: String
  ) throws(ReadError) -> (user: Int, item: Int, rating: Int, time: Int?) {
    let count = table.format.columns.count
    let found = (
      try table.column(.user), try table.column(.item), try table.column(.rating),
      try table.column(.time)
    )
    switch found {
    case (let user?, let item?, let rating?, let time): return (user, item, rating, time)
    case (nil, nil, nil, nil) where !table.format.hasHeader && count >= 3:
      return (0, 1, 2, count > 3 ? 3 : nil)
    default:
      throw ReadError(
        .damaged, file: name,
        "columns of users, items and ratings are needed, and there is \(table.format.words); name them "
          + "by task.user, task.item, task.rating and task.time.")
    }
  }

  /// Numbers names in the order in which they come.
  private struct Numbering {
    private(set) var names: [String] = []
    private var numbers: [String: Int32] = [:]

    mutating func number(of name: String) -> Int32 {
      if let number = numbers[name] { return number }
      let number = Int32(names.count)
      numbers[name] = number
      names.append(name)
      return number
    }
  }
}
