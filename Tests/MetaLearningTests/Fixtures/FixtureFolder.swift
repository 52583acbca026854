import Foundation

/// Where the reference fixtures lie: the folder that METALEARN_FIXTURES names, else
/// `../shared/fixtures` beside the package.
enum FixtureFolder {
  static let environmentVariable = "METALEARN_FIXTURES"

  static var url: URL {
    if let path = ProcessInfo.processInfo.environment[environmentVariable], !path.isEmpty {
      return URL(filePath: path, directoryHint: .isDirectory)
    }
    // Fixtures, MetaLearningTests, Tests, the package.
    let package = (0..<4).reduce(URL(filePath: #filePath)) { url, _ in
      url.deletingLastPathComponent()
    }
    return package.deletingLastPathComponent().appending(path: "shared/fixtures")
  }

  static var isPresent: Bool {
    (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
  }

  static let absence =
    "no fixtures at ../shared/fixtures beside the package, nor where \(environmentVariable) says"

  /// The names of all fixtures in the folder, none where there is no folder.
  static var names: [String] {
    let files = try? FileManager.default.contentsOfDirectory(
      at: url, includingPropertiesForKeys: nil)
    return (files ?? []).filter { $0.pathExtension == "json" }
      .map { $0.deletingPathExtension().lastPathComponent }.sorted()
  }
}
