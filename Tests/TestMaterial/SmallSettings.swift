package import Settings

/// Settings of every kind, as a user of sections would describe them.
package struct SmallSettings: Equatable {
  /// A choice by name.
  package enum Kind: String, CaseIterable { case maml, reptile, prototypes }

  /// One of a list of sections.
  package struct Part: Equatable {
    /// A text.
    package var label: String
    /// A whole number.
    package var steps: Int

    /// Puts a part together.
    package init(label: String, steps: Int) {
      self.label = label
      self.steps = steps
    }
  }

  /// A text.
  package var name: String
  /// A whole number or the least and the most.
  package var ways: ClosedRange<Int>
  /// A whole number.
  package var iterations: Int
  /// A number.
  package var rate: Double
  /// A whole number or nothing.
  package var seed: Int?
  /// True or false.
  package var stopEarly: Bool
  /// A choice.
  package var kind: Kind
  /// A list of whole numbers.
  package var widths: [Int]
  /// A whole number for each of two.
  package var strides: [Int]
  /// A list of numbers.
  package var momenta: [Double]
  /// A list of texts.
  package var tags: [String]
  /// A number or nothing.
  package var dropout: Double?
  /// A list of sections.
  package var parts: [Part]

  /// Asks a section for all of them and refuses what it holds besides.
  package init(_ root: SettingsSection) throws(SettingsError) {
    name = try root.text("name", "What it is called.", default: "small")
    ways = try root.section("task", "Which tasks.")
      .integerRange("ways", "Classes of a task.", default: 5...5, in: 2...100)
    let training = try root.section("training", "How long and how fast.")
    iterations = try training.integer(
      "iterations", "Steps at most.", default: 1000, in: 1...1_000_000)
    rate = try training.number("learningRate", "How fast.", default: 0.001, .positive)
    seed = try training.optionalInteger("seed", "Decides all.", in: 0...Int.max)
    stopEarly = try training.boolean("stopEarly", "Whether to stop early.", default: false)
    let learner = try root.section("learner", "What learns.")
    kind = try learner.choice("kind", "Which learner.", default: .maml)
    let network = try learner.section("network", "On which network.")
    widths = try network.integers(
      "widths", "Units of each layer.", default: [40, 40], in: 1...4096, count: 1...8)
    strides = try network.integers("strides", "Of both axes.", each: 1, in: 1...4, count: 2)
    momenta = try network.numbers("momenta", "One a layer.", default: [], .within(0...1))
    tags = try network.texts("tags", "Any words.", default: [])
    dropout = try network.optionalNumber("dropout", "What is left out.", .within(0...1))
    var parts: [Part] = []
    for part in try root.sections("parts", "The parts, in order.") ?? [] {
      parts.append(
        Part(
          label: try part.text("label", "What it is called.", default: ""),
          steps: try part.integer("steps", "Its steps.", default: 10, in: 1...1000)))
    }
    self.parts = parts
    try root.refuseUnknownKeys()
  }
}
