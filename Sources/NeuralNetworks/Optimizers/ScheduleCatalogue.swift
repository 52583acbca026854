public import Settings

/// The schedules that a recipe can name; each may begin with a warm-up.
public enum ScheduleCatalogue {
  /// All of this package.
  public static let standard = Catalogue<CatalogueEntry<Schedule>>(
    "schedule", usual: "constant",
    [
      entry("constant", "The base rate throughout.") { (_) throws(SettingsError) in .constant },
      entry("stepDecay", "The base rate, multiplied by a factor after each so many steps.") {
        (settings) throws(SettingsError) in
        .stepDecay(
          every: try settings.integer(
            "every", "Steps from one decay to the next.", in: 1...Int.max),
          factor: try settings.number(
            "factor", "What the rate is multiplied by.", default: 0.5, .notNegative))
      },
      entry("piecewise", "The base rate times a factor from a step on.") {
        (settings) throws(SettingsError) in
        .piecewise(
          from: try settings.integers(
            "from", "The steps at which factors begin, ascending.", in: 0...Int.max),
          factors: try settings.numbers(
            "factors", "What the base rate is multiplied by from each of these steps on.",
            .notNegative))
      },
      entry("linear", "From the base rate to another on a straight line.") {
        (settings) throws(SettingsError) in .linear(to: try finalRate(settings))
      },
      entry("cosine", "From the base rate to another along half a cosine.") {
        (settings) throws(SettingsError) in .cosine(to: try finalRate(settings))
      },
    ])

  private static func finalRate(_ settings: SettingsSection) throws(SettingsError) -> Double {
    try settings.number("to", "The rate at the end.", default: 0, .notNegative)
  }

  /// An entry that reads a schedule and the warm-up before it.
  private static func entry(
    _ name: String, _ summary: String,
    read: @escaping @Sendable (SettingsSection) throws(SettingsError) -> Schedule
  ) -> CatalogueEntry<Schedule> {
    CatalogueEntry(name, summary) { (settings) throws(SettingsError) in
      let schedule = try read(settings)
      let warmup = try settings.integer(
        "warmup", "Steps in which the rate rises to the base rate first.", default: 0,
        in: 0...1_000_000_000)
      do throws(Schedule.Invalid) {
        try schedule.validate()
      } catch {
        throw settings.error(error.key, error.detail)
      }
      return warmup == 0 ? schedule : .warmup(steps: warmup, then: schedule)
    }
  }
}
