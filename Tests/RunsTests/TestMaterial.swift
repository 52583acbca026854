import Foundation

/// A folder that lives as long as the value that stands for it.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "metalearn-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The names in the folder, sorted.
  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
  }
}

/// A source of random numbers that gives the same ones for the same seed.
struct Counter: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Changes, removes, repeats or inserts some bytes.
func mutate(_ bytes: inout [UInt8], _ random: inout Counter) {
  for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
    let position = Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[position] = .random(in: 0 ... .max, using: &random)
    case 2: bytes.removeSubrange(position...)
    case 3: bytes.remove(at: position)
    case 4: bytes.insert(.random(in: 0 ... .max, using: &random), at: position)
    default:
      let end = min(bytes.count, position + Int.random(in: 1...16, using: &random))
      bytes.insert(contentsOf: Array(bytes[position..<end]), at: position)
    }
  }
}

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
