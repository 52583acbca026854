/// Runs programs on the cores of this machine, in float32.
final class CPUBackend: Backend {
  let configuration: Runner.Configuration
  let workers: Workers
  let arena: Arena

  init(_ configuration: Runner.Configuration) {
    self.configuration = configuration
    workers = Workers(count: configuration.threads)
    arena = Arena(configuration.endsInShortage)
  }

  var memoryByteCount: Int { arena.memory.byteCount }

  func prepared(_ program: Program, persistent: PersistentValues.Layout) -> any PreparedProgram {
    CPUProgram(program, on: self, persistent: persistent)
  }
}
