import Runs
import Settings
import Testing

/// Everything that recipes can name explains itself.
@Suite struct CataloguesTests {
  private static let all: [(kind: String, items: [any CatalogueItem])] = {
    let all = Catalogues.standard
    return [
      (all.learners.kind, all.learners.items), (all.networks.kind, all.networks.items),
      (all.optimizers.kind, all.optimizers.items), (all.dataSets.kind, all.dataSets.items),
      (all.preparations.kind, all.preparations.items), (all.metrics.kind, all.metrics.items),
      (all.controls.kind, all.controls.items), (all.outerSteps.kind, all.outerSteps.items),
      (all.runWriters.kind, all.runWriters.items),
    ]
  }()

  /// What is asked for without a word on what it means.
  private func unexplained(_ section: SettingsSection) -> [String] {
    section.answers.flatMap { key, answer in
      switch answer {
      case .value(let setting, _): setting.meaning.hasSuffix(".") ? [] : [section.full(key)]
      case .section(let inner, let meaning):
        (meaning.hasSuffix(".") ? [] : [section.full(key)]) + unexplained(inner)
      case .sections(_, let meaning): meaning.hasSuffix(".") ? [] : [section.full(key)]
      }
    }
  }

  @Test func `every item has a summary, and every setting a meaning`() {
    for (kind, items) in Self.all {
      #expect(!items.isEmpty, "\(kind)")
      for item in items {
        #expect(!item.summary.isEmpty && !item.summary.contains("\n"), "\(kind) \(item.name)")
        #expect(unexplained(item.settingsDescription) == [], "\(kind) \(item.name)")
      }
    }
  }

  @Test func `the usual item of each kind is there`() {
    let all = Catalogues.standard
    #expect(all.learners.usual.map { all.learners[$0] != nil } == true)
    #expect(all.optimizers.usual.map { all.optimizers[$0] != nil } == true)
    #expect(all.runWriters.usual.map { all.runWriters[$0] != nil } == true)
  }

  @Test func `every key of a whole recipe is explained`() throws {
    let reader = try RecipeReader(yaml: "", file: "r.yaml")
    _ = try Recipe(reader)
    #expect(unexplained(reader.root) == [])
  }
}
