import Files
import Foundation
import Runs
import Settings
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

  @Test(arguments: [
    (
      SettingsError.Kind.missingFile, SettingsPlace.file("f", line: nil),
      Runs.ExitStatus.missingInput
    ),
    (.unreadableFile, .file("f", line: nil), .inputOutput),
    (.syntax, .file("f", line: 1), .badData), (.unknownKey, .file("f", line: 1), .badData),
    (.missing, .file("f", line: nil), .badData), (.wrongType, .file("f", line: 2), .badData),
    (.outOfBounds, .file("f", line: 2), .badData), (.syntax, .override("a=["), .usage),
    (.unknownKey, .override("a=1"), .usage), (.outOfBounds, .override("a=1"), .usage),
  ])
  func `what wrong settings end a command with`(
    _ kind: SettingsError.Kind, _ place: SettingsPlace, _ status: Runs.ExitStatus
  ) {
    #expect(SettingsError(kind, place, "detail").exitStatus == status)
  }
}
