internal import Settings

extension Explanation {
  /// All that recipes can name and every key of it, as a page of Markdown.
  public static func page(of catalogues: Catalogues) -> String {
    let introduction = """
      # The keys of recipes

      Everything that a recipe can name, and every key of it with its bounds and default.

      ## Overview

      This page is made of the same statements by which recipes are read; `metalearn explain` prints
      them one by one.
      """
    let parts = all(in: catalogues).map(\.markdown)
    return ([introduction] + parts).joined(separator: "\n\n") + "\n"
  }

  private var markdown: String {
    let parts = items.map { item in
      let rows = Self.rows(item.settings, below: "")
      let table =
        rows.isEmpty
        ? "Nothing is to be set."
        : (["| key | what it takes | default | meaning |", "| --- | --- | --- | --- |"] + rows)
          .joined(separator: "\n")
      return
        "### \(subject == item.name ? "All sections" : item.name)\n\n\(item.summary)\n\n\(table)"
    }
    return "## \(subject.prefix(1).uppercased())\(subject.dropFirst())\n\n"
      + parts.joined(separator: "\n\n")
  }

  private static func rows(_ section: SettingsSection, below path: String) -> [String] {
    section.answers.flatMap { key, answer -> [String] in
      switch answer {
      case .value(let setting, _): [setting.row(below: path)]
      case .section(let inner, _): rows(inner, below: "\(path)\(key).")
      case .sections(let elements, _):
        elements.first.map { rows($0, below: "\(path)\(key).0.") } ?? []
      }
    }
  }
}

extension Setting {
  fileprivate func row(below path: String) -> String {
    let bounds = kind.bounds.map { ", \($0)" } ?? ""
    let standard = standard.map { "`\(RecipeWriter.text($0))`" } ?? "needed"
    return "| `\(path)\(key)` | \(expected)\(bounds) | \(standard) | \(meaning) |"
  }
}
