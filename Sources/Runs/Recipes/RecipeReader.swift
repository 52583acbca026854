internal import Files
public import Foundation
public import Settings

/// Reads a recipe key by key, with a default for each, and notices every key that nobody asked for.
///
/// A recipe is YAML of nested sections. What reads it asks each section for its keys; every answer
/// is checked for type and bounds, and errors name file and line. After the last question
/// `finish()` refuses keys that were never asked for, and `complete` is the recipe with all
/// defaults written out, which reads as the same recipe.
public final class RecipeReader {
  /// The outermost section.
  public let root: SettingsSection

  /// Parses a recipe and applies overrides such as `training.iterations=60`, in order.
  ///
  /// Settings that are texts take what an override says as it was typed.
  /// `file` is the name that errors give the text. Throws where either is not what it should be.
  public init(yaml: String, file: String, overrides: [String] = []) throws(SettingsError) {
    var tree = try RecipeParser { .file(file, line: $0) }.parse(yaml)
    guard tree.isSection else {
      throw SettingsError(
        .syntax, .file(file, line: 1), "a recipe is a section of keys, not \(tree.shown)")
    }
    for override in overrides { try Self.apply(override, to: &tree) }
    root = SettingsSection(tree)
  }

  /// Reads what a section says, or describes what would be read.
  init(_ root: SettingsSection) { self.root = root }

  /// Reads the recipe of a file; throws where it is missing or not what it should be.
  public convenience init(url: URL, overrides: [String] = []) throws(SettingsError) {
    let place = SettingsPlace.file(url.path, line: nil)
    let bytes: [UInt8]
    do throws(FileError) {
      // One byte more than is allowed tells a file that is too long without reading all of it.
      bytes = try OpenFile.reading(url.path).read(upTo: RecipeParser.maximumByteCount + 1)
    } catch {
      let kind = error.isMissing ? SettingsError.Kind.missingFile : .unreadableFile
      throw SettingsError(kind, place, "\(error)")
    }
    guard let yaml = String(validating: bytes, as: UTF8.self) else {
      throw SettingsError(.syntax, place, "it is not a text in UTF-8")
    }
    try self.init(yaml: yaml, file: url.path, overrides: overrides)
  }

  /// The section of a name; an absent one is empty.
  public func section(
    _ name: String, _ meaning: String = ""
  ) throws(SettingsError) -> SettingsSection {
    try root.section(name, meaning)
  }

  /// Throws for the first key that was never asked for, naming the nearest that was.
  public func finish() throws(SettingsError) { try root.refuseUnknownKeys() }

  /// The recipe as YAML with every key that was asked for, defaults included.
  public var complete: String {
    var writer = RecipeWriter()
    writer.write(root)
    return writer.yaml
  }

  private static func apply(_ override: String, to tree: inout SettingsNode) throws(SettingsError) {
    let place = SettingsPlace.override(override)
    let parts = override.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, path.allSatisfy({ !$0.isEmpty }) else {
      throw SettingsError(
        .syntax, place, "an override is KEY=VALUE, such as training.iterations=60")
    }
    try tree.set(value(typed: String(parts[1]), at: place), at: path[...])
  }

  /// The value that a text means: a list, a number or a word as in a recipe, or else the text itself.
  private static func value(typed text: String, at place: SettingsPlace) -> SettingsNode {
    let parsed = try? RecipeParser { _ in place }.parse(text)
    guard let parsed, !parsed.isSection || parsed.isEmptySection else {
      return SettingsNode(.scalar(text, isQuoted: false), at: place, typed: text)
    }
    if parsed.isSection { return SettingsNode(.null, at: place, typed: "") }
    if parsed.isNull {
      // A tag without a value, such as `!a`, is nothing to YAML.
      return text.hasPrefix("!")
        ? SettingsNode(.scalar(text, isQuoted: false), at: place, typed: text) : parsed
    }
    return SettingsNode(parsed.content, at: place, typed: text)
  }
}
