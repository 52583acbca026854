/// What others had said of items before a moment.
///
/// Counts and means of a film that include later ratings tell the future: every figure here is as of
/// the moment that is asked about, and without the ratings of who is asked.
package struct ItemHistory: Sendable {
  /// The sums of an item's ratings before a moment.
  package struct Summary: Hashable, Sendable {
    /// How many there were.
    package var count = 0.0
    /// Their sum.
    package var sum = 0.0
    /// The sum of their squares.
    package var squares = 0.0
    /// How many there were in the last part of the time before.
    package var recent = 0.0
  }

  /// The ratings of one item, the earliest first, with the sums of those before each.
  private struct Series {
    var times: [Double] = []
    var values: [Double] = []
    var users: [Int32] = []
    var sums: [Summary] = [Summary()]
  }

  private var series: [Series]
  /// The mean of all ratings.
  package let mean: Double
  /// The length of time that counts as recent.
  private let recently: Double

  /// The history in ratings of the users that count, the earliest first.
  package init(_ table: RatingTable, countingUsers counts: (Int) -> Bool) {
    series = [Series](repeating: Series(), count: table.items.count)
    var (total, count) = (0.0, 0.0)
    for rating in table.ratings where counts(Int(rating.user)) {
      let value = Double(rating.value)
      total += value
      count += 1
      let item = Int(rating.item)
      var sums = series[item].sums[series[item].sums.count - 1]
      sums.count += 1
      sums.sum += value
      sums.squares += value * value
      series[item].times.append(rating.time)
      series[item].values.append(value)
      series[item].users.append(rating.user)
      series[item].sums.append(sums)
    }
    mean = count > 0 ? total / count : 0
    let (first, last) = (table.ratings.first?.time ?? 0, table.ratings.last?.time ?? 0)
    recently = (last - first) / 20
  }

  /// What others than a user had said of an item before a moment.
  package func summary(ofItem item: Int, before time: Double, without user: Int32) -> Summary {
    let series = series[item]
    let end = Self.count(of: series.times, before: time)
    var summary = series.sums[end]
    summary.recent = Double(end - Self.count(of: series.times, before: time - recently))
    if let own = series.users[..<end].firstIndex(of: user) {
      let value = series.values[own]
      summary.count -= 1
      summary.sum -= value
      summary.squares -= value * value
      if series.times[own] >= time - recently { summary.recent -= 1 }
    }
    return summary
  }

  /// How many of increasing times are before a moment.
  private static func count(of times: [Double], before time: Double) -> Int {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] < time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
