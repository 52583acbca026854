public import Tensors

/// Tasks of foretelling how a user will rate, from the first ratings of that user.
///
/// A task is a user. In the order of time the first ratings are the support, and of the later ones
/// queries are drawn, or all taken where there are no more than asked for; places that are left over
/// weigh nothing. What is known of an item is as of the moment of the query, for the support as of
/// the first query, from the ratings of others that count as background.
public struct RatingTasks: TaskDistribution {
  /// The name of the input of what is known of an item, float32 `[count]`.
  public static let featuresName = "features"
  /// The name of the input of an item's mean rating then, drawn towards that of all items, float32
  /// `[1]`.
  public static let itemMeanName = "itemMean"
  /// How many ratings of the mean of all items are added to those of an item.
  static let meanWeight = 3.0

  /// What the tasks are.
  public let name: String
  private let data: RatingData
  private let users: [Int]

  /// Makes tasks of some users.
  init(name: String, data: RatingData, users: [Int]) {
    self.name = name
    self.data = data
    self.users = users
  }

  /// What is known of an item, of which the rating is to be told.
  public var signature: Signature {
    Signature(
      inputs: [
        InputDescription(Self.featuresName, shape: [data.featureCount]),
        InputDescription(Self.itemMeanName, shape: [1]),
      ], target: .numbers(1), order: .sequence,
      metrics: [
        .absoluteError, .squaredError, .ratingGain(at: 5), .negativeLogLikelihood, .coverage90,
      ])
  }

  /// One for each user.
  public var numberedTaskCount: Int? { users.count }

  /// Throws where ways are given, or users have too few ratings.
  public func validate(_ shape: EpisodeShape) throws(TaskError) {
    try shape.validate(for: signature.target, in: name)
    guard let fewest = users.map({ data.ratings(of: $0).count }).min() else {
      throw TaskError(
        "\(name): no user has enough ratings; lower task.leastRatings, or add ratings.")
    }
    guard shape.shots < fewest else {
      throw TaskError(
        "\(name): \(shape.shots) shots, and some users have \(fewest) ratings; lower the shots, or "
          + "raise task.leastRatings.",
        possible: EpisodeShape(shots: max(1, fewest - 1), queries: shape.queries))
    }
  }

  /// The first and some later ratings of a user that a key names.
  public func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    episode(shape, number: key.folded("user").integer(below: users.count), key: key)
  }

  /// The same of the user of a number; the key chooses among the later ratings.
  public func episode(_ shape: EpisodeShape, number: Int, key: RandomKey) -> EpisodeValues {
    let own = data.ratings(of: users[number])
    let rest = Array(own.dropFirst(shape.shots))
    var chosen = Array(rest.indices)
    if rest.count > shape.queries {
      var numbers = RandomNumbers(key.folded("queries"))
      chosen = numbers.distinct(shape.queries, below: rest.count).sorted()
    }
    let moment = rest[0].time
    return EpisodeSet(
      support: data.examples(own.prefix(shape.shots).map { ($0, moment) }, places: shape.shots),
      query: data.examples(chosen.map { (rest[$0], rest[$0].time) }, places: shape.queries))
  }
}

/// Ratings with what is known of their items at any moment.
struct RatingData: Sendable {
  private let table: RatingTable
  private let history: ItemHistory
  /// Numbers that are known of each item beforehand, such as its kinds; as many of each.
  private let itemNumbers: [[Float]]
  private let ratingsOfUser: [[RatingTable.Rating]]
  /// What brings ratings to numbers around 0 of size 1.
  private let spread: Double

  private static let historyCount = 6

  /// Puts together what is known; `itemNumbers` are empty where nothing is.
  init(
    _ table: RatingTable, history: ItemHistory, itemNumbers: [[Float]] = [], spread: Double
  ) {
    self.table = table
    self.history = history
    self.itemNumbers = itemNumbers
    self.spread = spread
    var ratings = [[RatingTable.Rating]](repeating: [], count: table.users.count)
    for rating in table.ratings { ratings[Int(rating.user)].append(rating) }
    ratingsOfUser = ratings
  }

  /// The numbers that are known of an item at a moment.
  var featureCount: Int { Self.historyCount + (itemNumbers.first?.count ?? 0) }

  /// A user's ratings, the earliest first.
  func ratings(of user: Int) -> [RatingTable.Rating] { ratingsOfUser[user] }

  /// Ratings as of moments, in so many places; those left over repeat the first and weigh nothing.
  func examples(
    _ ratings: [(rating: RatingTable.Rating, moment: Double)], places: Int
  ) -> ExampleValues {
    var (features, means, targets, weights): ([Float], [Float], [Float], [Float]) = ([], [], [], [])
    features.reserveCapacity(places * featureCount)
    for place in 0..<places {
      let (rating, moment) = ratings[place < ratings.count ? place : 0]
      let known = known(of: rating, at: moment)
      features += known.features
      means.append(known.mean)
      targets.append(rating.value)
      weights.append(place < ratings.count ? 1 : 0)
    }
    return ExampleValues(
      inputs: NamedTree([
        RatingTasks.featuresName: TensorValue(features, shape: [places, featureCount]),
        RatingTasks.itemMeanName: TensorValue(means, shape: [places, 1]),
      ]), targets: TensorValue(targets, shape: [places, 1]),
      weights: ratings.count == places ? nil : TensorValue(weights, shape: [places]),
      target: .numbers(1))
  }

  private func known(
    of rating: RatingTable.Rating, at moment: Double
  ) -> (features: [Float], mean: Float) {
    let item = Int(rating.item)
    let summary = history.summary(ofItem: item, before: moment, without: rating.user)
    let weight = RatingTasks.meanWeight
    let mean = (summary.sum + weight * history.mean) / (summary.count + weight)
    let own = summary.count > 0 ? summary.sum / summary.count : history.mean
    let variance =
      summary.count > 1 ? max(0, summary.squares / summary.count - own * own) : spread * spread
    let features = [
      (mean - history.mean) / spread, (own - history.mean) / spread / 2,
      RandomKey.logarithm(1 + summary.count) / 3, RandomKey.logarithm(1 + summary.recent) / 3,
      1 / (1 + summary.count), variance.squareRoot() / spread,
    ]
    return (
      features.map(Float.init) + (itemNumbers.isEmpty ? [] : itemNumbers[item]), Float(mean)
    )
  }
}
