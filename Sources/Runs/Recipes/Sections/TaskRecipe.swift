public import MetaTasks

/// The tasks of a recipe: which data, and what episodes of training look like.
public struct TaskRecipe: Hashable, Sendable {
  /// The name of a data set, or the path, with a slash, of a folder of pictures.
  public var data: String
  /// What to make of the data.
  public var options: DataSetOptions
  /// What training episodes look like; ways and shots may vary from step to step.
  public var episodes: EpisodeShapeRange

  /// Whether examples of the set of a name have a class rather than numbers to predict.
  static func isClassification(_ data: String) -> Bool {
    !["sinusoid", "sinusoid-bayesian"].contains(data)
  }

  init(_ section: RecipeSection) throws(RecipeError) {
    data = try section.string("data", default: "characters")
    let names = DataSets.all.map(\.name)
    guard data.contains("/") || names.contains(data) else {
      let nearest = NearestName.question(for: data, among: names)
      throw RecipeError(
        .outOfBounds, section.place(of: "data"),
        "'task.data' must be one of \(names.joined(separator: ", ")) or the path of a folder, such "
          + "as ./pictures, but is '\(data)'\(nearest)")
    }
    let isClassification = Self.isClassification(data)
    options = try Self.options(section, data)
    var ways: ClosedRange<Int>?
    if isClassification {
      ways = try section.integerRange("ways", default: 5...5, in: 2...1000)
    }
    episodes = EpisodeShapeRange(
      ways: ways,
      shots: try section.integerRange(
        "shots", default: isClassification ? 1...1 : 10...10, in: 1...1000),
      queries: try section.integer("queries", default: isClassification ? 15 : 10, in: 1...1000))
  }

  private static func options(
    _ section: RecipeSection, _ data: String
  ) throws(RecipeError) -> DataSetOptions {
    var options = DataSetOptions()
    options.seed = UInt64(try section.integer("seed", default: 0, in: 0...Int.max))
    guard isClassification(data) else {
      options.taskCount = try section.optionalInteger("tasks", in: 1...1_000_000)
      return options
    }
    let description = DataSets.all.first { $0.name == data }
    let splits = description?.classSplits ?? []
    if splits.count > 1 {
      options.classSplit = try section.choice("split", default: splits[0], among: splits)
    }
    if data == "omniglot" {
      options.rotations = try section.boolean("rotations", default: true)
    }
    if description == nil || description?.kind == .own {
      options.size = try section.optionalInteger("size", in: 16...1024)
      options.channels = try section.optionalInteger("channels", in: 1...3)
      options.darkInk = try section.boolean("darkInk", default: false)
    }
    options.augmentation = try augmentation(try section.section("augmentation"))
    return options
  }

  private static func augmentation(
    _ section: RecipeSection
  ) throws(RecipeError) -> PictureAugmentation? {
    let augmentation = PictureAugmentation(
      cropPadding: try section.integer("cropPadding", default: 0, in: 0...64),
      mirroring: try section.boolean("mirroring", default: false),
      colourJitter: Float(try section.number("colourJitter", default: 0, .within(0...0.99))),
      shift: Float(try section.number("shift", default: 0, .within(0...64))),
      rotation: Float(try section.number("rotation", default: 0, .within(0...180))),
      scaling: Float(try section.number("scaling", default: 0, .within(0...0.99))),
      classes: try classVariation(try section.section("classes")))
    return augmentation == PictureAugmentation() ? nil : augmentation
  }

  private static func classVariation(
    _ section: RecipeSection
  ) throws(RecipeError) -> ClassVariation? {
    let variation = ClassVariation(
      mirroring: try section.boolean("mirroring", default: false),
      rotation: Float(try section.number("rotation", default: 0, .within(0...180))),
      stretch: Float(try section.number("stretch", default: 0, .within(0...0.99))),
      shear: Float(try section.number("shear", default: 0, .within(0...1))))
    return variation == ClassVariation() ? nil : variation
  }
}
