import Foundation
import MetaTasks
import Tensors
import TestMaterial
import Testing

@Suite struct RatingTableTests {
  @Test(arguments: [
    "1::0104::7::30\n2::0104::8::10\n1::0105::0.5::20\n",
    "userId,movieId,rating,timestamp\n1,0104,7,30\n2,0104,8,10\n1,0105,0.5,20\n",
    "timestamp\trating:float\titem_id:token\tuser_id:token\n30\t7\t0104\t1\n10\t8\t0104\t2\n20\t.5\t0105\t1\n",
    "{\"user\": 1, \"item\": \"0104\", \"rating\": 7, \"time\": 30}\n{\"user\": 2, \"item\": \"0104\", \"rating\": 8, \"time\": 10}\n{\"user\": 1, \"item\": \"0105\", \"rating\": 0.5, \"time\": 20}",
  ])
  func `ratings are read in the order of time`(text: String) throws {
    let table = try RatingTable(Array(text.utf8), name: "r")
    #expect(
      table.ratings.map(\.value) == [8, 0.5, 7] && table.ratings.map(\.time) == [10, 20, 30])
    #expect(table.ratings.map { table.users[Int($0.user)] } == ["2", "1", "1"])
    #expect(table.ratings.map { table.items[Int($0.item)] } == ["0104", "0105", "0104"])
  }

  @Test(arguments: [
    ("user,item,rating\na,x,3\na,y,\n", "line 3, column 'rating': a rating is missing"),
    ("user,item,rating\na,x,good\n", "line 2, column 'rating': \"good\" is not a number"),
    ("user,item,rating\na,x,3\nb,x,4\na,x,5\n", "line 4: user 'a' rates item 'x' twice"),
    ("user,item,rating\n,x,3\n", "line 2, column 'user': it is empty"),
    ("user,item,rating,time\na,x,3,\n", "line 2, column 'time': a time is missing"),
    ("user,thing,stars\na,x,3\n", "columns of users, items and ratings are needed"),
    ("user,item,rating\n", "it has no ratings"),
  ])
  func `what is wrong is told with its line`(text: String, part: String) {
    let error = #expect(throws: ReadError.self) {
      try RatingTable(Array(text.utf8), name: "r.csv")
    }
    #expect(error?.description.hasPrefix("r.csv: \(part)") == true, "\(String(describing: error))")
  }
}

@Suite struct RatingTasksTests {
  private let place: TemporaryFolder

  init() throws { place = try TemporaryFolder() }

  /// Forty users of 14 ratings each of thirty items.
  private func tasks() throws -> [Split: RatingTasks] {
    var lines = ["user,item,rating,time"]
    for user in 0..<40 {
      var numbers = RandomNumbers(RandomKey(seed: 3).folded(user))
      for (number, item) in numbers.distinct(14, below: 30).enumerated() {
        lines.append(
          "u\(user),i\(item),\(Double(numbers.integer(below: 1000)) / 100),\(100 * number + user)")
      }
    }
    let file = try place.write(Array(lines.joined(separator: "\n").utf8), to: "r.csv")
    let sets = DataSets(folders: [], cache: nil)
    let set = try sets.load("ratings:\(file.path)", ["leastRatings": "10"])
    return Dictionary(
      uniqueKeysWithValues: try Split.allCases.map { split in
        (split, try #require(set.tasks(split) as? RatingTasks))
      })
  }

  private let shape = EpisodeShape(shots: 5, queries: 12)

  @Test func `a task is a user, the first ratings its support, and empty places weigh nothing`()
    throws
  {
    let all = try tasks()
    let counts = all.mapValues { $0.numberedTaskCount ?? 0 }
    #expect(counts.values.reduce(0, +) == 40 && counts.values.allSatisfy { $0 > 0 })
    for tasks in all.values {
      try tasks.validate(shape)
      let episode = tasks.episode(shape, number: 0, key: RandomKey(seed: 1))
      #expect(episode.support.count == 5 && episode.support.weights == nil)
      #expect(episode.query.weights?.floats == [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0])
      #expect(episode.query.inputs["features"].shape == [12, 6])
      let few = tasks.episode(
        EpisodeShape(shots: 5, queries: 3), number: 0, key: RandomKey(seed: 1))
      let rest = Set(episode.query.targets.floats)
      #expect(few.query.weights == nil && few.query.targets.floats.allSatisfy(rest.contains))
      let error = #expect(throws: TaskError.self) {
        try tasks.validate(EpisodeShape(shots: 14, queries: 1))
      }
      #expect(error?.possible?.shots == 13)
    }
  }

  @Test func `of an item others' earlier ratings are known, and nothing else`() throws {
    var lines = ["user,item,rating,time"]
    for user in 0..<30 {
      var numbers = RandomNumbers(RandomKey(seed: 4).folded(user))
      for item in numbers.distinct(7, below: 9) {
        lines.append(
          "u\(user),i\(item),\(numbers.integer(below: 11)),\(numbers.integer(below: 40))")
      }
    }
    let table = try RatingTable(Array(lines.joined(separator: "\n").utf8), name: "r")
    let counts = { (user: Int) in user % 3 != 0 }
    let history = ItemHistory(table, countingUsers: counts)
    let background = table.ratings.filter { counts(Int($0.user)) }
    #expect(
      abs(history.mean - background.reduce(0) { $0 + Double($1.value) } / Double(background.count))
        < 1e-9)
    for item in 0..<9 {
      for time in stride(from: -1.0, to: 42, by: 1) {
        for user in [0, 1, 2, 17] as [Int32] {
          let known = background.filter {
            $0.item == Int32(item) && $0.time < time && $0.user != user
          }
          let found = history.summary(ofItem: item, before: time, without: user)
          let values = known.map { Double($0.value) }
          #expect(found.count == Double(known.count) && found.sum == values.reduce(0, +))
          #expect(found.squares == values.reduce(0) { $0 + $1 * $1 })
          let since = time - 39.0 / 20
          #expect(found.recent == Double(known.count { $0.time >= since }))
        }
      }
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: realData.path), "no real data"))
  func `MovieTweetings has the users and figures that are known of it`() throws {
    let sets = DataSets(folders: [realData], cache: nil)
    let set = try sets.load("movietweetings")
    let counts = Split.allCases.map { (set.tasks($0) as? RatingTasks)?.numberedTaskCount }
    #expect(counts == [1797, 105, 231])
    let test = try #require(set.tasks(.test) as? RatingTasks)
    var error = 0.0
    for number in 0..<231 {
      let episode = test.episode(
        EpisodeShape(shots: 5, queries: 320), number: number, key: RandomKey(seed: 0))
      func beyond(_ set: ExampleValues) -> [Double] {
        zip(set.targets.floats, set.inputs["itemMean"].floats).map { Double($0 - $1) }
      }
      let bias = beyond(episode.support).reduce(0, +) / 7
      let weights = episode.query.weights?.floats ?? []
      let errors = beyond(episode.query).enumerated().filter {
        weights.isEmpty || weights[$0.offset] > 0
      }
      .map { abs($0.element - bias) }
      error += errors.reduce(0, +) / Double(errors.count)
    }
    // Another implementation: 1.148 with an interval of 0.055 over users.
    #expect(abs(error / 231 - 1.148) < 0.006, "\(error / 231)")
  }
}
