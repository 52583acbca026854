import Foundation
import TensorFiles
import Tensors
import Testing

/// Features that another program made, of which no recipe says anything.
@Suite(
  .enabled(if: CommandProcess.isBuilt, "the command is not built beside the tests"), .serialized)
struct OwnFeaturesTests {
  private let place: Workplace
  private let few = [
    "--set", "training.iterations=4", "--set", "training.validateEvery=null", "--episodes", "5",
    "--threads", "1", "--quiet",
  ]

  init() throws { place = try Workplace() }

  /// Six rows of each class around a corner of its own.
  private func write(_ classes: Range<Int>, width: Int = 12, labelled: Bool = true, to name: String)
    throws
  {
    var (features, labels): ([Float], [Int32]) = ([], [])
    for category in classes {
      for row in 0..<6 {
        features += (0..<width).map {
          ($0 == category % width ? 1 : 0) + 0.01 * Float(($0 * 7 + row * 5) % 11)
        }
        labels.append(Int32(category))
      }
    }
    let rows = labels.count
    try Safetensors.write(
      [("features", TensorValue(features, shape: [rows, width]))]
        + (labelled ? [("labels", TensorValue(labels, shape: [rows]))] : []),
      to: place.folder.appending(path: name))
  }

  @Test func `are trained on, adapted to and told apart`() throws {
    try write(0..<10, to: "ours.safetensors")
    let outcome = try place.command.run(["train", "ours.safetensors", "--output", "run"] + few)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("ours: 10 classes, 60 examples, 6 or more of each"))
    #expect(outcome.output.contains("100.00%"), "\(outcome.output)")
    try write(10..<12, to: "new.safetensors")
    let adapted = try place.command.run([
      "adapt", "run", "--support", "new.safetensors", "--output", "m.safetensors",
    ])
    #expect(adapted.code == 0, "\(adapted.errors)")
    let predicted = try place.command.run(["predict", "m.safetensors", "new.safetensors"])
    let answers = predicted.output.split(separator: "\n")
    #expect(predicted.code == 0 && answers.count == 12, "\(predicted.errors)")
    #expect(answers[0].contains("new.safetensors[0]") && answers[0].contains("10"))
    #expect(answers[11].contains("new.safetensors[11]") && answers[11].contains("11"))
  }

  @Test func `what is wrong with them is one line`() throws {
    try write(0..<10, to: "ours.safetensors")
    try write(0..<10, width: 7, to: "other.safetensors")
    try write(0..<10, labelled: false, to: "bare.safetensors")
    #expect(
      try place.command.run(["train", "ours.safetensors", "--output", "run"] + few).code == 0)
    for (words, code, says) in [
      (["train", "nowhere.npz"], 66, "nowhere.npz"),
      (["train", "bare.safetensors"], 65, "it has no labels"),
      (["train", "run/model.safetensors"], 65, "no `features` in it"),
      (
        ["adapt", "run", "--support", "other.safetensors", "--output", "m"], 65,
        "have the shape [7], and those of the training had [12]"
      ),
    ] as [([String], Int32, String)] {
      let outcome = try place.command.run(words)
      #expect(outcome.code == code && outcome.errors.contains(says), "\(words): \(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
    }
  }
}
