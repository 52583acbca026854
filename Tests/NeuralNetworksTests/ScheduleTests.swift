import Foundation
import NeuralNetworks
import Settings
import Testing

@Suite struct ScheduleTests {
  /// Rates of a training of 100 steps from the base rate 2, by step.
  static let rows: [(Schedule, [Int: Double])] = [
    (.constant, [0: 2, 50: 2, 99: 2]),
    (.stepDecay(every: 30, factor: 0.5), [0: 2, 29: 2, 30: 1, 59: 1, 60: 0.5, 99: 0.25]),
    (
      .piecewise(from: [20, 40], factors: [0.06, 0.012]),
      [0: 2, 19: 2, 20: 0.12, 39: 0.12, 40: 0.024, 99: 0.024]
    ),
    (.linear(to: 0), [0: 2, 25: 1.5, 50: 1, 100: 0, 200: 0]),
    (.linear(to: 1), [0: 2, 50: 1.5, 100: 1]),
    (.cosine(to: 0), [0: 2, 25: 1 + 0.5.squareRoot(), 50: 1, 75: 1 - 0.5.squareRoot(), 100: 0]),
    (.cosine(to: 1), [0: 2, 50: 1.5, 100: 1, 200: 1]),
    (
      .warmup(steps: 4, then: .linear(to: 0)),
      [0: 0.5, 1: 1, 3: 2, 4: 2, 52: 1, 100: 0]
    ),
    (.warmup(steps: 0, then: .constant), [0: 2, 7: 2]),
  ]

  @Test(arguments: rows)
  func `a rate is that of the formula`(_ schedule: Schedule, _ rates: [Int: Double]) {
    for (step, rate) in rates {
      #expect(abs(schedule.learningRate(2, step: step, of: 100) - rate) < 1e-12, "step \(step)")
    }
  }

  @Test(arguments: rows)
  func `a schedule is read as it was written`(_ schedule: Schedule, _ rates: [Int: Double]) throws {
    try schedule.validate()
    let data = try JSONEncoder().encode(schedule)
    #expect(try JSONDecoder().decode(Schedule.self, from: data) == schedule)
  }

  /// Schedules as a recipe writes them.
  static let recipes: [(WrittenSettings, Schedule)] = [
    ([:], .constant), (["kind": "constant"], .constant),
    (["kind": "stepDecay", "every": 30], .stepDecay(every: 30, factor: 0.5)),
    (
      ["kind": "piecewise", "from": [20, 40], "factors": [0.06, 0.012]],
      .piecewise(from: [20, 40], factors: [0.06, 0.012])
    ),
    (["kind": "linear", "to": 0.5], .linear(to: 0.5)), (["kind": "cosine"], .cosine(to: 0)),
    (["kind": "linear", "warmup": 4], .warmup(steps: 4, then: .linear(to: 0))),
  ]

  @Test(arguments: recipes)
  func `a recipe's schedule is the schedule`(
    _ settings: WrittenSettings, _ schedule: Schedule
  ) throws {
    let section = try settings.section("schedule")
    #expect(try section.item(of: ScheduleCatalogue.standard, default: "constant") == schedule)
    try section.refuseUnknownKeys()
  }

  @Test func `each schedule of the catalogue is read by a row`() throws {
    let rows = try Self.recipes.map { settings, _ in
      try settings.section("schedule").kind(of: ScheduleCatalogue.standard, default: "constant")
        .name
    }
    #expect(Set(rows) == Set(ScheduleCatalogue.standard.names))
  }

  @Test(
    arguments: [
      (["kind": "stepDecay", "every": 0], "every"), (["kind": "stepDecay"], ""),
      (["kind": "piecewise", "from": [2, 1], "factors": [1, 1]], "from"),
      (["kind": "piecewise", "from": [1], "factors": [1, -1]], "factors.1"),
      (["kind": "cosine", "to": -1], "to"), (["kind": "linear", "warmup": -1], "warmup"),
    ] as [(WrittenSettings, String)])
  func `a recipe's schedule is refused at the key at fault`(
    _ settings: WrittenSettings, _ key: String
  ) throws {
    let section = try settings.section("schedule")
    let error = #expect(throws: SettingsError.self) {
      try section.item(of: ScheduleCatalogue.standard, default: "constant")
    }
    #expect(error?.place == .file(key.isEmpty ? "schedule" : "schedule.\(key)", line: nil))
  }

  @Test(arguments: [
    Schedule.stepDecay(every: 0, factor: 0.5), .stepDecay(every: 5, factor: -1),
    .piecewise(from: [1, 2], factors: [1]), .piecewise(from: [2, 1], factors: [1, 1]),
    .linear(to: -1), .cosine(to: .nan), .warmup(steps: -1, then: .constant),
    .warmup(steps: 2, then: .stepDecay(every: -3, factor: 1)),
  ])
  func `a schedule out of range is refused, and does not trap`(_ schedule: Schedule) {
    #expect(throws: Schedule.Invalid.self) { try schedule.validate() }
    _ = schedule.learningRate(1, step: 3, of: 0)
  }
}
