import Foundation
import MetaLearning
import Settings
import Testing

/// A learner is known by name in its own file alone: nothing else asks which learner it is.
@Suite struct LearnerNamesTests {
  private static let sources = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

  /// The text of each source file by its path.
  private static let texts: [String: String] = {
    var texts: [String: String] = [:]
    guard
      let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
    else { return texts }
    for case let file as URL in files where file.pathExtension == "swift" {
      texts[file.path] = try? String(contentsOf: file, encoding: .utf8)
    }
    return texts
  }()

  @Test(arguments: LearnerCatalogue.standard.names)
  func `a learner's name is a literal in one file`(_ name: String) {
    let files = Self.texts.filter { $0.value.contains("\"\(name)\"") }.map(\.key).sorted()
    #expect(files.count == 1, "\(files)")
    #expect(files.first?.contains("/Sources/MetaLearning/") == true)
  }

  @Test func `the files are looked at`() { #expect(Self.texts.count > 200) }
}
