import Files

/// Finds examples that are there more than once: to the byte by their digests, and nearly, from split
/// to split, by their outlines.
///
/// Outlines of pictures are near where at most 8 of 64 signs (brighter than the picture's mean or
/// not) differ and their correlation is 0.97 or more; those of texts, where the words are the same.
public struct DuplicateSearch: Sendable {
  /// One example, by where it is.
  public struct Place: Hashable, Sendable {
    /// The part of the data.
    public let split: Split
    /// The name of its class.
    public let category: String
    /// Its number in the class.
    public let number: Int

    /// The place in words.
    public var words: String { "\(split.rawValue) \(category) number \(number)" }
  }

  /// Examples of each class that repeat another one of it.
  public private(set) var withinClasses = 0
  /// Examples that are in another class of their split too.
  public private(set) var betweenClasses = 0
  /// Examples that are in an earlier split too.
  public private(set) var acrossSplits = 0
  /// Further examples that an earlier split nearly has.
  public private(set) var nearlyAcrossSplits = 0
  /// Some that are in an earlier split, or nearly, each after what it repeats.
  public private(set) var pairs: [(first: Place, second: Place)] = []
  /// Examples that were looked at.
  public private(set) var exampleCount = 0

  private static let shownCount = 5
  /// The most examples of a split that are compared with those of others one by one.
  private static let comparedCount = 40_000

  /// Searches splits, in their order.
  public init(_ splits: [(split: Split, tasks: any StoredExamples)]) {
    var known: [String: Place] = [:]
    var earlier: [Outlined] = []
    for (split, tasks) in splits {
      var own: [String: Place] = [:]
      var outlined: [Outlined] = []
      let total = tasks.storedClasses.reduce(0) { $0 + $1.count }
      let stride = max(1, (total + Self.comparedCount - 1) / Self.comparedCount)
      for (number, category) in tasks.storedClasses.enumerated() {
        for example in 0..<category.count {
          let place = Place(split: split, category: category.name, number: example)
          let digest = Digest.hexadecimal(tasks.storedBytes(ofClass: number, example: example))
          exampleCount += 1
          let isKnown = count(place, known[digest], own[digest])
          own[digest] = own[digest] ?? place
          if !isKnown, exampleCount % stride == 0 {
            outlined.append(Outlined(place, tasks.outline(ofClass: number, example: example)))
          }
        }
      }
      compare(outlined, with: earlier)
      earlier += outlined
      known.merge(own) { first, _ in first }
    }
  }

  /// Counts an example that may be known from earlier splits or its own; returns whether from an
  /// earlier one.
  private mutating func count(_ place: Place, _ earlier: Place?, _ own: Place?) -> Bool {
    if let own {
      if own.category == place.category { withinClasses += 1 } else { betweenClasses += 1 }
    }
    guard let earlier else { return false }
    acrossSplits += 1
    note(earlier, place)
    return true
  }

  private mutating func note(_ first: Place, _ second: Place) {
    if pairs.count < Self.shownCount { pairs.append((first, second)) }
  }

  private mutating func compare(_ outlined: [Outlined], with earlier: [Outlined]) {
    var bags: [[Int32]: Place] = [:]
    for one in earlier { if case .words(let words) = one.outline { bags[words] = one.place } }
    for one in outlined {
      let found: Place? =
        switch one.outline {
        case .words(let words): bags[words]
        case .picture: earlier.first { $0.isNear(one) }?.place
        }
      guard let found else { continue }
      nearlyAcrossSplits += 1
      note(found, one.place)
    }
  }
}

/// An example with its outline, and the signs by which most others are told from it at once.
private struct Outlined {
  let place: DuplicateSearch.Place
  let outline: ExampleOutline
  private let signs: UInt64
  /// The pixels less their mean, divided by their length; empty for a picture of one grey.
  private let direction: [Float]

  init(_ place: DuplicateSearch.Place, _ outline: ExampleOutline) {
    self.place = place
    self.outline = outline
    guard case .picture(let pixels) = outline else {
      (signs, direction) = (0, [])
      return
    }
    let mean = Float(pixels.reduce(0) { $0 + Int($1) }) / Float(pixels.count)
    let centred = pixels.map { Float($0) - mean }
    let length = centred.reduce(0) { $0 + $1 * $1 }.squareRoot()
    direction = length < 1 ? [] : centred.map { $0 / length }
    let extent = ExampleOutline.extent
    signs = (0..<64).reduce(UInt64(0)) { signs, block in
      let first = block / 8 * 2 * extent + block % 8 * 2
      let sum =
        centred[first] + centred[first + 1] + centred[first + extent]
        + centred[first + extent + 1]
      return signs << 1 | (sum > 0 ? 1 : 0)
    }
  }

  /// Whether two pictures are nearly one.
  func isNear(_ other: Outlined) -> Bool {
    guard (signs ^ other.signs).nonzeroBitCount <= 8, !direction.isEmpty, !other.direction.isEmpty
    else { return false }
    var product: Float = 0
    for index in direction.indices { product += direction[index] * other.direction[index] }
    return product >= 0.97
  }
}
