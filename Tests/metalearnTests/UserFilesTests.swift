import Foundation
import Testing

/// Files and folders as users have them, through the command.
@Suite(
  .enabled(if: CommandProcess.isBuilt, "the command is not built beside the tests"), .serialized)
struct UserFilesTests {
  private let place: Workplace
  private let few = [
    "--set", "training.iterations=3", "--set", "training.validateEvery=null", "--set",
    "network.width=4", "--episodes", "5", "--threads", "1", "--quiet",
  ]
  /// The folder of odd inputs beside the checkout.
  private static let inputs = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "shared/inputs")
  private static var hasInputs: Bool { FileManager.default.fileExists(atPath: inputs.path) }

  init() throws {
    place = try Workplace()
    try PictureFile.writeClasses(
      0..<15, pictures: 3, to: place.folder.appending(path: "stripes"))
  }

  private func train(_ words: [String]) throws -> CommandProcess.Outcome {
    try place.command.run(["train"] + words + few)
  }

  @Test func `a damaged picture is named with the way to leave it out`() throws {
    try place.write("no picture", to: "stripes/class3/bad.png")
    let stopped = try train(["stripes", "--output", "run"])
    #expect(stopped.code == 65, "\(stopped.errors)")
    #expect(stopped.errors.contains("bad.png") && stopped.errors.contains("--skip-damaged"))
    let trained = try train(["stripes", "--output", "run", "--skip-damaged"])
    #expect(trained.code == 0, "\(trained.errors)")
    #expect(trained.errors.contains("1 damaged file left out"), "\(trained.errors)")
  }

  @Test func `a folder may have any name`() throws {
    let name = #"a #2 & *: 'b' "007", [x]"#
    try FileManager.default.moveItem(
      at: place.folder.appending(path: "stripes"), to: place.folder.appending(path: name))
    let outcome = try train([name, "--output", "run"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let other = try place.command.run(
      ["train", "--output", "other", "--set", "task.data=./\(name)", "--set", "task.ways=5"]
        + [
          "--set", "task.queries=1", "--set", "evaluation.ways=3", "--set", "evaluation.queries=1",
        ]
        + few)
    #expect(other.code == 0, "\(other.errors)")
  }

  @Test func `what lies in the wrong place is told, and other files do not matter`() throws {
    try PictureFile.write(
      to: place.folder.appending(path: "stripes/class1/more/x.png"), width: 20, height: 20
    ) { x, _ in UInt8(x) }
    try PictureFile.write(
      to: place.folder.appending(path: "stripes/y.png"), width: 20, height: 20
    ) { x, _ in UInt8(x) }
    for name in ["class2/Thumbs.db", "notes.txt", "class4/z.heic"] {
      try place.write("text", to: "stripes/\(name)")
    }
    let outcome = try train(["stripes", "--output", "run"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    for part in [
      "1 picture lies deeper than in the folder of a class, 'class1/more/x.png'",
      "1 picture lies beside the folders of the classes, 'y.png'",
      "1 picture is of a kind that is not read, 'class4/z.heic'",
    ] { #expect(outcome.errors.contains(part), "\(outcome.errors)") }
    #expect(!outcome.errors.contains("Thumbs") && !outcome.errors.contains("notes"))
  }

  @Test(.enabled(if: hasInputs, "there is no folder ../shared/inputs"))
  func `pictures are answered as people see them, of whatever kind`() throws {
    #expect(try train(["stripes", "--output", "run"]).code == 0)
    func adapt(_ name: String) throws -> CommandProcess.Outcome {
      try place.command.run([
        "adapt", "run", "--support", Self.inputs.appending(path: name).path, "--output",
        "\(name).safetensors", "--threads", "1",
      ])
    }
    for name in ["exif", "un8"] { #expect(try adapt(name).code == 0) }
    let nested = try adapt("nested")
    #expect(nested.code == 0 && nested.errors.contains("1 picture lies deeper"), "\(nested.errors)")
    let formats = try adapt("formats")
    #expect(formats.code == 0, "\(formats.errors)")
    #expect(formats.output.contains("circle: 7") || formats.errors.contains("is not read"))
    let answers = try place.command.run(
      ["predict", "exif.safetensors", Self.inputs.appending(path: "exifq").path, "--json"]
    ).lines.map { line in
      try #require(
        try JSONSerialization.jsonObject(with: Foundation.Data(line.utf8)) as? [String: Any])
    }
    #expect(answers.count == 2)
    #expect(Set(answers.compactMap { $0["class"] as? String }).count == 1)
    let chances = answers.compactMap { $0["probability"] as? Double }
    #expect(abs(chances[0] - chances[1]) < 0.05, "\(chances)")
  }
}
