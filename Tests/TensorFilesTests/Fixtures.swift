import Foundation

/// The reference values that lie beside the checkout.
enum Fixtures {
  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["METALEARN_FIXTURES"] {
      return URL(filePath: path)
    }
    return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/fixtures")
  }()

  static var urls: [URL] {
    let urls = try? FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    return (urls ?? []).filter { $0.pathExtension == "safetensors" }
      .sorted { $0.path < $1.path }
  }

  static var arePresent: Bool { !urls.isEmpty }
}
