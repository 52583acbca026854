import TensorFiles
import TestMaterial
import Foundation
import Runs
import Tensors
import Testing

/// A small checkpoint with everything that one can hold.
private func checkpoint(step: Int) -> Checkpoint {
  var parameters = ParameterValues()
  parameters.append(.init(name: "z.weight", leaf: TensorValue([1, -0.0, 2.5], shape: [3, 1])))
  parameters.append(.init(name: "a.mean", leaf: TensorValue(Float(step)), role: .statistic))
  parameters.append(.init(name: "a/b", leaf: TensorValue([7] as [UInt8], shape: [1])))
  return Checkpoint(
    step: step,
    trees: [
      "parameters": parameters, "empty": ParameterValues(),
      "optimizer": ParameterValues(["count": TensorValue([3] as [UInt32], shape: [])]),
    ],
    numbers: ["best": 0.1 + 0.2, "worst": -.infinity, "tiny": .leastNonzeroMagnitude],
    counters: ["patience": -3, "large": .max], texts: ["data": "\"sha256\":\"00\n"],
    marks: ["metrics": 1234, "a \"b\"": 0, "most": .max])
}

@Suite struct CheckpointTests {
  @Test func `a checkpoint reads back to the bit, order and roles included`() throws {
    let original = checkpoint(step: 7)
    let bytes = try original.encoded(file: "c")
    let copy = try Checkpoint(decoding: bytes, file: "c")
    #expect(copy == original)
    #expect(copy.trees["parameters"]?.floatBits == original.trees["parameters"]?.floatBits)
    #expect(try copy.encoded(file: "c") == bytes)
  }

  @Test func `a number that is none is kept`() throws {
    var original = checkpoint(step: 1)
    original.numbers["best"] = .nan
    let copy = try Checkpoint(decoding: original.encoded(file: "c"), file: "c")
    #expect(copy.numbers["best"]?.isNaN == true)
  }

  @Test func `any flipped bit is noticed`() throws {
    var random = Counter(seed: 1)
    let bytes = try checkpoint(step: 7).encoded(file: "c")
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      let error = #expect(throws: RunError.self) {
        try Checkpoint(decoding: damaged, file: "c")
      }
      guard case .damagedCheckpoint = error else {
        Issue.record("byte \(position): \(String(describing: error))" as Comment)
        continue
      }
      #expect(error?.exitStatus == .badData)
    }
  }

  @Test func `mutated checkpoints are refused, never worse`() throws {
    var random = Counter(seed: 2)
    let bytes = try checkpoint(step: 7).encoded(file: "c")
    for _ in 0..<fuzzRounds(usually: 1000) {
      var damaged = bytes
      mutate(&damaged, &random)
      if damaged == bytes { continue }
      #expect(throws: RunError.self) { try Checkpoint(decoding: damaged, file: "c") }
    }
  }

  @Test(arguments: [
    "", "{}", "[]", "{\"format\":1}", "{\"format\":3}", "{\"format\":2,\"step\":1.5}",
    "{\"format\":2,\"step\":1,\"trees\":{\"p\":[[\"absent\",\"learned\"]]}}",
    "{\"format\":2,\"step\":1,\"trees\":{\"p\":[[\"a\",\"loved\"]]}}",
    "{\"format\":2,\"step\":1,\"trees\":{\"p\":[[\"a\",\"learned\"],[\"a\",\"learned\"]]}}",
    "{\"format\":2,\"step\":1,\"trees\":{},\"numbers\":{\"a\":\"x\"}}",
    "{\"format\":2,\"step\":1,\"trees\":{},\"numbers\":{},\"counters\":{},\"texts\":{}}",
    "{\"format\":2,\"step\":1,\"trees\":{},\"numbers\":{},\"counters\":{},\"texts\":{},"
      + "\"marks\":{\"metrics\":1.5}}",
  ])
  func `a sealed file of other content is refused`(_ text: String) throws {
    let bytes = try SealedSafetensors.encode(
      [("p/a", TensorValue(1))], metadata: ["metalearnCheckpoint": text], file: "c")
    #expect(throws: RunError.self) { try Checkpoint(decoding: bytes, file: "c") }
  }

  @Test func `a sealed file of nothing but empty fields is a checkpoint`() throws {
    let text =
      "{\"format\":2,\"step\":1,\"trees\":{},\"numbers\":{},\"counters\":{},\"texts\":{},"
      + "\"marks\":{}}"
    let bytes = try SealedSafetensors.encode(
      [], metadata: ["metalearnCheckpoint": text], file: "c")
    #expect(try Checkpoint(decoding: bytes, file: "c") == Checkpoint(step: 1, trees: [:]))
  }

  @Test func `a sealed file is an ordinary safetensors file`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "model.safetensors")
    try SealedSafetensors.write([("a", TensorValue(3))], metadata: ["k": "v"], to: url)
    #expect(try Safetensors.read(url).value("a").scalar == 3)
    #expect(try SealedSafetensors.read(url).metadata["k"] == "v")
    try Safetensors.write([("a", TensorValue(3))], to: url)
    let error = #expect(throws: SafetensorsError.self) { try SealedSafetensors.read(url) }
    #expect(error?.kind == .wrongDigest)
  }
}

