private import CTensorKernels
public import Foundation
public import Tensors

/// Runs a program: owns its memory and its threads.
///
/// Running allocates nothing.
///
/// Results do not depend on the number of threads, on how many lanes a worker takes at a time, nor
/// on the instruction set.
@safe
public final class Execution {
  /// How a program is run; results do not depend on it.
  public struct Configuration: Sendable {
    /// Threads, the calling one included; at least one is.
    public var threads: Int
    /// Lanes that a worker takes at a time; nil: as many as stay in the cache.
    public var chunk: Int?
    /// The kernels.
    public var kernels: KernelSet
    /// Lets steps over the same pictures take turns; off only to find faults.
    public var takesTurns = true

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

  let program: Program
  let bound: BoundProgram
  private let chunk: Int
  private let sharedMemory: Memory
  private let batchMemory: Memory
  private let laneMemories: [Memory]
  private let sizes: Memory
  private let scalars: Memory
  let schedule: Schedule
  private let carries: [Carry]

  private struct Carry {
    let from: Int
    let to: Int
    let byteCount: Int
  }

  /// Makes the memory and the threads of a program.
  public init(_ program: Program, _ configuration: Configuration = Configuration()) {
    self.program = program
    let lanes = program.laneCount
    let threads = max(1, configuration.threads)
    let runsLanes = lanes >= threads
    bound = BoundProgram(
      program, configuration.kernels, threads: runsLanes ? 1 : threads,
      takesTurns: configuration.takesTurns)
    let plan = bound.plan
    chunk =
      runsLanes
      ? configuration.chunk.map { min(max($0, 1), lanes) }
        ?? Execution.automaticChunk(plan.laneByteCount, lanes, threads) : 1
    sharedMemory = Memory(byteCount: plan.sharedByteCount)
    batchMemory = Memory(byteCount: plan.batchByteCount)
    let chunk = chunk
    laneMemories = (0..<(runsLanes ? threads : 1)).map { _ in
      Memory(byteCount: plan.laneByteCount * chunk)
    }
    sizes = Memory(byteCount: bound.sizes.count * MemoryLayout<Int64>.stride)
    sizes.write(bound.sizes, at: 0)
    scalars = Memory(byteCount: bound.scalars.count * MemoryLayout<Float>.stride)
    scalars.write(bound.scalars, at: 0)
    let addressing = Addressing(
      bound: bound, shared: sharedMemory, batch: batchMemory, sizes: sizes, scalars: scalars)
    let laneCalls = bound.calls[.lane] ?? []
    schedule = unsafe Schedule(
      before: addressing.calls(bound.calls[.before] ?? [], lane: laneMemories[0]),
      lane: laneMemories.map { unsafe addressing.calls(laneCalls, lane: $0) },
      shares: bound.shares,
      after: addressing.calls(bound.calls[.after] ?? [], lane: laneMemories[0]),
      laneCount: lanes, chunk: chunk, runsLanes: runsLanes, workers: Workers(count: threads))
    let inputOffsets = Set(
      program.inputValues.values.filter { !program.graph.values[$0].variesByLane }
        .map { plan.places[$0].offset })
    carries = program.carries.compactMap { carry in
      guard let output = program.outputs.first(where: { $0.name == carry.output }),
        let input = program.inputValues[carry.input], !output.variesByLane,
        !program.graph.values[input].variesByLane,
        output.shape == program.graph.values[input].shape,
        output.elementType == program.graph.values[input].elementType,
        case (let from, let to) = (plan.places[output.value].offset, plan.places[input].offset),
        // One input carried to another would depend on which is copied first.
        from == to || !inputOffsets.contains(from)
      else {
        fatalError("'\(carry.output)' cannot be carried to '\(carry.input)'.")
      }
      if from == to { return nil }
      return Carry(
        from: from, to: to,
        byteCount: program.graph.values[input].byteCount)
    }
    makeConstants(addressing)
  }

  /// As many lanes as share half of the second-level cache, but enough chunks for all workers.
  private static func automaticChunk(_ laneByteCount: Int, _ lanes: Int, _ workers: Int) -> Int {
    let fitting = SecondLevelCache.byteCount / 2 / max(1, laneByteCount)
    return max(1, min(fitting, (lanes + workers - 1) / workers))
  }

