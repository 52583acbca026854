/// The numbers that the processor backend is tuned by; results depend on none of them.
///
/// Each has what was measured; Documentation/Performance.md names the jobs and the machines. Those
/// of the kernels are in `tuning.h`.
enum Tuning {
  // MARK: Threads

  /// How many parts a kernel has for each worker.
  ///
  /// More than one, so that a slow worker does not keep the others waiting. Other numbers were not
  /// measured.
  static let partsPerWorker = 2

  /// How often a worker looks for work before it lets other threads run in between.
  ///
  /// That is some microseconds, in which steps of small programs follow each other. Not measured.
  static let spinsBeforeYielding = 2_000

  /// How often a worker looks for work before it sleeps.
  ///
  /// Not measured.
  static let spinsBeforeSleeping = 4_000

  /// The stack of a worker.
  ///
  /// Kernels keep their scratch there, some 100 KB at most.
  static let workerStackByteCount = 8 << 20

  // MARK: Caches

  /// Bytes that what is worked on at a time may have.
  ///
  /// Half of the second-level cache, as other data passes through it. Batch tiles of a quarter to
  /// twice the cache are within 2%.
  static var residentByteCount: Int { SecondLevelCache.byteCount / 2 }

  /// The second-level cache where the machine does not tell it, and the least and the most that is
  /// believed.
  ///
  /// The machines that were measured have 1 or 2 MB.
  static let secondLevelCacheByteCount = (usual: 1 << 20, least: 256 << 10, most: 2 << 20)

  // MARK: Batch tiles

  /// Tiles of a partition at most, as each is a call of its own for every step.
  ///
  /// Not measured.
  static let tilesPerPartition = 64

  /// Pictures of a partition at least; of fewer, threads rather share each step.
  ///
  /// Not measured.
  static let picturesPerPartition = 4

  /// Products that a result of a convolution takes at most, if each step that reads the result is
  /// to compute it again.
  ///
  /// With one channel it takes nine: job A4 went from 172 to 159 ms with batch tiles and this.
  /// Without them it gains nothing.
  static let fewProducts = 32

  /// Bytes above which such a result is computed again.
  ///
  /// Less stays in the cache.
  static var recomputedByteCount: Int { residentByteCount / 2 }

  // MARK: Fusion

  /// Elementwise steps that a row program takes for one value at most.
  ///
  /// Not measured.
  static let expressionSteps = 12

  /// Values in memory that a row program reads for one value at most.
  ///
  /// Not measured.
  static let expressionLeaves = 8

  /// From so many large operands on, reading them again costs more than reading the result.
  ///
  /// Other numbers were not measured.
  static let sharedLeaves = 3

  /// Earlier row programs of as many elements that a new one may be joined to.
  ///
  /// Not measured.
  static let fusionCandidates = 4

  /// Bytes up to which a value is small, so that steps on it run early.
  ///
  /// A number for each of 1,024 channels.
  static let smallByteCount = 4096

  // MARK: Programs

  /// Programs that a runner keeps.
  ///
  /// A training on 5 to 20 ways and 1 to 5 shots has 80 forms; a prepared program takes about a
  /// megabyte.
  static let programLimit = 128
}