@Suite struct CheckpointStoreTests {
  private func flipByte(of url: URL, at fraction: Double) throws {
    var bytes = try Data(contentsOf: url)
    bytes[Int(Double(bytes.count - 1) * fraction)] ^= 0x10
    try bytes.write(to: url)
  }

  @Test func `the last two and the best are kept`() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(folder: folder.url)
    #expect(try store.loadLatest() == nil)
    #expect(try store.loadBest() == nil)
    for step in [5, 10, 15, 20] {
      try store.save(checkpoint(step: step))
      if step == 10 { try store.saveBest(checkpoint(step: step)) }
    }
    #expect(
      try folder.names() == [
        "best.safetensors", "step-00000015.safetensors", "step-00000020.safetensors",
      ])
    #expect(try store.loadLatest()?.checkpoint == checkpoint(step: 20))
    #expect(try store.loadBest() == checkpoint(step: 10))
  }

  @Test(arguments: [0.0, 0.001, 0.2, 0.5, 0.8, 0.99, 1.0])
  func `a damaged checkpoint is named and the one before used`(_ fraction: Double) throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(folder: folder.url)
    for step in [5, 10] { try store.save(checkpoint(step: step)) }
    try flipByte(of: store.url(ofStep: 10), at: fraction)
    let loaded = try #require(try store.loadLatest())
    #expect(loaded.checkpoint == checkpoint(step: 5))
    #expect(loaded.warnings.count == 1)
    let warning = loaded.warnings.first ?? ""
    #expect(warning.contains("step-00000010.safetensors is damaged: "))
    #expect(warning.hasSuffix("; the one of step 5 is used") && !warning.contains("\n"))

    // Going on from there, the damaged one is not taken for the last again.
    try store.save(checkpoint(step: 8))
    #expect(try store.steps() == [5, 8])
    #expect(try store.loadLatest()?.checkpoint.step == 8)
  }

  @Test func `a run with damaged checkpoints only is not started anew in silence`() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(folder: folder.url)
    for step in [5, 10] {
      try store.save(checkpoint(step: step))
      try flipByte(of: store.url(ofStep: step), at: 0.9)
    }
    let error = #expect(throws: RunError.self) { try store.loadLatest() }
    #expect(error?.exitStatus == .badData)
    #expect("\(error, default: "")".contains("remove them to start again"))
    try store.saveBest(checkpoint(step: 1))
    try flipByte(of: store.best, at: 0.5)
    #expect(throws: RunError.self) { try store.loadBest() }
  }

  @Test func `other files are none of the store's business`() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(folder: folder.url)
    let names = ["notes", "step-7.safetensors", "step-x.safetensors", "step--0000007.safetensors"]
    for name in names { try Data().write(to: folder.url.appending(path: name)) }
    #expect(try store.steps().isEmpty)
    for step in [1, 2, 123_456_789] { try store.save(checkpoint(step: step)) }
    #expect(try store.steps() == [2, 123_456_789])
    #expect(Set(try folder.names()).isSuperset(of: names))
  }

  #if os(Linux)
    @Test func `a full disk keeps the checkpoints before`() async throws {
      let folder = try TemporaryFolder()
      let store = CheckpointStore(folder: folder.url)
      for step in [5, 10] { try store.save(checkpoint(step: step)) }
      await #expect(processExitsWith: .success) { [path = folder.url.path as String] in
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 100, rlim_max: 100)
        #expect(unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        let store = CheckpointStore(folder: URL(filePath: path))
        let error = #expect(throws: RunError.self) { try store.save(checkpoint(step: 15)) }
        #expect(error?.exitStatus == .inputOutput)
      }
      #expect(try store.steps() == [5, 10])
      #expect(try store.loadLatest()?.checkpoint == checkpoint(step: 10))
    }
  #endif
}

extension ParameterValues {
  /// The bit patterns of all floating-point leaves, which tell zeros of different signs apart.
  fileprivate var floatBits: [UInt32] {
    leaves.flatMap { leaf -> [UInt32] in
      guard case .float32(let elements) = leaf.storage else { return [] }
      return elements.map(\.bitPattern)
    }
  }
}