  private func makeConstants(_ addressing: Addressing) {
    for step in program.graph.steps {
      guard case .literal(let value) = step.operation else { continue }
      write(value.storage, to: sharedMemory, at: bound.plan.places[step.outputs[0]].offset)
    }
    let calls = unsafe addressing.calls(bound.constants, lane: laneMemories[0])
    unsafe calls.withUnsafeBufferPointer {
      unsafe ml_run_calls($0.baseAddress, Int64($0.count), 0, 1)
    }
  }

  /// The bytes of memory that the program computes in.
  public var byteCount: Int {
    bound.plan.sharedByteCount + bound.plan.batchByteCount
      + bound.plan.laneByteCount * chunk * laneMemories.count
  }

  /// Sets an input; a per-lane one has the lanes as its first axis.
  ///
  /// Names that the program does not read are ignored.
  public func set(_ name: String, _ value: TensorValue) {
    guard let id = program.inputValues[name] else { return }
    let expected = program.graph.values[id]
    let shape = expected.variesByLane ? [program.laneCount] + expected.shape : expected.shape
    guard value.shape == shape, value.elementType == expected.elementType else {
      fatalError(
        "Input '\(name)' is \(expected.elementType)\(shape), not \(value.elementType)\(value.shape)."
      )
    }
    let offset = bound.plan.places[id].offset
    guard expected.variesByLane else { return write(value.storage, to: sharedMemory, at: offset) }
    let step = MemoryPlan.aligned(expected.byteCount)
    if step == expected.byteCount { return write(value.storage, to: batchMemory, at: offset) }
    for lane in 0..<program.laneCount {
      write(value.slice(at: lane).storage, to: batchMemory, at: offset + lane * step)
    }
  }

  /// Sets every input below a prefix, as `Parameters.inputs(like:prefix:)` names them.
  public func set(_ values: ParameterValues, prefix: String) {
    for entry in values.entries { set("\(prefix).\(entry.name)", entry.leaf) }
  }

  /// Runs the program once and carries what is to be carried.
  public func run() {
    compute()
    carry()
  }

  /// Computes the outputs, and carries nothing yet.
  public func compute() { schedule.run() }

  /// Makes carried outputs the inputs of the next run.
  public func carry() {
    for carry in carries {
      unsafe sharedMemory.address(carry.to).copyMemory(
        from: sharedMemory.address(carry.from), byteCount: carry.byteCount)
    }
  }

  /// The value of an output after a run; a per-lane one has the lanes as its first axis.
  public func value(_ name: String) -> TensorValue {
    guard let output = program.outputs.first(where: { $0.name == name }) else {
      fatalError("The program has no output '\(name)'.")
    }
    let place = bound.plan.places[output.value]
    let count = output.shape.elementCount
    guard output.variesByLane else {
      return read(output.elementType, output.shape, sharedMemory, place.offset, count)
    }
    let step = MemoryPlan.aligned(program.graph.values[output.value].byteCount)
    return TensorValue.stacking(
      (0..<program.laneCount).map { lane in
        place.region == .batch
          ? read(output.elementType, output.shape, batchMemory, place.offset + lane * step, count)
          : read(output.elementType, output.shape, sharedMemory, place.offset, count)
      })
  }

  /// The shared inputs below a prefix as they are now, carried values included; those that the
  /// program does not read are taken from the tree.
  public func inputs(like tree: ParameterValues, prefix: String) -> ParameterValues {
    tree.mapEntries { entry in
      let name = "\(prefix).\(entry.name)"
      guard let id = program.inputValues[name] else { return entry.leaf }
      let value = program.graph.values[id]
      guard
        value.shape == entry.leaf.shape, value.elementType == entry.leaf.elementType,
        !value.variesByLane
      else {
        fatalError(
          "Input '\(name)' is \(value.elementType)\(value.shape)"
            + "\(value.variesByLane ? " for each lane" : ""), not one "
            + "\(entry.leaf.elementType)\(entry.leaf.shape).")
      }
      return read(
        entry.leaf.elementType, entry.leaf.shape, sharedMemory, bound.plan.places[id].offset,
        entry.leaf.shape.elementCount)
    }
  }

