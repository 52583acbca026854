/// An ordered tree of named leaves, such as the parameters of a network.
///
/// A leaf's name is its path, joined by dots: `block1.convolution.weight`. The order is that of
/// insertion and is kept by every operation.
public struct NamedTree<Leaf> {
  /// What a leaf is for.
  public enum Role: String, Hashable, Sendable {
    /// Moved by learning.
    case learned
    /// Followed rather than learned, such as running statistics.
    case statistic
  }

  /// One leaf with its full name and role.
  public struct Entry {
    /// The path from the root, joined by dots.
    public let name: String
    /// What hangs there.
    public let leaf: Leaf
    /// Whether learning moves it.
    public let role: Role

    /// Makes an entry.
    public init(name: String, leaf: Leaf, role: Role = .learned) {
      self.name = name
      self.leaf = leaf
      self.role = role
    }
  }

  /// The leaves in order.
  public private(set) var entries: [Entry]
  /// Where each name stands, in a tree of many leaves; few are looked through.
  private var positions: [String: Int] = [:]
  private static var fewestInDictionary: Int { 12 }

  /// An empty tree.
  public init() { entries = [] }

  // The trees of numbers that each task makes and reads have code of their own: as generic code it
  // took an eighth of the processor time of sinusoids.

  /// Makes a tree of entries, whose names must differ.
  @specialized(where Leaf == TensorValue)
  public init(_ entries: [Entry]) {
    self.entries = []
    self.entries.reserveCapacity(entries.count)
    for entry in entries { append(entry) }
  }

  /// Makes a tree of learned leaves in the order given.
  @specialized(where Leaf == TensorValue)
  public init(_ pairs: KeyValuePairs<String, Leaf>) {
    self.init(pairs.map { Entry(name: $0.key, leaf: $0.value) })
  }

  /// Adds a leaf at the end; stops when the name is taken.
  @specialized(where Leaf == TensorValue)
  public mutating func append(_ entry: Entry) {
    guard position(of: entry.name) == nil else {
      fatalError("A tree has one leaf of a name; '\(entry.name)' is there twice.")
    }
    entries.append(entry)
    if entries.count == Self.fewestInDictionary {
      for (position, entry) in entries.enumerated() { positions[entry.name] = position }
    } else if entries.count > Self.fewestInDictionary {
      positions[entry.name] = entries.count - 1
    }
  }

  @specialized(where Leaf == TensorValue)
  private func position(of name: String) -> Int? {
    entries.count < Self.fewestInDictionary
      ? entries.firstIndex { $0.name == name } : positions[name]
  }

  /// Adds the leaves of another tree below a name.
  public mutating func append(_ subtree: NamedTree, below name: String) {
    for entry in subtree.entries {
      append(Entry(name: "\(name).\(entry.name)", leaf: entry.leaf, role: entry.role))
    }
  }

  /// The leaf of a name; stops, naming what is there, when there is none.
  public subscript(name: String) -> Leaf {
    @specialized(where Leaf == TensorValue)
    get {
      guard let position = position(of: name) else {
        fatalError("No leaf '\(name)' among: \(names.joined(separator: ", ")).")
      }
      return entries[position].leaf
    }
  }

  /// The leaf of a name, or nil.
  @specialized(where Leaf == TensorValue)
  public func leaf(named name: String) -> Leaf? { position(of: name).map { entries[$0].leaf } }

  /// The leaves below a name, with that part of their names removed.
  @specialized(where Leaf == TensorValue)
  public func below(_ name: String) -> NamedTree {
    let prefix = name + "."
    return NamedTree(
      entries.filter { $0.name.hasPrefix(prefix) }.map {
        Entry(name: String($0.name.dropFirst(prefix.count)), leaf: $0.leaf, role: $0.role)
      })
  }

