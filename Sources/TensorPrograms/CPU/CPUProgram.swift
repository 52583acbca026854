import CTensorKernels
import Tensors

/// A program with its kernels chosen and its memory planned: calls that find their operands by the
/// addresses at which regions begin, so that they need not change when these move.
@safe
final class CPUProgram: PreparedProgram {
  let backend: CPUBackend
  private let persistentLayout: PersistentValues.Layout
  private let schedule: Schedule
  private let division: LaneDivision
  private let tables: CallTables
  private let constants: Memory
  private let bases: RegionBases
  private let inputs: [Variable]
  private let outputs: [Variable]
  private let carries: [Program.Carry]
  /// The places of the lanes' sums, where other processes have a share of the lanes.
  private let laneSums: [Variable]
  /// The numbers of all lanes' sums, one after the other.
  private var sums: [Float]

  /// A value that enters, leaves or is summed over lanes.
  struct Variable {
    let shape: Shape
    let elementType: ElementType
    let place: MemoryPlan.Place
    /// As an output is seen: whether each lane has its own.
    let variesByLane: Bool

    var byteCount: Int { shape.elementCount * elementType.byteCount }
  }

  init(_ program: Program, on backend: CPUBackend, persistent: PersistentValues.Layout) {
    self.backend = backend
    persistentLayout = persistent
    let configuration = backend.configuration
    let bound = BoundProgram(program, on: backend, persistent: persistent)
    division = LaneDivision(
      laneCount: program.laneCount, bound.plan, chunk: configuration.chunk,
      workers: backend.workers.count)
    tables = CallTables(bound)
    constants = Memory(byteCount: bound.plan.constantByteCount)
    bases = RegionBases(workerCount: division.memoryCount)
    let isShared = program.totalLaneCount > program.laneCount
    schedule = Schedule(
      bound, tables, bases, division, backend.workers,
      pausesAfterLaneSums: isShared && configuration.completesLaneSums != nil)
    inputs = zip(program.inputs, program.inputValues).map { input, value in
      Variable(
        shape: input.shape, elementType: input.elementType, place: bound.plan.places[value],
        variesByLane: input.variesByLane)
    }
    outputs = zip(program.outputs, program.graph.outputs).map { output, value in
      Variable(
        shape: output.shape, elementType: output.elementType, place: bound.plan.places[value],
        variesByLane: output.variesByLane)
    }
    carries = program.carries
    laneSums = isShared ? bound.laneSums : []
    sums = [Float](repeating: 0, count: laneSums.reduce(0) { $0 + $1.shape.elementCount })
    makeConstants(bound)
  }

  /// The program with its kernels, from which this was made.
  func bound(_ program: Program) -> BoundProgram {
    BoundProgram(program, on: backend, persistent: persistentLayout)
  }

  private func makeConstants(_ bound: BoundProgram) {
    for step in bound.graph.steps {
      guard case .literal(let value) = step.operation else { continue }
      constants.write(value.storage, at: bound.plan.places[step.outputs[0]].offset)
    }
    bases.set(.constants, worker: 0, to: constants)
    let calls = unsafe tables.calls(bound.constants, of: bound)
    unsafe calls.withUnsafeBufferPointer {
      unsafe ml_run_calls($0.baseAddress, Int64($0.count), bases.bases(0), 0, 1)
    }
  }

  // MARK: Memory

  var ownByteCount: Int {
    tables.byteCount + schedule.byteCount + constants.byteCount
      + sums.count * MemoryLayout<Float>.stride
  }

  var memoryByteCount: Int { division.arenaByteCount + constants.byteCount }

  func takeMemory() { backend.arena.reserve(division.arenaByteCount) }

  private func setBases(_ persistent: PersistentValues) {
    for worker in 0..<division.memoryCount {
      bases.set(.constants, worker: worker, to: constants)
      bases.set(.persistent, worker: worker, to: persistent.memory)
      for region in [MemoryPlan.Region.shared, .batch, .lane] {
        let offset = division.offset(of: region, worker: worker)
        bases.set(region, worker: worker, to: backend.arena.memory, offset)
      }
    }
  }

