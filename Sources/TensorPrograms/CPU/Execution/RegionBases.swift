import CTensorKernels

/// For each worker the addresses at which the regions of memory begin.
@safe
final class RegionBases: @unchecked Sendable {
  // Written between runs, by the thread that starts them; only read during a run.
  private let addresses: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  /// The workers that have addresses.
  let workerCount: Int

  /// Makes room for the addresses of workers.
  init(workerCount: Int) {
    self.workerCount = workerCount
    let count = workerCount * Int(ML_REGION_COUNT.rawValue)
    unsafe addresses = .allocate(capacity: count)
    unsafe addresses.initialize(repeating: nil, count: count)
  }

  deinit { unsafe addresses.deallocate() }

  /// Says where a region begins for a worker: so many bytes from the start of a memory.
  func set(_ region: MemoryPlan.Region, worker: Int, to memory: Memory, _ offset: Int = 0) {
    let index = worker * Int(ML_REGION_COUNT.rawValue) + Int(region.kernelCode)
    unsafe addresses[index] = memory.address(offset).assumingMemoryBound(to: CChar.self)
  }

  /// The addresses for a worker, by region.
  func bases(_ worker: Int) -> UnsafePointer<UnsafeMutablePointer<CChar>?> {
    unsafe UnsafePointer(addresses + worker * Int(ML_REGION_COUNT.rawValue))
  }
}

extension MemoryPlan.Region {
  /// The number by which kernels' calls name the region.
  var kernelCode: UInt32 {
    switch self {
    case .constants: ML_REGION_CONSTANTS.rawValue
    case .persistent: ML_REGION_PERSISTENT.rawValue
    case .shared: ML_REGION_SHARED.rawValue
    case .lane: ML_REGION_LANE.rawValue
    case .batch: ML_REGION_BATCH.rawValue
    }
  }
}
