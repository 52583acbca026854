import Foundation

/// The cache of a core that decides how much is worked on at a time; results do not depend on it.
enum SecondLevelCache {
  /// Its bytes, as far as the machine tells them, within what is believed.
  static var byteCount: Int {
    let (told, limits) = (toldByteCount, Tuning.secondLevelCacheByteCount)
    return told > 0 ? min(max(told, limits.least), limits.most) : limits.usual
  }

  private static var toldByteCount: Int {
    #if canImport(Glibc)
      sysconf(Int32(_SC_LEVEL2_CACHE_SIZE))
    #elseif canImport(Darwin)
      {
        var (bytes, size) = (0, MemoryLayout<Int>.size)
        return unsafe sysctlbyname("hw.l2cachesize", &bytes, &size, nil, 0) == 0 ? bytes : 0
      }()
    #else
      0
    #endif
  }
}
