private import CTensorKernels
public import Foundation

/// The kernels for one instruction set.
@safe
public struct KernelSet: @unchecked Sendable {
  // The table is constant memory of the program itself, never written.
  let table: OpaquePointer

  /// Names the environment variable that forces an instruction set.
  public static let environmentVariable = "METALEARN_INSTRUCTION_SET"

  /// The sets that this machine can run, fastest first.
  public static var available: [KernelSet] {
    (0..<ml_table_count()).compactMap { index in
      unsafe ml_table_at(index).map { unsafe KernelSet(table: $0) }
    }
  }

  /// The set of a name, such as "avx512", "avx2", "neon" or "portable", if the machine can run it.
  public static func named(_ name: String) -> KernelSet? { available.first { $0.name == name } }

  /// The name of the set that an environment forces; nil where its variable is empty or not there.
  public static func forcedName(in environment: [String: String]) -> String? {
    environment[environmentVariable].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The set that the environment forces, or the fastest one; stops where it forces one that is not
  /// there.
  public static func standard(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> KernelSet {
    guard let name = forcedName(in: environment) ?? available.first?.name,
      let set = named(name)
    else { fatalError("\(environmentVariable) forces kernels that this machine cannot run.") }
    return set
  }

  /// The name of the instruction set.
  public var name: String {
    unsafe String(cString: ml_table_name(table))
  }

  /// The multiply-add rate that one core reaches, in floating-point operations a second.
  public func measuredPeak(iterations: Int = 20_000_000) -> Double {
    var sink: Float = 0
    let clock = ContinuousClock()
    var operations = 0.0
    let duration = clock.measure {
      operations = unsafe ml_peak_flops(table, Int64(iterations), &sink)
    }
    return operations / (duration / .seconds(1))
  }
}
