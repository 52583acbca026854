public import Files
internal import MetaTasks
internal import NeuralNetworks
internal import Settings

/// What recipes can name, and every key of it with its bounds, default and meaning: made of the
/// same statements by which recipes are read.
public struct Explanation {
  /// One thing that a recipe can name.
  struct Item {
    let name: String
    let summary: String
    let settings: SettingsSection
  }

  let subject: String
  let items: [Item]
  /// Whether the keys are shown, or names alone.
  private let isWhole: Bool

  /// Explains a kind of thing, such as `learner` or `learners`, or one thing of it by name, or
  /// `recipe`: the sections of the recipe that is followed where none is named.
  ///
  /// Throws, naming the nearest, where there is no such kind or name.
  public init(
    of subject: String, named name: String? = nil, in catalogues: Catalogues
  ) throws(ExplanationError) {
    if subject == "recipe" {
      self.init("recipe", [Self.recipe(catalogues)], isWhole: true)
      return
    }
    let kinds = Self.kinds(catalogues)
    let singular = kinds[subject] == nil ? String(subject.dropLast()) : subject
    guard let items = kinds[singular] else {
      let names = ["recipe"] + kinds.keys.sorted()
      throw ExplanationError(unknown: subject, "explanation of", among: names)
    }
    guard let name else {
      self.init(singular, items, isWhole: false)
      return
    }
    guard let item = items.first(where: { $0.name == name }) else {
      throw ExplanationError(unknown: name, singular, among: items.map(\.name))
    }
    self.init(singular, [item], isWhole: true)
  }

  private init(_ subject: String, _ items: [Item], isWhole: Bool) {
    self.subject = subject
    self.items = items
    self.isWhole = isWhole
  }

  /// Everything at once, for the reference of keys: each kind with all its things.
  public static func all(in catalogues: Catalogues) -> [Explanation] {
    var all = [Explanation("recipe", [recipe(catalogues)], isWhole: true)]
    for (kind, items) in kinds(catalogues).sorted(by: { $0.key < $1.key }) {
      all.append(Explanation(kind, items, isWhole: true))
    }
    return all
  }

  /// The things of each kind.
  private static func kinds(_ catalogues: Catalogues) -> [String: [Item]] {
    func items<Entry: CatalogueItem>(_ catalogue: Catalogue<Entry>) -> [Item] {
      catalogue.items.map {
        Item(name: $0.name, summary: $0.summary, settings: $0.settingsDescription)
      }
    }
    return [
      "learner": items(catalogues.learners), "network": items(catalogues.networks),
      "optimizer": items(catalogues.optimizers), "data": items(catalogues.dataSets),
      "metric": items(catalogues.metrics), "control": items(catalogues.controls),
      "phase": items(catalogues.outerSteps), "writer": items(catalogues.runWriters),
      "schedule": items(ScheduleCatalogue.standard), "layer": items(LayerCatalogue.standard),
      "preparation": items(catalogues.preparations),
    ]
  }

  /// The keys of a recipe with its usual data, learner and network.
  private static func recipe(_ catalogues: Catalogues) -> Item {
    let section = SettingsSection.describing()
    // What it asked for before it refused its own defaults is a description all the same.
    _ = try? Recipe(RecipeReader(section), catalogues)
    return Item(
      name: "recipe", summary: "everything that decides a run besides the data", settings: section)
  }
}

/// A name that nothing goes by: one line with the nearest that there is.
public struct ExplanationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The line to show.
  public let description: String

  init(unknown name: String, _ kind: String, among names: [String]) {
    description =
      "there is no \(kind) '\(name)'" + NearestName.question(for: name, among: names, orElse: ".")
      + " There are: \(names.joined(separator: ", "))"
  }
}

// MARK: As text

extension Explanation {
  /// The explanation as lines.
  public var lines: [String] {
    guard isWhole else {
      let width = items.map(\.name.count).max() ?? 0
      return items.map { item in
        item.name + String(repeating: " ", count: width - item.name.count + 2) + item.summary
      } + ["", "More of one: metalearn explain \(subject) NAME"]
    }
    return items.flatMap { item in
      ["\(item.name): \(item.summary)"] + Self.lines(item.settings, indentation: "  ")
    }
  }

  private static func lines(_ section: SettingsSection, indentation: String) -> [String] {
    section.answers.flatMap { key, answer -> [String] in
      switch answer {
      case .value(let setting, _):
        ["\(indentation)\(setting.line)", "\(indentation)    \(setting.meaning)"]
      case .section(let inner, let meaning):
        ["\(indentation)\(key):\(meaning.isEmpty ? "" : "  \(meaning)")"]
          + lines(inner, indentation: indentation + "  ")
      case .sections(let elements, let meaning):
        ["\(indentation)\(key): a list of sections.  \(meaning)"]
          + (elements.first.map { lines($0, indentation: indentation + "  ") } ?? [])
      }
    }
  }
}

extension Setting {
  /// Key, kind, bounds and default in a line.
  fileprivate var line: String {
    let bounds = kind.bounds.map { ", \($0)" } ?? ""
    let standard = standard.map { "default \(RecipeWriter.text($0))" } ?? "needed"
    return "\(key): \(expected)\(bounds) (\(standard))"
  }
}

// MARK: As JSON

extension Explanation {
  /// The explanation as a JSON object.
  public var json: JSONValue {
    [
      "schema": 1, "command": "explain", "subject": .string(subject),
      "items": .array(
        items.map { item in
          [
            "name": .string(item.name), "summary": .string(item.summary),
            "settings": Self.json(item.settings),
          ]
        }),
    ]
  }

  private static func json(_ section: SettingsSection) -> JSONValue {
    .array(
      section.answers.map { key, answer -> JSONValue in
        switch answer {
        case .value(let setting, _): setting.json
        case .section(let inner, let meaning):
          [
            "key": .string(key), "kind": "section", "meaning": .string(meaning),
            "settings": json(inner),
          ]
        case .sections(let elements, let meaning):
          [
            "key": .string(key), "kind": "list of sections", "meaning": .string(meaning),
            "settings": elements.first.map(json) ?? .array([]),
          ]
        }
      })
  }
}

extension Setting {
  fileprivate var json: JSONValue {
    [
      "key": .string(key), "kind": .string(expected),
      "bounds": kind.bounds.map(JSONValue.string) ?? .null, "meaning": .string(meaning),
      "default": standard.map { .string(RecipeWriter.text($0)) } ?? .null,
      "needed": .boolean(standard == nil),
    ]
  }
}
