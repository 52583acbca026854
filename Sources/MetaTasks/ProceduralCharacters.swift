import Files
import Settings
import Tensors

/// Built-in characters that nobody ever wrote: strokes drawn by random numbers, no download needed.
///
/// A class is a set of two to four curved strokes; each of its drawings moves their control points,
/// the whole and the width of the pen a little. Everything follows from the seed.
public struct ProceduralCharacters: Sendable, Hashable {
  /// What classes and drawings are drawn from.
  public var seed: UInt64
  /// The number of classes in each split.
  public var classCounts: [Split: Int]
  /// The number of drawings of a class.
  public var drawingsPerClass: Int
  /// The rows and columns of a drawing.
  public static let size = 28

  /// Describes a set of characters.
  public init(
    seed: UInt64 = 0, train: Int = 400, validation: Int = 100, test: Int = 200,
    drawingsPerClass: Int = 20
  ) {
    self.seed = seed
    self.classCounts = [.train: train, .validation: validation, .test: test]
    self.drawingsPerClass = drawingsPerClass
  }

  /// The number of the first class of a split: train, validation and test follow one another.
  private func firstClass(of split: Split) -> Int {
    switch split {
    case .train: 0
    case .validation: classCounts[.train, default: 0]
    case .test: classCounts[.train, default: 0] + classCounts[.validation, default: 0]
    }
  }

  /// All drawings of a split, ink as 255 on 0.
  public func pictures(_ split: Split) -> LabelledPictures {
    let first = firstClass(of: split)
    let count = classCounts[split, default: 0]
    let key = RandomKey(seed: seed).folded("procedural characters")
    var samples: [UInt8] = []
    samples.reserveCapacity(count * drawingsPerClass * Self.size * Self.size)
    for number in first..<first + count {
      let character = StrokeCharacter(key: key.folded(number))
      for drawing in 0..<drawingsPerClass {
        samples.append(contentsOf: character.drawing(drawing, size: Self.size))
      }
    }
    let categories = (0..<count).map { position in
      LabelledPictures.Category(
        name: "character\(first + position)",
        pictures: position * drawingsPerClass..<(position + 1) * drawingsPerClass)
    }
    return LabelledPictures(
      samples: samples, height: Self.size, width: Self.size, channels: 1, categories: categories)
  }

  /// The tasks of a split, ink 1 and paper 0.
  public func tasks(_ split: Split) -> PictureTasks {
    PictureTasks(name: "characters, \(split.rawValue)", pictures: pictures(split))
  }
}

extension ProceduralCharacters {
  /// The set as recipes name it.
  public static let entry = DataSetEntry(
    "characters", "built-in procedural characters, 28x28 grey", origin: .builtIn,
    divisions: ["by-number"]
  ) { (settings) throws(SettingsError) in
    var options = try PictureOptions(seedIn: settings)
    try options.readAugmentation(settings)
    let chosen = options
    return DataSetPlan.pictures { _ in try load(chosen) }
  }

  /// All characters of a seed.
  public static func load(_ options: PictureOptions) throws(TaskError) -> LoadedDataSet {
    try options.validate()
    let characters = ProceduralCharacters(seed: options.seed)
    var checksums: [String: String] = [:]
    var tasks: [Split: any TaskFamily] = [:]
    for split in Split.allCases {
      checksums[split.classesKey] = Digest.hexadecimal(
        ofLines: ["characters", split.rawValue, "seed \(options.seed)"])
      tasks[split] = characters.tasks(split).augmented(
        by: split == .train ? options.augmentation : nil)
    }
    return LoadedDataSet(
      name: "characters", classSplit: "by-number", checksums: checksums,
      preparation: PicturePreparation(height: size, width: size, channels: 1, darkInk: true),
      tasks: tasks)
  }
}

/// One character: strokes on a unit square.
struct StrokeCharacter {
  /// A point, or the vector from the origin to it.
  typealias Point = SIMD2<Float>