  private func read(
    _ type: ElementType, _ shape: Shape, _ memory: Memory, _ offset: Int, _ count: Int
  ) -> TensorValue {
    switch type {
    case .float32: TensorValue(memory.read(Float.self, at: offset, count: count), shape: shape)
    case .int32: TensorValue(memory.read(Int32.self, at: offset, count: count), shape: shape)
    case .uint32: TensorValue(memory.read(UInt32.self, at: offset, count: count), shape: shape)
    case .uint8: TensorValue(memory.read(UInt8.self, at: offset, count: count), shape: shape)
    }
  }

  private func write(_ storage: TensorValue.Storage, to memory: Memory, at offset: Int) {
    switch storage {
    case .float32(let elements): memory.write(elements, at: offset)
    case .int32(let elements): memory.write(elements, at: offset)
    case .uint32(let elements): memory.write(elements, at: offset)
    case .uint8(let elements): memory.write(elements, at: offset)
    }
  }
}

/// From values to addresses.
private struct Addressing {
  let bound: BoundProgram
  let shared: Memory
  let batch: Memory
  let sizes: Memory
  let scalars: Memory

  func calls(_ calls: [BoundProgram.Call], lane: Memory) -> [ml_call] {
    unsafe calls.map { call in
      var result = unsafe ml_call()
      unsafe result.kernel = call.kernel
      unsafe result.laneKernel = call.laneKernel
      unsafe result.units = call.units
      unsafe result.turn = call.turn
      unsafe (result.from, result.to) = (Int64(call.rows.lowerBound), Int64(call.rows.upperBound))
      unsafe result.share = Int64(call.share)
      unsafe result.sizes = UnsafePointer(
        sizes.address(call.sizesOffset * MemoryLayout<Int64>.stride)
          .assumingMemoryBound(to: Int64.self))
      unsafe result.scalars = UnsafePointer(
        scalars.address(call.scalarsOffset * MemoryLayout<Float>.stride)
          .assumingMemoryBound(to: Float.self))
      var places = call.operands.map { value in
        let place = bound.plan.places[value]
        return (
          MemoryPlan.Place(
            region: place.region, offset: place.offset - (call.bytesBefore[value] ?? 0)),
          MemoryPlan.aligned(bound.graph.values[value].byteCount)
        )
      }
      if let scratch = call.scratch { places.append((scratch, 0)) }
      guard places.count <= Int(ML_OPERANDS) else {
        fatalError("A kernel takes at most \(ML_OPERANDS) operands, not \(places.count).")
      }
      unsafe result.operandCount = Int64(places.count)
      for (index, (place, batchStep)) in places.enumerated() {
        unsafe set(&result, index, place, batchStep, lane)
      }
      return unsafe result
    }
  }

  private func set(
    _ call: inout ml_call, _ index: Int, _ place: MemoryPlan.Place, _ batchStep: Int, _ lane: Memory
  ) {
    let (memory, laneStep, firstStep) =
      switch place.region {
      case .shared: (shared, 0, 0)
      case .lane: (lane, bound.plan.laneByteCount, 0)
      case .batch: (batch, batchStep, batchStep)
      }
    let address = unsafe memory.address(place.offset).assumingMemoryBound(to: CChar.self)
    unsafe withUnsafeMutableBytes(of: &call.operands) {
      unsafe $0.storeBytes(
        of: address, toByteOffset: index * 8, as: UnsafeMutablePointer<CChar>.self)
    }
    unsafe withUnsafeMutableBytes(of: &call.laneSteps) {
      unsafe $0.storeBytes(of: Int64(laneStep), toByteOffset: index * 8, as: Int64.self)
    }
    unsafe withUnsafeMutableBytes(of: &call.batchSteps) {
      unsafe $0.storeBytes(of: Int64(firstStep), toByteOffset: index * 8, as: Int64.self)
    }
  }
}

extension Execution {
  /// The names of the outputs, in order.
  public var outputNames: [String] { program.outputNames }
}
