import TestMaterial
import Foundation
import Runs
import Testing

@Suite struct RunLockTests {
  @Test func `a second writer is told who the first is`() async throws {
    let folder = try TemporaryFolder()
    let lock = try RunLock.acquire(in: folder.url)
    let error = #expect(throws: RunError.self) { try RunLock.acquire(in: folder.url) }
    #expect("\(error, default: "")".contains("is being written by process \(getpid()); "))
    await #expect(processExitsWith: .success) {
      [path = folder.url.path as String, owner = "\(getpid())" as String] in
      let url = URL(filePath: path)
      let error = #expect(throws: RunError.self) { try RunLock.acquire(in: url) }
      #expect(error == .locked(folder: url.path, owner: owner))
      #expect(error?.exitStatus == .inputOutput)
    }
    lock.release()
    #expect(try folder.names() == [])
    _ = try RunLock.acquire(in: folder.url)
  }

  @Test func `a lock is free when nobody holds it`() throws {
    let folder = try TemporaryFolder()
    for _ in 0..<3 { _ = try RunLock.acquire(in: folder.url) }
    #expect(try folder.names() == [])
  }

  @Test func `the lock of a killed process is taken over`() async throws {
    let folder = try TemporaryFolder()
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.url.path as String] in
      let lock = try RunLock.acquire(in: URL(filePath: path))
      kill(getpid(), SIGKILL)
      lock.release()
    }
    #expect(try folder.names() == [RunLock.fileName])
    let lock = try RunLock.acquire(in: folder.url)
    lock.release()
    #expect(try folder.names() == [])
  }

  /// What a lock's file says, and whether it is free where the system cannot lock files.
  @Test(arguments: [
    ("", true), ("rubbish", true), ("0 here", true), ("999999999 SELF", true),
    ("PROCESS SELF", false), ("1 SELF", false), ("999999999 another-machine", false),
  ])
  func `without locks of the system, life of the owner decides`(
    _ text: String, _ isFree: Bool
  ) throws {
    let folder = try TemporaryFolder()
    let text = text.replacing("SELF", with: RunEnvironment.machineName)
      .replacing("PROCESS", with: "\(getpid())")
    try Data(text.utf8).write(to: folder.url.appending(path: RunLock.fileName))
    let refusing: (Int32) -> Int32 = { _ in
      errno = ENOTSUP
      return -1
    }
    do throws(RunError) {
      let lock = try RunLock.acquire(in: folder.url, systemLock: refusing)
      #expect(isFree)
      #expect(throws: RunError.self) {
        try RunLock.acquire(in: folder.url, systemLock: refusing)
      }
      lock.release()
    } catch {
      #expect(!isFree)
      #expect(error.exitStatus == .inputOutput)
    }
  }

  @Test func `a lock that is removed while it is taken is taken anew`() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: RunLock.fileName).path
    var tries = 0
    let lock = try RunLock.acquire(in: folder.url) { file in
      tries += 1
      // As the owner before does on release, between this one's opening and locking.
      if tries == 1 { unsafe unlink(path) }
      return flock(file, LOCK_EX | LOCK_NB)
    }
    #expect(tries == 2)
    #expect(throws: RunError.self) { try RunLock.acquire(in: folder.url) }
    lock.release()
  }

  @Test func `a folder that cannot be locked is named`() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: RunError.self) {
      try RunLock.acquire(in: folder.url.appending(path: "absent"))
    }
    #expect("\(error, default: "")".hasPrefix("cannot lock "))
  }

  @Test func `of many at once, one gets the lock`() async throws {
    let folder = try TemporaryFolder()
    let url = folder.url
    let taken = await withTaskGroup(of: RunLock?.self) { group in
      for _ in 0..<32 { group.addTask { try? RunLock.acquire(in: url) } }
      return await group.reduce(into: []) { taken, lock in
        if let lock { taken.append(lock) }
      }
    }
    #expect(taken.count == 1)
  }
}