  /// The memory that a place is in, and how many bytes from its start.
  private func location(
    _ place: MemoryPlan.Place, _ persistent: PersistentValues?
  ) -> (memory: Memory, offset: Int) {
    switch place.region {
    case .constants: (constants, place.offset)
    case .persistent: (persistent?.memory ?? constants, place.offset)
    case .shared, .batch, .lane:
      (backend.arena.memory, division.offset(of: place.region, worker: 0) + place.offset)
    }
  }

  // MARK: Inputs and outputs

  func write(_ value: TensorValue, input: Int) {
    let input = inputs[input]
    let (memory, offset) = location(input.place, nil)
    let step = MemoryPlan.aligned(input.byteCount)
    guard input.variesByLane, step != input.byteCount else {
      return memory.write(value.storage, at: offset)
    }
    for lane in 0..<division.laneCount {
      memory.write(value.slice(at: lane).storage, at: offset + lane * step)
    }
  }

  func value(output: Int, _ persistent: PersistentValues) -> TensorValue {
    let output = outputs[output]
    let (memory, offset) = location(output.place, persistent)
    guard output.variesByLane else {
      return memory.read(output.elementType, output.shape, at: offset)
    }
    let step = output.place.region == .batch ? MemoryPlan.aligned(output.byteCount) : 0
    return TensorValue.stacking(
      (0..<division.laneCount).map {
        memory.read(output.elementType, output.shape, at: offset + $0 * step)
      })
  }

  // MARK: Running

  func compute(_ persistent: PersistentValues) {
    setBases(persistent)
    schedule.run { completeLaneSums() }
  }

  /// Computes the outputs on the calling thread, and tells the seconds of each call.
  func timedRun(_ persistent: PersistentValues) -> [Double] {
    setBases(persistent)
    return schedule.timedRun { completeLaneSums() }
  }

  func carry(_ persistent: PersistentValues) {
    for carry in carries {
      let (from, fromOffset) = location(outputs[carry.output].place, persistent)
      let (to, toOffset) = location(inputs[carry.input].place, persistent)
      unsafe to.address(toOffset).copyMemory(
        from: from.address(fromOffset), byteCount: inputs[carry.input].byteCount)
    }
  }

  private func completeLaneSums() {
    guard !laneSums.isEmpty, let complete = backend.configuration.completesLaneSums else { return }
    unsafe copyLaneSums { numbers, place in
      unsafe numbers.copyMemory(from: UnsafeRawBufferPointer(place))
    }
    complete(&sums)
    unsafe copyLaneSums { numbers, place in
      unsafe place.copyMemory(from: UnsafeRawBufferPointer(numbers))
    }
  }

  /// Visits each sum: its numbers in `sums` and its place.
  private func copyLaneSums(
    _ copy: (UnsafeMutableRawBufferPointer, UnsafeMutableRawBufferPointer) -> Void
  ) {
    unsafe sums.withUnsafeMutableBytes { numbers in
      var start = 0
      for sum in laneSums {
        let (memory, offset) = location(sum.place, nil)
        unsafe copy(
          UnsafeMutableRawBufferPointer(rebasing: numbers[start..<start + sum.byteCount]),
          UnsafeMutableRawBufferPointer(start: memory.address(offset), count: sum.byteCount))
        start += sum.byteCount
      }
    }
  }
}

extension BoundProgram {
  /// A program as it runs on a backend.
  fileprivate init(
    _ program: Program, on backend: CPUBackend, persistent: PersistentValues.Layout
  ) {
    self.init(
      program, backend.configuration.kernels,
      threads: LaneDivision.threadsOfLane(program.laneCount, workers: backend.workers.count),
      tilesBatches: backend.configuration.tilesBatches, persistent: persistent)
  }
}
