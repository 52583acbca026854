import Files
import Foundation
import MetaTasks
import Tensors

/// Rhythms as people write them: `x..x..x.x..x..x.`, and in a file a line for each, the name first.
struct RhythmPreparation: Preparation {
  static let kind = "rhythm"
  static let itemName = "rhythm"
  static let supportForm = "a file with a line NAME RHYTHM for each"
  static let entry = PreparationEntry(RhythmPreparation.self, "rhythms written as x and .")

  init() {}
  init(json: JSONValue) throws(PreparationError) {}
  var json: JSONValue { [:] }

  var inputs: [InputDescription] { [InputDescription("beats", shape: [RhythmTasks.beats])] }

  func values(
    of items: [String], _ reading: Reading
  ) throws(ReadError) -> NamedTree<TensorValue> {
    var beats: [Float] = []
    for item in items {
      guard item.count == RhythmTasks.beats, item.allSatisfy({ $0 == "x" || $0 == "." }) else {
        throw ReadError(
          .damaged, file: item,
          "a rhythm is \(RhythmTasks.beats) times x or a point, as in x..x..x.x..x..x.")
      }
      beats += item.map { $0 == "x" ? 1 : 0 }
    }
    return NamedTree(["beats": TensorValue(beats, shape: [items.count, RhythmTasks.beats])])
  }

  func classes(at url: URL, _ reading: Reading) throws(ReadError) -> LabelledInputs {
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw ReadError(.missing, file: url.path, "there is no such file.")
    }
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
      .filter { $0.count == 2 }
    let names = Set(lines.map { $0[0] }).sorted()
    let byName = names.map { name in lines.filter { $0[0] == name }.map { $0[1] } }
    return LabelledInputs(
      classes: zip(names, byName).map { ($0, $1.count) },
      inputs: try values(of: byName.flatMap { $0 }))
  }
}
