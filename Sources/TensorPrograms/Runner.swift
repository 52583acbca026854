internal import Files
public import Foundation

/// Prepares programs and runs them: owns the threads, the memory that programs compute in and the
/// programs that it has prepared.
///
/// All programs of a runner compute in one memory, one after the other; it grows to what the
/// largest needs. So the inputs and the outputs of a program hold until another program of the same
/// runner is given an input or runs: to read or run later stops with a message. What shall stay
/// belongs in `PersistentValues`.
///
/// Results do not depend on the number of threads, on how many lanes a worker takes at a time, nor
/// on the instruction set.
public final class Runner {
  /// Completes sums over lanes that several processes share; see `Configuration.completesLaneSums`.
  public typealias LaneSumCompletion = @Sendable (_ sums: inout [Float]) -> Void

  /// A program that needs more memory than there is.
  public struct MemoryShortage: Hashable, Sendable, CustomStringConvertible {
    /// Bytes that the program computes in.
    public let needed: Int
    /// Bytes that the machine, its control group or a limit of the process leaves.
    public let available: Int

    /// The line to show.
    public var description: String {
      "a step needs \(SystemMemory.gigabytes(needed)) of memory, and "
        + "\(SystemMemory.gigabytes(available)) are left"
    }
  }

  /// Ends the process where a program needs more memory than there is.
  public typealias ShortageHandler = @Sendable (MemoryShortage) -> Never

  /// How programs are run; results do not depend on it.
  public struct Configuration: Sendable {
    /// Threads, the calling one included; at least one is.
    public var threads: Int
    /// Lanes that a worker takes at a time; nil: as many as stay in the cache.
    public var chunk: Int?
    /// The kernels.
    public var kernels: KernelSet
    /// Runs neighbouring steps some rows of a batch at a time; off only to find faults.
    public var tilesBatches = true
    /// Programs that are kept prepared; of more, the one that was not asked for longest is let go.
    public var programLimit = Tuning.programLimit
    /// Called in each run of a program that has but a share of all lanes, when its own lanes are
    /// summed: replaces the sums over them by the sums over all lanes.
    ///
    /// The numbers of all sums of the program stand one after the other, in an order that is the
    /// same in all processes. To give the bits that one process with all lanes gives, process p of
    /// n has the p-th share, and sums are added in a binary tree over processes: [0, m) and [m, n),
    /// with m the largest power of two below n, each likewise.
    public var completesLaneSums: LaneSumCompletion?
    /// Called before memory is taken that there is not.
    public var endsInShortage: ShortageHandler = { fatalError("\($0).") }

    /// Makes a configuration; by default all cores, the fastest kernels.
    public init(
      threads: Int = ProcessInfo.processInfo.activeProcessorCount, chunk: Int? = nil,
      kernels: KernelSet = .standard()
    ) {
      self.threads = threads
      self.chunk = chunk
      self.kernels = kernels
    }
  }

  /// How programs are run.
  public let configuration: Configuration
  private let backend: any Backend
  private let tenancy = MemoryTenancy()
  private var kept: LeastRecentlyUsed<AnyHashable, Kept>

  /// A program that was prepared, and what it last ran with.
  private struct Kept {
    let layout: PersistentValues.Layout
    let persistent: PersistentValues?
    let execution: Execution
  }

  /// Makes the threads; memory is taken as programs need it.
  public init(_ configuration: Configuration = Configuration()) {
    self.configuration = configuration
    backend = CPUBackend(configuration)
    kept = LeastRecentlyUsed(limit: configuration.programLimit)
  }

  /// The execution of a program that is made and prepared when it is first asked for under a key,
  /// and again when it was let go or the persistent values have other names or shapes.
  ///
  /// Keys must tell all programs of the runner apart.
  public func execution(
    for key: some Hashable, persistent: PersistentValues? = nil, _ makeProgram: () -> Program
  ) -> Execution {
    let layout = persistent?.layout ?? .init()
    let known = kept[key]
    if let known, known.persistent === persistent { return known.execution }
    let execution =
      if let known, known.layout == layout {
        Execution(known.execution, persistent ?? PersistentValues())
      } else {
        self.execution(of: makeProgram(), persistent: persistent)
      }
    kept[key] = Kept(layout: layout, persistent: persistent, execution: execution)
    return execution
  }

  /// The execution of a program that is prepared for this call alone and not kept.
  public func execution(of program: Program, persistent: PersistentValues? = nil) -> Execution {
    let persistent = persistent ?? PersistentValues()
    return Execution(
      program, backend.prepared(program, persistent: persistent.layout), persistent, tenancy)
  }

  /// Bytes of the memory that programs compute in and of the programs that are kept.
  public var byteCount: Int {
    kept.values.reduce(backend.memoryByteCount) { $0 + $1.execution.ownByteCount }
  }
}

/// Says which execution the memory that programs compute in belongs to now.
final class MemoryTenancy {
  /// The number of the tenant, from 1; 0 before the first.
  private(set) var current = 0

  /// Makes room for a new tenant, and gives it its number.
  func begin() -> Int {
    current += 1
    return current
  }
}
