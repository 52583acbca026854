public import Foundation

/// Where a user's files belong, by the environment's variables.
///
/// METALEARN_HOME, else XDG_CACHE_HOME and XDG_DATA_HOME, else the folders below HOME that the XDG
/// directory specification names. Relative paths are ignored, as it asks.
public struct UserFolders: Sendable, Hashable {
  private let environment: [String: String]

  /// The folders that an environment names; this process's own by default.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    self.environment = environment
  }

  /// What can be made again, such as decoded data sets; nil without a home.
  public var cache: URL? { folder("cache", "XDG_CACHE_HOME", ".cache") }
  /// Data sets that were fetched; nil without a home.
  public var data: URL? { folder("data", "XDG_DATA_HOME", ".local/share") }

  /// The folders that may hold data sets, in the order of search: the one given, the one that
  /// METALEARN_DATA names, the user's own.
  public func dataFolders(explicit: URL? = nil) -> [URL] {
    if let explicit { return [explicit] }
    let named = environment["METALEARN_DATA"].flatMap {
      $0.isEmpty ? nil : URL(fileURLWithPath: $0)
    }
    return [named, data].compactMap { $0 }
  }

  private func absolute(_ variable: String) -> URL? {
    guard let path = environment[variable], path.hasPrefix("/") else { return nil }
    return URL(fileURLWithPath: path)
  }

  private func folder(_ own: String, _ variable: String, _ belowHome: String) -> URL? {
    if let home = absolute("METALEARN_HOME") { return home.appendingPathComponent(own) }
    let base =
      absolute(variable) ?? absolute("HOME").map { $0.appendingPathComponent(belowHome) }
    return base?.appendingPathComponent("metalearn")
  }
}
