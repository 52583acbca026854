import Foundation
import MetaTasks
import Testing

/// Pictures as users have them.
@Suite(.enabled(if: UserPictures.areThere, "there is no folder ../shared/inputs"))
struct UserPicturesTests {
  @Test(arguments: [
    "cmyk.jpg", "extraneous.jpg", "grey16.png", "la.png", "palette.png", "prog.jpg",
  ])
  func `one drawing is the same in many kinds of files`(_ name: String) throws {
    let (plain, other) = (try picture("kinds/plain.png"), try picture("kinds/\(name)"))
    #expect((other.height, other.width) == (plain.height, plain.width))
    let difference = zip(plain.samples, other.samples).reduce(0) {
      $0 + abs(Int($1.0) - Int($1.1))
    }
    #expect(difference < 12 * plain.samples.count, "\(difference / plain.samples.count)")
  }

  @Test func `a picture that a phone stores lying is the same as one stored upright`() throws {
    let (turned, upright) = (
      try picture("exifq/upright_as_a_phone_stores_it.jpg"),
      try picture("exifq/upright_no_exif.jpg")
    )
    let difference = zip(turned.samples, upright.samples).reduce(0) {
      $0 + abs(Int($1.0) - Int($1.1))
    }
    #expect(turned.height == upright.height && difference < 4 * upright.samples.count)
  }

  private func picture(_ name: String) throws -> Picture {
    let file = UserPictures.folder.appending(path: name)
    return try PictureReader.picture(
      Array(try Data(contentsOf: file)), channels: 1, name: file.path)
  }
}

private enum UserPictures {
  static let folder = realData.deletingLastPathComponent().appending(path: "inputs")
  static var areThere: Bool { FileManager.default.fileExists(atPath: folder.path) }
}
