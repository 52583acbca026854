public import Files
internal import Foundation

/// What a run's figures may depend on besides recipe, seed and data: for people who repeat it.
public enum RunEnvironment {
  /// The present machine and process, as `environment.json` holds it.
  ///
  /// `version` is this program's; `arguments` are the words of the command; what is known
  /// elsewhere, such as the instruction set in use, is added as `further`.
  public static func current(
    version: String, arguments: [String], threads: Int, further: [JSONValue.Member] = []
  ) -> JSONValue {
    let process = ProcessInfo.processInfo
    return .object(
      [
        JSONValue.Member("version", .string(version)),
        JSONValue.Member("arguments", .array(arguments.map(JSONValue.string))),
        JSONValue.Member(
          "workingDirectory", .string(FileManager.default.currentDirectoryPath)),
        JSONValue.Member("threads", .integer(threads)),
        JSONValue.Member("started", .string(Date().formatted(.iso8601))),
        JSONValue.Member("machine", .string(machineName)),
        JSONValue.Member("processor", .string(processorName ?? "unknown")),
        JSONValue.Member("architecture", .string(architecture)),
        JSONValue.Member("cores", .integer(process.activeProcessorCount)),
        JSONValue.Member("memoryBytes", .integer(Int(clamping: process.physicalMemory))),
        JSONValue.Member("system", .string(process.operatingSystemVersionString)),
      ] + further)
  }

  /// The name of this machine in its network, without white space.
  package static var machineName: String {
    var bytes = [CChar](repeating: 0, count: 256)
    let result = unsafe gethostname(&bytes, bytes.count - 1)
    let name = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let words = String(decoding: name, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    return result == 0 && !words.isEmpty ? words.joined(separator: "-") : "unknown"
  }

  private static var processorName: String? {
    #if os(Linux)
      guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
        return nil
      }
      let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
      return line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
    #else
      var byteCount = 0
      let key = "machdep.cpu.brand_string"
      guard unsafe sysctlbyname(key, nil, &byteCount, nil, 0) == 0 else { return nil }
      var bytes = [UInt8](repeating: 0, count: byteCount)
      guard unsafe sysctlbyname(key, &bytes, &byteCount, nil, 0) == 0 else { return nil }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    #endif
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      "unknown"
    #endif
  }
}