  /// The four control points of each stroke, a cubic Bézier curve.
  let strokes: [[Point]]
  private let key: RandomKey

  /// The character that a key names.
  init(key: RandomKey) {
    self.key = key
    var numbers = RandomNumbers(key.folded("strokes"))
    var strokes: [[Point]] = []
    let count = 2 + numbers.integer(below: 3)
    while strokes.count < count {
      var start = Self.point(&numbers)
      // Strokes often begin on another one, as in writing.
      if let earlier = strokes.last, numbers.unit() < 0.5 {
        start = Self.curve(earlier, at: numbers.unit())
      }
      let end = Self.point(&numbers)
      let controls = [Self.point(&numbers), Self.point(&numbers)]
      guard Self.length(end - start) > 0.3 else { continue }
      strokes.append([start] + controls + [end])
    }
    self.strokes = strokes
  }

  private static func point(_ numbers: inout RandomNumbers) -> Point {
    Point(numbers.uniform(0.12, 0.88), numbers.uniform(0.12, 0.88))
  }

  private static func length(_ vector: Point) -> Float { (vector * vector).sum().squareRoot() }

  private static func curve(_ stroke: [Point], at time: Float) -> Point {
    let rest = 1 - time
    let ends = rest * rest * rest * stroke[0] + time * time * time * stroke[3]
    return ends + 3 * rest * time * (rest * stroke[1] + time * stroke[2])
  }

  /// One drawing of the character: `size` rows of as many samples, ink 255.
  func drawing(_ number: Int, size: Int) -> [UInt8] {
    var numbers = RandomNumbers(key.folded("drawings"), stream: UInt32(truncatingIfNeeded: number))
    let along = Point(1 + numbers.uniform(-0.18, 0.18), numbers.uniform(-0.2, 0.2))
    let across = Point(numbers.uniform(-0.2, 0.2), 1 + numbers.uniform(-0.18, 0.18))
    let shift = Point(numbers.uniform(-0.09, 0.09), numbers.uniform(-0.09, 0.09))
    let radius = numbers.uniform(0.025, 0.045) * Float(size)
    var canvas = Canvas(size: size, radius: radius)
    for stroke in strokes {
      let moved = stroke.map { point -> Point in
        let jitter = Point(numbers.uniform(-0.05, 0.05), numbers.uniform(-0.05, 0.05))
        let centred = point + jitter - 0.5
        return (centred.x * along + centred.y * across + shift + 0.5) * Float(size)
      }
      canvas.draw(stroke: (0...12).map { Self.curve(moved, at: Float($0) / 12) })
    }
    return canvas.samples
  }

  /// A square picture that strokes of a round pen are drawn on, with smooth borders.
  struct Canvas {
    let size: Int
    let radius: Float
    var samples: [UInt8]

    init(size: Int, radius: Float) {
      self.size = size
      self.radius = radius
      self.samples = [UInt8](repeating: 0, count: size * size)
    }

    mutating func draw(stroke points: [Point]) {
      for (start, end) in zip(points, points.dropFirst()) { draw(from: start, to: end) }
    }

    private mutating func draw(from start: Point, to end: Point) {
      let columns = range(start.x, end.x)
      let along = end - start
      let scale = 1 / max((along * along).sum(), 1e-12)
      for row in range(start.y, end.y) {
        for column in columns {
          let from = Point(Float(column) + 0.5, Float(row) + 0.5) - start
          let time = min(max((from * along).sum() * scale, 0), 1)
          let ink = min(max(radius + 0.5 - StrokeCharacter.length(from - time * along), 0), 1)
          let index = row * size + column
          samples[index] = max(samples[index], UInt8(ink * 255 + 0.5))
        }
      }
    }

    /// The rows or columns that a pen may touch on its way between two coordinates.
    private func range(_ first: Float, _ second: Float) -> Range<Int> {
      let lower = max(0, Int(min(first, second) - radius - 1))
      return lower..<max(lower, min(size, Int(max(first, second) + radius + 2)))
    }
  }
}
