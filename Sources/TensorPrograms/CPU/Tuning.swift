/// The numbers that the processor backend is tuned by; results depend on none of them.
///
/// Each has what was measured; Documentation/Performance.md names the jobs and the machines. Those of
/// the kernels are in `tuning.h`.
enum Tuning {
  // MARK: Threads

  /// More parts of a kernel than workers, so that a slow one does not keep the others waiting. Not
  /// measured beside other numbers.
  static let partsPerWorker = 2
  /// How often a worker looks whether there is work before it lets other threads run in between:
  /// some microseconds, in which steps of small programs follow each other. Not measured.
  static let spinsBeforeYielding = 2_000
  /// How often it looks before it sleeps. Not measured.
  static let spinsBeforeSleeping = 4_000
  /// The stack of a worker: kernels keep their scratch there, at most some 100 KB.
  static let workerStackByteCount = 8 << 20

  // MARK: Caches

  /// Bytes that what is worked on at a time may have, of the second-level cache: half of it, as
  /// other data passes through. Batch tiles of a quarter to twice the cache are within 2%.
  static var residentByteCount: Int { SecondLevelCache.byteCount / 2 }
  /// The second-level cache where the machine does not tell it, the least and the most that is
  /// believed: the machines measured have 1 or 2 MB.
  static let secondLevelCacheByteCount = (usual: 1 << 20, least: 256 << 10, most: 2 << 20)

  // MARK: Batch tiles

  /// Tiles of a partition at most, as each is a call of its own for every step. Not measured.
  static let tilesPerPartition = 64
  /// Pictures for each partition at least; of fewer, threads rather share each step. Not measured.
  static let picturesPerPartition = 4
  /// Products that a result of a convolution takes at most for it to be computed again by each step
  /// that reads it. With one channel it takes nine: with batch tiles job A4 took 159 ms in place of
  /// 172. Twelve channels gain nothing.
  static let fewProducts = 32
  /// What is larger than this many bytes is computed again: what is smaller stays in the cache.
  static var recomputedByteCount: Int { residentByteCount / 2 }

  // MARK: Fusion

  /// Elementwise steps that a row program computes for one value at most. Not measured.
  static let expressionSteps = 12
  /// Values in memory that it reads for that at most. Not measured.
  static let expressionLeaves = 8
  /// From so many large operands on, reading them again costs more than reading the result (decision
  /// 3). Not measured beside other numbers.
  static let sharedLeaves = 3
  /// Earlier row programs of as many elements that a new one is tried to be joined to. Not measured.
  static let fusionCandidates = 4
  /// Bytes up to which a value counts as small, so that steps on it run early: one per channel for
  /// 1,024 channels.
  static let smallByteCount = 4096

  // MARK: Programs

  /// Programs that a runner keeps: a training on 5 to 20 ways and 1 to 5 shots has 80 forms, each
  /// program of which takes about a megabyte.
  static let programLimit = 128
}
