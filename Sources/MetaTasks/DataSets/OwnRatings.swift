import Files
import Foundation
import Settings

/// The user's own ratings: a table of users, items, ratings and times.
///
/// Users are divided by the digests of their names.
public enum OwnRatings {
  /// The set as recipes name it.
  public static let entry = DataSetEntry(
    "ratings", "your own ratings of items by users, in a table", origin: .own,
    divisions: [ClassDivision.name]
  ) { (settings) throws(SettingsError) in
    let columns = try settings.columns([.user, .item, .rating, .time])
    let leastRatings = try LeastRatings(settings)
    return DataSetPlan.ratings { files in
      try load(from: try files.location(), columns: columns, leastRatings: leastRatings)
    }
  }

  /// Reads a table of ratings.
  static func load(
    from url: URL, columns: ColumnNames, leastRatings: LeastRatings
  ) throws -> LoadedDataSet {
    let table = try RatingTable(url, columns)
    let digests = table.users.map { Digest.hexadecimal(Array($0.utf8)) }
    return LoadedDataSet.ratings(
      url.deletingPathExtension().lastPathComponent, identity: entry.name,
      classSplit: ClassDivision.name, checksums: ["ratings": try DataCache.digest(of: url)],
      table: table, leastRatings: leastRatings,
      split: { user in
        // Three of sixteen users for test and as many for validation, by the first digit.
        switch digests[user].first.flatMap(\.hexDigitValue) ?? 0 {
        case 0..<3: .test
        case 3..<6: .validation
        default: .train
        }
      })
  }
}
