import Foundation

/// What memory this process can still take.
package enum SystemMemory {
  /// Bytes that the machine, the process's control group and its limits leave; nil where none of
  /// them says.
  package static var available: Int? {
    [machine, controlGroup, addressSpace].compactMap { $0 }.min()
  }

  /// The most bytes that this process held in memory since its start, or since ``forgetPeak()``;
  /// nil where the system does not tell.
  package static var peak: Int? {
    lines(of: "/proc/self/status").first { $0.hasPrefix("VmHWM:") }
      .flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) }.map { $0 << 10 }
  }

  /// Lets ``peak`` count from now, where the system can do so.
  package static func forgetPeak() {
    try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
  }

  /// Bytes as people say them, such as `1.5 GB`.
  package static func gigabytes(_ bytes: Int) -> String {
    let tenths = (bytes + 50_000_000) / 100_000_000
    return "\(tenths / 10).\(tenths % 10) GB"
  }

  /// What the machine has left, caches of files included.
  private static var machine: Int? {
    #if os(Linux)
      guard let line = lines(of: "/proc/meminfo").first(where: { $0.hasPrefix("MemAvailable:") })
      else { return nil }
      return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    #else
      return Int(clamping: ProcessInfo.processInfo.physicalMemory)
    #endif
  }

  /// What the control group leaves, of either version; caches of files can be taken back.
  private static var controlGroup: Int? {
    for (limit, usage, statistics, cached) in [
      ("memory.max", "memory.current", "memory.stat", "inactive_file"),
      (
        "memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat",
        "total_inactive_file"
      ),
    ] {
      func number(_ name: String) -> Int? {
        lines(of: "/sys/fs/cgroup/\(name)").first.flatMap { Int($0) }
      }
      guard let most = number(limit), let used = number(usage) else { continue }
      let files = lines(of: "/sys/fs/cgroup/\(statistics)").first { $0.hasPrefix(cached + " ") }
      let cache = files?.split(separator: " ").last.flatMap { Int($0) } ?? 0
      return max(0, most - used + cache)
    }
    return nil
  }

  /// What a limit on the addresses of the process leaves.
  private static var addressSpace: Int? {
    #if os(Linux)
      var limit = rlimit()
      guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
        let most = Int(exactly: limit.rlim_cur),
        let pages = lines(of: "/proc/self/statm").first?.split(separator: " ").first
      else { return nil }
      return max(0, most - (Int(pages) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))))
    #else
      return nil
    #endif
  }

  private static func lines(of path: String) -> [Substring] {
    ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n")
  }
}
