import Files
import Foundation
import Runs
import Testing

@Suite struct ExitStatusTests {
  @Test(arguments: [
    (FileError(.read, "f", code: ENOENT), Runs.ExitStatus.missingInput),
    (FileError(.list, "f", code: ENOENT), .missingInput),
    (FileError(.write, "f", code: ENOENT), .inputOutput),
    (FileError(.read, "f", code: EACCES), .inputOutput),
    (FileError(.read, "f", reason: "it is not an ordinary file"), .inputOutput),
  ])
  func `what a file error ends a command with`(_ error: FileError, _ status: Runs.ExitStatus) {
    #expect(error.exitStatus == status)
  }
}
