public import Tensors

/// Named values that stay from run to run and that programs of several shapes share, such as
/// meta-parameters and the state of an optimizer.
///
/// A program that is run with them reads its shared inputs of these names where they are kept here,
/// and what it carries to such an input is written here. To go from one program to another copies
/// nothing.
@safe
public final class PersistentValues {
  /// Where each value is kept; programs are prepared for it.
  package struct Layout: Hashable, Sendable {
    /// Where one is kept, and what it is.
    package struct Entry: Hashable, Sendable {
      package let offset: Int
      package let shape: Shape
      package let elementType: ElementType
    }

    /// The entries by name.
    package private(set) var entries: [String: Entry] = [:]
    /// Bytes of all values.
    package private(set) var byteCount = 0

    /// The layout of no values.
    package init() {}

    fileprivate mutating func append(_ name: String, _ value: TensorValue) {
      let entry = Entry(offset: byteCount, shape: value.shape, elementType: value.elementType)
      guard entries.updateValue(entry, forKey: name) == nil else {
        fatalError("Two persistent values are named '\(name)'.")
      }
      byteCount += MemoryPlan.aligned(value.shape.elementCount * value.elementType.byteCount)
    }
  }

  /// Where each value is kept.
  package let layout: Layout
  /// The memory that they are kept in.
  let memory: Memory

  /// Makes values by name, each with its first number; stops where two share a name.
  public init(_ values: [(name: String, value: TensorValue)] = []) {
    var layout = Layout()
    for (name, value) in values { layout.append(name, value) }
    self.layout = layout
    memory = Memory(byteCount: layout.byteCount)
    for (name, value) in values { set(name, value) }
  }

  /// Makes the values of trees, each named below a prefix as `Parameters.inputs(like:prefix:)`
  /// names them.
  public convenience init(_ trees: [(prefix: String, values: ParameterValues)]) {
    self.init(
      trees.flatMap { prefix, values in values.entries.map { ("\(prefix).\($0.name)", $0.leaf) } })
  }

  /// Writes a value; stops where there is none of that name, or one of another shape or type.
  public func set(_ name: String, _ value: TensorValue) {
    memory.write(value.storage, at: entry(name, value.shape, value.elementType).offset)
  }

  /// Writes every value of a tree below a prefix.
  public func set(_ values: ParameterValues, prefix: String) {
    for entry in values.entries { set("\(prefix).\(entry.name)", entry.leaf) }
  }

  /// A value as it is now; stops where there is none of that name.
  public func value(_ name: String) -> TensorValue {
    guard let entry = layout.entries[name] else { stopWithoutValue(name) }
    return memory.read(entry.elementType, entry.shape, at: entry.offset)
  }

  /// The values below a prefix as they are now, in the form of a tree; stops where one is missing
  /// or has another shape or type.
  public func values(like tree: ParameterValues, prefix: String) -> ParameterValues {
    tree.mapEntries { leaf in
      let name = "\(prefix).\(leaf.name)"
      _ = entry(name, leaf.leaf.shape, leaf.leaf.elementType)
      return value(name)
    }
  }

  private func entry(_ name: String, _ shape: Shape, _ type: ElementType) -> Layout.Entry {
    guard let entry = layout.entries[name] else { stopWithoutValue(name) }
    guard entry.shape == shape, entry.elementType == type else {
      fatalError(
        "The persistent value '\(name)' is \(entry.elementType)\(entry.shape), not "
          + "\(type)\(shape).")
    }
    return entry
  }

  private func stopWithoutValue(_ name: String) -> Never {
    fatalError(
      "There is no persistent value '\(name)'; there are "
        + "\(layout.entries.keys.sorted().joined(separator: ", ")).")
  }
}