  /// The leaves of the subtree of a name, which stand as `name/leaf`, without that part of their
  /// names.
  @specialized(where Leaf == TensorValue)
  public func subtree(_ name: String) -> NamedTree {
    let prefix = name + "/"
    return NamedTree(
      entries.filter { $0.name.hasPrefix(prefix) }.map {
        Entry(name: String($0.name.dropFirst(prefix.count)), leaf: $0.leaf, role: $0.role)
      })
  }

  /// Adds the leaves of another tree as the subtree of a name, such as `network`: parts of a state
  /// that have nothing in common with one another.
  public mutating func append(_ tree: NamedTree, as name: String) {
    for entry in tree.entries {
      append(Entry(name: "\(name)/\(entry.name)", leaf: entry.leaf, role: entry.role))
    }
  }

  /// A tree whose leaves are all in the subtree of a name.
  public init(_ tree: NamedTree, as name: String) {
    self.init([])
    append(tree, as: name)
  }

  /// The leaves that are not in the subtree of a name.
  public func removingSubtree(_ name: String) -> NamedTree {
    filter { !$0.name.hasPrefix(name + "/") }
  }

  /// The names of all leaves, in order.
  @inlinable public var names: [String] { entries.map(\.name) }
  /// All leaves, in order.
  @inlinable public var leaves: [Leaf] { entries.map(\.leaf) }
  /// The number of leaves.
  public var count: Int { entries.count }
  /// Whether there are no leaves.
  public var isEmpty: Bool { entries.isEmpty }

  /// The leaves that learning moves.
  public var learned: NamedTree { filter { $0.role == .learned } }
  /// The leaves that are followed, not learned.
  public var statistics: NamedTree { filter { $0.role == .statistic } }

  /// The entries that a predicate accepts.
  @specialized(where Leaf == TensorValue)
  public func filter(_ accepts: (Entry) -> Bool) -> NamedTree { NamedTree(entries.filter(accepts)) }

  /// A tree of the same names and roles whose leaves are transformed.
  @inlinable public func map<Result>(
    _ transform: (Leaf) throws -> Result
  ) rethrows -> NamedTree<Result> {
    try mapEntries { try transform($0.leaf) }
  }

  /// A tree of the same names and roles whose leaves are made from whole entries.
  @inlinable public func mapEntries<Result>(
    _ transform: (Entry) throws -> Result
  ) rethrows -> NamedTree<Result> {
    NamedTree<Result>(
      try entries.map {
        NamedTree<Result>.Entry(
          name: $0.name, leaf: try transform($0),
          role: $0.role == .learned ? .learned : .statistic)
      })
  }

  /// Combines two trees leaf by leaf; stops when their names differ.
  public func zip<Other, Result>(
    _ other: NamedTree<Other>, _ combine: (Leaf, Other) -> Result
  ) -> NamedTree<Result> {
    guard names == other.names else {
      fatalError("Trees of different names: \(names) and \(other.names).")
    }
    return mapEntries { combine($0.leaf, other[$0.name]) }
  }

  /// The tree with the leaves of another in place of those of the same names.
  @specialized(where Leaf == TensorValue)
  public func replacing(with other: NamedTree) -> NamedTree {
    mapEntries { other.leaf(named: $0.name) ?? $0.leaf }
  }
}

extension NamedTree: Sendable where Leaf: Sendable {}
extension NamedTree.Entry: Sendable where Leaf: Sendable {}
extension NamedTree.Entry: Equatable where Leaf: Equatable {}
extension NamedTree: Equatable where Leaf: Equatable {
  /// Whether names, order, roles and leaves are the same.
  public static func == (left: NamedTree, right: NamedTree) -> Bool {
    left.entries == right.entries
  }
}

/// The numbers of a network's parameters, by name.
public typealias ParameterValues = NamedTree<TensorValue>

extension NamedTree where Leaf == TensorValue {
  /// Whether every float32 number is finite.
  public var isFinite: Bool { leaves.allSatisfy(\.isFinite) }
}

extension TensorValue {
  /// Whether every float32 number is finite.
  public var isFinite: Bool { elementType != .float32 || floats.allSatisfy(\.isFinite) }
}
