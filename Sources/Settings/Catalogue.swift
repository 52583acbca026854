/// One thing that a recipe can name: it says its name, what it is, and its settings.
public protocol CatalogueItem: Sendable {
  /// The name that a recipe gives it.
  var name: String { get }
  /// What it is, in one line.
  var summary: String { get }

  /// Asks a section for all of its settings, so that they can be explained.
  func describe(in section: SettingsSection) throws(SettingsError)
}

/// An item whose settings alone decide what is made of it.
public struct CatalogueEntry<Made>: CatalogueItem {
  /// The name that a recipe gives it.
  public let name: String
  /// What it is, in one line.
  public let summary: String
  /// Reads its settings and makes it.
  public let read: @Sendable (SettingsSection) throws(SettingsError) -> Made

  /// Makes an entry.
  public init(
    _ name: String, _ summary: String,
    read: @escaping @Sendable (SettingsSection) throws(SettingsError) -> Made
  ) {
    self.name = name
    self.summary = summary
    self.read = read
  }

  /// Asks a section for all settings.
  public func describe(in section: SettingsSection) throws(SettingsError) {
    _ = try read(section)
  }
}

/// The things of one kind that a recipe can name, such as all learners.
///
/// A catalogue is a value that is passed in: a package of one's own adds to it.
public struct Catalogue<Item: CatalogueItem>: Sendable {
  /// What the items are, in one word: `learner`.
  public let kind: String
  /// The name that holds where a recipe names none; nil where one is needed.
  public let usual: String?
  /// The items, in the order in which they are shown; later ones of a name take the place of
  /// earlier.
  public private(set) var items: [Item]

  /// Makes a catalogue.
  public init(_ kind: String, usual: String? = nil, _ items: [Item]) {
    self.kind = kind
    self.usual = usual
    self.items = []
    for item in items { add(item) }
  }

  /// The names of the items, in order.
  public var names: [String] { items.map(\.name) }

  /// The item of a name, or nil.
  public subscript(name: String) -> Item? { items.first { $0.name == name } }

  /// Adds an item, in the place of one that has its name.
  public mutating func add(_ item: Item) {
    if let position = items.firstIndex(where: { $0.name == item.name }) {
      items[position] = item
    } else {
      items.append(item)
    }
  }

  /// The catalogue with further items.
  public func adding(_ items: Item...) -> Catalogue { adding(items) }

  /// The catalogue with further items.
  public func adding(_ items: [Item]) -> Catalogue {
    var catalogue = self
    for item in items { catalogue.add(item) }
    return catalogue
  }
}

extension SettingsSection {
  /// The item that a key of this section names.
  public func kind<Item>(
    of catalogue: Catalogue<Item>, default fallback: String? = nil, key: String = "kind"
  ) throws(SettingsError) -> Item {
    let name = try choice(
      key, "Which \(catalogue.kind).", default: fallback ?? catalogue.usual,
      among: catalogue.names)
    guard let item = catalogue[name] ?? catalogue.items.first else {
      throw error(key, "cannot be chosen: there is no \(catalogue.kind) at all")
    }
    return item
  }

  /// The thing that this section describes: the key `kind` names an item, which reads the other
  /// keys.
  public func item<Made>(
    of catalogue: Catalogue<CatalogueEntry<Made>>, default fallback: String? = nil
  ) throws(SettingsError) -> Made {
    let entry: CatalogueEntry<Made> = try kind(of: catalogue, default: fallback)
    return try entry.read(self)
  }
}

extension CatalogueItem {
  /// All settings of the item, as its own initializer asks for them.
  public var settingsDescription: SettingsSection {
    let section = SettingsSection.describing()
    // What it asked for before it refused its own defaults is a description all the same.
    try? describe(in: section)
    return section
  }
}
