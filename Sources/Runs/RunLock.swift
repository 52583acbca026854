internal import Files
public import Foundation
internal import Synchronization

/// The right to write to a run folder, which one process has at a time.
///
/// The lock is a file that the operating system locks for the owner and frees when the owner ends,
/// however it ends; what the file says, the owner's process id and machine, is for people. On file
/// systems that cannot lock, the file's being there is the lock, and one of a process that no
/// longer lives is taken over.
public final class RunLock: Sendable {
  /// The name of the lock's file in the run folder.
  public static let fileName = "lock"

  private let path: String
  private let descriptor: Mutex<Int32?>

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = Mutex(descriptor)
  }

  deinit { release() }

  /// Takes the lock of a folder; throws at once, naming the owner, where it is taken.
  public static func acquire(in folder: URL) throws(RunError) -> RunLock {
    try acquire(in: folder, systemLock: { flock($0, LOCK_EX | LOCK_NB) })
  }

  /// Takes the lock of a folder with the given form of `flock(2)`.
  package static func acquire(
    in folder: URL, systemLock: (Int32) -> Int32
  ) throws(RunError) -> RunLock {
    let path = folder.appending(path: fileName).path
    // A lock that is freed between two looks at it is tried again, a few times.
    for _ in 0..<100 {
      let file = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard file >= 0 else { throw .file(FileError(.lock, path)) }
      var isKept = false
      defer { if !isKept { close(file) } }
      let result = systemLock(file)
      let code = errno
      let text = content(of: file)
      if result != 0, code == EWOULDBLOCK {
        throw .locked(folder: folder.path, owner: owner(text))
      }
      if result != 0 {
        guard canOnlyBeFile(code) else { throw .file(FileError(.lock, path, code: code)) }
        if let text, isAlive(text) { throw .locked(folder: folder.path, owner: owner(text)) }
      }
      guard isStillThere(file, path) else { continue }
      try RunError.naming { () throws(FileError) in try sign(file, path) }
      if result != 0 {
        // Of two that sign at the same moment, the text tells which was last and has the lock.
        usleep(50_000)
        let text = content(of: file)
        guard text == signature else { throw .locked(folder: folder.path, owner: owner(text)) }
      }
      isKept = true
      return RunLock(path: path, descriptor: file)
    }
    throw .locked(folder: folder.path, owner: nil)
  }

  /// Gives the lock back; a lock is also given back when nobody holds the value any more.
  public func release() {
    descriptor.withLock { descriptor in
      guard let file = descriptor else { return }
      // Removed while it is locked, so that nobody can lock a file that is then removed.
      unsafe unlink(path)
      close(file)
      descriptor = nil
    }
  }

  /// Whether a refusal to lock means that the file system has no locks.
  private static func canOnlyBeFile(_ code: Int32) -> Bool {
    [ENOTSUP, EOPNOTSUPP, ENOSYS, ENOLCK, EINVAL].contains(code)
  }

  private static var signature: String { "\(getpid()) \(thisMachine)\n" }

  private static var thisMachine: String { RunEnvironment.machineName }

  /// Writes this process's id and machine to the lock.
  private static func sign(_ file: Int32, _ path: String) throws(FileError) {
    let text = Array(signature.utf8)
    let written = unsafe text.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, 0) }
    guard written == text.count, ftruncate(file, off_t(text.count)) == 0 else {
      throw FileError(.lock, path)
    }
  }

  private static func content(of file: Int32) -> String? {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe pread(file, $0.baseAddress, $0.count, 0)
    }
    guard count > 0 else { return nil }
    return String(validating: bytes[..<count], as: UTF8.self)
  }

  /// The owner as a lock's text names it: the process id, and the machine where it is another.
  private static func owner(_ text: String?) -> String? {
    guard let (process, machine) = parse(text ?? "") else { return nil }
    return machine == thisMachine ? "\(process)" : "\(process) on \(machine)"
  }

  /// Whether the process that a lock names may still be running; on another machine it may.
  private static func isAlive(_ text: String) -> Bool {
    guard let (process, machine) = parse(text) else { return false }
    guard machine == thisMachine else { return true }
    return kill(process, 0) == 0 || errno == EPERM
  }

  private static func parse(_ text: String) -> (process: pid_t, machine: String)? {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let process = pid_t(words[0]), process > 0 else { return nil }
    return (process, String(words[1]))
  }

  /// Whether the path still leads to the open file.
  private static func isStillThere(_ file: Int32, _ path: String) -> Bool {
    var open = stat()
    var present = stat()
    guard unsafe fstat(file, &open) == 0, unsafe stat(path, &present) == 0 else { return false }
    return open.st_ino == present.st_ino && open.st_dev == present.st_dev
  }
}
