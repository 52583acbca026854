import Foundation
import Testing

/// From a folder of pictures to predictions, as an engineer goes.
@Suite(
  .enabled(if: CommandProcess.isBuilt, "the command is not built beside the tests"), .serialized)
struct PictureTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try PictureFile.writeDividedStripes(in: place.folder)
  }

  private func train(_ run: String, _ further: [String] = []) throws -> CommandProcess.Outcome {
    let settings = [
      "task.data=./stripes", "task.size=16", "task.channels=1", "task.ways=3", "task.queries=2",
      "network.width=4", "training.iterations=20", "training.validateEvery=null",
      "evaluation.ways=3", "evaluation.queries=3", "evaluation.episodes=10",
    ]
    return try place.command.run(
      ["train", "--output", run, "--json", "--quiet", "--threads", "1"]
        + settings.flatMap { ["--set", $0] } + further)
  }

  private func picture(_ number: Int) -> String {
    "stripes/test/class\(9 + number % 3)/\(number / 3).png"
  }

  @Test func `trained, adapted and asked, a picture gets the same answer in any company`() throws {
    let trained = try train("run")
    #expect(trained.code == 0, "\(trained.errors)")
    #expect((trained.json?["leakCheck"] as? [String: Any])?["passed"] as? Bool == true)
    let adapted = try place.command.run(
      ["adapt", "run", "--support", "stripes/test", "--output", "model.safetensors", "--json"])
    #expect(adapted.code == 0, "\(adapted.errors)")
    #expect(adapted.json?["classes"] as? [String] == ["class10", "class11", "class9"])
    let files = (0..<6).map(picture)
    let together = try place.command.run(["predict", "model.safetensors"] + files + ["--json"])
    #expect(together.code == 0, "\(together.errors)")
    #expect(together.lines.count == 6)
    for (file, line) in zip(files, together.lines) {
      let alone = try place.command.run(["predict", "model.safetensors", file, "--json"])
      #expect(alone.lines.first == line)
    }
    let table = try place.command.run(["predict", "model.safetensors", files[0]])
    #expect(table.lines.first?.hasPrefix(files[0]) == true)
    let overwriting = try place.command.run(
      ["adapt", "run", "--support", "stripes/test", "--output", "run/model.safetensors"])
    #expect(overwriting.code == 64)
    #expect(overwriting.errors.contains("choose another file"))
    #if os(Linux)
      let lost = try place.command.run(
        ["predict", "model.safetensors", files[0]], below: "exec > /dev/full")
      #expect(lost.code == 74)
      #expect(lost.errors.contains("cannot write results"))
    #endif
  }

  @Test func `a run that nobody named on data of one's own has their name`() throws {
    let few = [
      "--set", "task.data=./stripes", "--set", "task.size=16", "--set", "task.channels=1", "--set",
      "task.ways=3", "--set", "task.queries=2", "--set", "network.width=4", "--set",
      "training.iterations=2", "--set", "training.validateEvery=null", "--set",
      "evaluation.ways=3", "--set", "evaluation.queries=3", "--set", "evaluation.episodes=4",
    ]
    try place.write("task:\n  data: characters\n", to: "letters.yaml")
    for (words, name) in [
      (["train"], "stripes-protonet-1"), (["train", "letters.yaml"], "stripes-protonet-2"),
      (["train", "--set", "learner.kind=cosineHead"], "stripes-cosineHead-1"),
    ] {
      let outcome = try place.command.run(words + few + ["--quiet", "--json", "--threads", "1"])
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect((outcome.json?["run"] as? String)?.hasSuffix("/runs/\(name)") == true, "\(words)")
      #expect(outcome.errors.contains("metalearn adapt runs/\(name) "), "\(outcome.errors)")
    }
  }

  @Test func `data check counts what is there and says that it is whole`() throws {
    let outcome = try place.command.run(["data", "check", "./stripes"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(
      outcome.lines.prefix(4) == [
        "stripes, division by-folder: OK", "  train: 6 classes, 24 examples",
        "  validation: 3 classes, 12 examples", "  test: 3 classes, 12 examples",
      ])
    let json = try place.command.run(["data", "check", "./stripes", "--json"]).json
    let set = try #require((json?["sets"] as? [[String: Any]])?.first)
    let test = (set["splits"] as? [String: Any])?["test"] as? [String: Int]
    #expect(test == ["classes": 3, "examples": 12])
  }

  @Test func `a picture that is none does not keep the others from their answers`() throws {
    #expect(try train("run").code == 0)
    #expect(
      try place.command.run(
        ["adapt", "run", "--support", "stripes/test", "--output", "model.safetensors"]
      ).code == 0)
    try place.write("not a picture", to: "bad.png")
    let outcome = try place.command.run(
      ["predict", "model.safetensors", picture(0), "bad.png", picture(1)])
    #expect(outcome.code == 65)
    #expect(outcome.lines.count == 2)
    #expect(outcome.errors.contains("bad.png: not a picture"))
  }

  @Test func `what cannot be learned from is told with its folder`() throws {
    let few = try train("few", ["--set", "task.shots=3"])
    #expect(few.code == 65)
    #expect(few.errors.contains("3 shots and 2 queries need 5"), "\(few.errors)")
    let many = try train("many", ["--set", "evaluation.ways=9"])
    #expect(many.code == 65)
    #expect(many.errors.contains("tasks of 9 classes need at least 9 classes"), "\(many.errors)")
    #expect(try train("run").code == 0)
    try PictureFile.writeClasses(0..<1, pictures: 2, to: place.folder.appending(path: "lonely"))
    for (support, code, says) in [
      ("lonely", 65, "1 class; telling apart takes at least 2"),
      ("nowhere", 66, "nowhere"), ("stripes/test/class9", 66, "no pictures"),
    ] as [(String, Int32, String)] {
      let outcome = try place.command.run(
        ["adapt", "run", "--support", support, "--output", "m.safetensors"])
      #expect(outcome.code == code, "\(outcome.errors)")
      #expect(outcome.errors.contains(says), "\(outcome.errors)")
    }
  }

  @Test func `a model with a flipped byte is refused`() throws {
    #expect(try train("run").code == 0)
    let file = place.folder.appending(path: "run/model.safetensors")
    var bytes = try Foundation.Data(contentsOf: file)
    bytes[bytes.count - 10] ^= 4
    try bytes.write(to: file)
    let outcome = try place.command.run(
      ["adapt", "run", "--support", "stripes/test", "--output", "m.safetensors"])
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("its bytes have changed since it was written"))
  }
}
