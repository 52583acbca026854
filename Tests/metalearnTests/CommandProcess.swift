import Foundation

/// The built command, run as a person runs it.
struct CommandProcess {
  /// What a command printed and how it ended.
  struct Outcome {
    let code: Int32
    let output: String
    let errors: String

    /// The lines of stdout.
    var lines: [Substring] { output.split(separator: "\n") }
    /// The last line of stdout as a JSON object.
    var json: [String: Any]? {
      guard let line = lines.last else { return nil }
      return try? JSONSerialization.jsonObject(with: Foundation.Data(line.utf8)) as? [String: Any]
    }
  }

  /// A command that has been started.
  final class Running {
    let process: Process
    private let outputFile: URL
    private let errorFile: URL

    init(_ process: Process, _ outputFile: URL, _ errorFile: URL) {
      self.process = process
      self.outputFile = outputFile
      self.errorFile = errorFile
    }

    /// What is on stderr so far.
    var errors: String { (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "" }

    /// Whether the program has taken over a signal; Linux alone tells.
    func holds(_ signal: Int32) -> Bool {
      let status = "/proc/\(process.processIdentifier)/status"
      let line = (try? String(contentsOfFile: status, encoding: .utf8))?.split(separator: "\n")
        .first { $0.hasPrefix("SigBlk:") }
      let mask = line.flatMap { UInt64($0.split(separator: "\t")[1], radix: 16) } ?? 0
      return mask >> UInt64(signal - 1) & 1 == 1
    }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for the end; a command that dies of a signal ends with 128 and its number.
    func outcome() throws -> Outcome {
      process.waitUntilExit()
      let died = process.terminationReason == .uncaughtSignal
      return Outcome(
        code: process.terminationStatus + (died ? 128 : 0),
        output: try String(contentsOf: outputFile, encoding: .utf8), errors: errors)
    }
  }

  /// The folder that the command works in.
  let folder: URL

  /// The executable beside the tests; nil where only the tests were built.
  static let executable: URL? = {
    let beside =
      [Bundle.main.bundleURL, URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()]
      + Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
    return beside.map { $0.appending(path: "metalearn") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }()

  static var isBuilt: Bool { executable != nil }

  /// Whether SIGHUP is ignored here, and so by what is started from here.
  static let outlivesTerminal: Bool = {
    let before = signal(SIGHUP, SIG_IGN)
    _ = signal(SIGHUP, before)
    return unsafe unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }()

  func start(
    _ arguments: [String], environment: [String: String] = [:], below shell: String? = nil
  ) throws -> Running {
    let name = UUID().uuidString
    let (outputFile, errorFile) = (
      folder.appending(path: "\(name).out"), folder.appending(path: "\(name).err")
    )
    for file in [outputFile, errorFile] {
      _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    }
    guard let executable = Self.executable else { throw CocoaError(.fileNoSuchFile) }
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    if let shell {
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", "\(shell); exec \"$0\" \"$@\"", executable.path] + arguments
    }
    process.currentDirectoryURL = folder
    var variables = ProcessInfo.processInfo.environment
    variables["METALEARN_HOME"] = folder.appending(path: "home").path
    variables["METALEARN_DATA"] = nil
    process.environment = variables.merging(environment) { _, own in own }
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return Running(process, outputFile, errorFile)
  }

  func run(
    _ arguments: [String], environment: [String: String] = [:], below shell: String? = nil
  ) throws -> Outcome {
    try start(arguments, environment: environment, below: shell).outcome()
  }
}

/// A folder that lives as long as the value that stands for it, and the command in it.
final class Workplace {
  let folder: URL
  let command: CommandProcess

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "metalearn-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    command = CommandProcess(folder: folder)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func write(_ text: String, to name: String) throws {
    let file = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: false, encoding: .utf8)
  }

  /// A training on sine curves that takes a second or two.
  func train(_ run: String, _ further: [String] = []) -> [String] {
    [
      "train", "curves.yaml", "--output", run, "--quiet", "--json", "--threads", "1",
    ] + further
  }

  static let curves = """
    task:
      data: sinusoid
      shots: 4
      queries: 6
    learner:
      kind: maml
      learningRate: 0.01
    network:
      hidden: [8, 8]
    training:
      iterations: 400
      tasksPerStep: 4
      validateEvery: 40
      validationTasks: 5
      checkpointEvery: 5
    evaluation:
      queries: 10
      episodes: 20

    """
}
