import Files
import Foundation
import Settings
import Tensors

/// MovieTweetings: 100,000 ratings of films by people who posted them in 2013, each user a task.
///
/// Users with at least 20 ratings are divided by their number modulo 10: 0 to 6 for training, 7 for
/// validation, 8 and 9 for test. The ratings of training users, and of all with fewer, are the
/// background that films are known by. The division is this project's own. Dooms, De Pessemier and
/// Martens, MovieTweetings: a movie rating dataset collected from Twitter, 2013.
public enum MovieTweetings {
  private static let name = "movietweetings"
  private static let division = "by-user"
  private static let ratingFiles = ["ratings.dat.gz", "ratings.dat"]
  private static let filmFiles = ["movies.dat.gz", "movies.dat"]

  /// The set as recipes name it.
  public static let entry = DataSetEntry(
    name, "100,000 ratings of films, a user a task",
    origin: .published(
      files: ratingFiles, downloads: []), divisions: [division]
  ) { (settings) throws(SettingsError) in
    let leastRatings = try LeastRatings(settings)
    return DataSetPlan.ratings { files in
      try load(from: try files.location(), leastRatings: leastRatings, cache: files.cache)
    }
  }

  /// Reads the set from the folder that holds `ratings.dat` and `movies.dat`, plain or .gz.
  static func load(from folder: URL, leastRatings: LeastRatings, cache: DataCache?) throws
    -> LoadedDataSet
  {
    let ratings = try DataSource.file(ratingFiles, in: folder, of: name)
    let films = try DataSource.file(filmFiles, in: folder, of: name)
    let table = try RatingTable(ratings.url)
    let split = { (user: Int) -> Split in
      switch (Int(table.users[user]) ?? 0) % 10 {
      case 7: .validation
      case 8, 9: .test
      default: .train
      }
    }
    return LoadedDataSet.ratings(
      name, classSplit: division,
      checksums: try DataSource.checksums(of: [ratings, films], cache: cache), table: table,
      itemNumbers: try numbers(ofFilms: films.url, table), leastRatings: leastRatings, split: split)
  }

  /// Of each film its kinds, as 0 or 1 each, and how long before 2013 it was made.
  private static func numbers(
    ofFilms url: URL, _ table: RatingTable
  ) throws(ReadError) -> [[Float]] {
    let reader = try TableReader(url, ColumnNames(header: .none))
    guard reader.format.columns.count == 3 else {
      throw ReadError(
        .damaged, file: url.path, "rows 'film::title (year)::kind|kind' are wanted.")
    }
    var described: [String: (kinds: [Substring], year: Int?)] = [:]
    var kinds: Set<Substring> = []
    while let row = try reader.next() {
      let own = row.text(2).split(separator: "|")
      kinds.formUnion(own)
      let year = Int(row.text(1).split(separator: "(").last?.prefix(4) ?? "")
      described[row.text(0)] = (own, year)
    }
    let order = kinds.sorted()
    return table.items.map { item in
      let film = described[item]
      let age = film?.year.map { Float(2013 - $0) / 20 }
      return order.map { film?.kinds.contains($0) == true ? 1 : 0 }
        + [age.map { min($0, 4) } ?? 0, age == nil ? 1 : 0]
    }
  }
}

extension DataSetPlan {
  /// A plan for ratings, a user a task.
  static func ratings(
    load: @escaping @Sendable (DataSetFiles) throws -> LoadedDataSet
  ) -> DataSetPlan {
    DataSetPlan(target: .numbers(1), episodes: .ofRatings, usualNetwork: "joined", load: load)
  }
}

extension UsualEpisodes {
  /// 5 ratings to learn from; in evaluation all that follow, where there are not more than 320.
  static let ofRatings = UsualEpisodes(ways: nil, shots: 5, queries: 15, evaluationQueries: 320)
}

/// How many ratings a user has at least who is a task.
struct LeastRatings: Sendable {
  /// Of validation and test.
  let judging: Int
  /// Of training.
  let training: Int

  /// Reads the keys of a data set of ratings.
  init(_ settings: SettingsSection) throws(SettingsError) {
    judging = try settings.integer(
      "leastRatings", "How many ratings a user has at least who is a task of validation or test.",
      default: 20, in: 2...1_000_000)
    training = try settings.integer(
      "leastTrainingRatings", "How many ratings a user has at least who is a task of training.",
      default: min(10, judging), in: 2...1_000_000)
  }
}

extension LoadedDataSet {
  /// A data set of ratings, divided by users.
  static func ratings(
    _ name: String, identity: String? = nil, classSplit: String, checksums: [String: String],
    table: RatingTable, itemNumbers: [[Float]] = [], leastRatings: LeastRatings,
    split: (Int) -> Split
  ) -> LoadedDataSet {
    var counts = [Int](repeating: 0, count: table.users.count)
    for rating in table.ratings { counts[Int(rating.user)] += 1 }
    let isTask = counts.map { $0 >= leastRatings.judging }
    let isBackground = table.users.indices.map { !isTask[$0] || split($0) == .train }
    let history = ItemHistory(table) { isBackground[$0] }
    let squares = table.ratings.reduce(0) { sum, rating in
      let difference = Double(rating.value) - history.mean
      return sum + difference * difference
    }
    let spread = max(1e-6, (squares / Double(table.ratings.count)).squareRoot())
    let data = RatingData(table, history: history, itemNumbers: itemNumbers, spread: spread)
    var tasks: [Split: any TaskFamily] = [:]
    var checksums = checksums
    for part in Split.allCases {
      let least = part == .train ? leastRatings.training : leastRatings.judging
      let users = table.users.indices.filter { counts[$0] >= least && split($0) == part }
        .sorted { precedesInBytes(table.users[$0], table.users[$1]) }
      checksums["\(part.rawValue) users"] = Digest.hexadecimal(
        ofLines: users.map { table.users[$0] })
      tasks[part] = RatingTasks(name: "\(name), \(part.rawValue)", data: data, users: users)
    }
    return LoadedDataSet(
      name: name, identity: identity, classSplit: classSplit, checksums: checksums, tasks: tasks)
  }
}
