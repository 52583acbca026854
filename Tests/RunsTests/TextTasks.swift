import Files
import Foundation
import MetaTasks
import Runs
import Settings
import Tensors

/// Tasks of telling classes of texts apart, each of three words of its own: inputs are int32.
struct TextTasks: TaskDistribution {
  /// Words of a class.
  static let wordsPerClass = 3
  /// Words of the longest text.
  static let longest = 4

  let classCount: Int
  let name = "texts"

  var signature: Signature {
    Signature(
      inputs: Self.inputs(vocabulary: classCount * Self.wordsPerClass), target: .classes,
      order: .byClass, metrics: [.accuracy])
  }

  static func inputs(vocabulary: Int) -> [InputDescription] {
    [
      InputDescription("tokens", shape: [longest], valueCount: vocabulary),
      InputDescription("length", shape: .scalar, valueCount: longest + 1),
    ]
  }

  func validate(_ shape: EpisodeShape) throws(TaskError) {
    try shape.validate(for: .classes, in: name)
  }

  func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    let ways = shape.ways ?? 0
    var numbers = RandomNumbers(key)
    let classes = numbers.distinct(ways, below: classCount)
    func examples(each count: Int) -> ExampleValues {
      let texts = classes.flatMap { identity in
        (0..<count).map { _ in
          (0...numbers.integer(below: Self.longest)).map { _ in
            identity * Self.wordsPerClass + numbers.integer(below: Self.wordsPerClass)
          }
        }
      }
      let targets = (0..<ways).flatMap { [Int32](repeating: Int32($0), count: count) }
      return ExampleValues(
        inputs: Self.values(of: texts), targets: TensorValue(targets, shape: [targets.count]),
        target: .classes(ways))
    }
    return EpisodeValues(
      support: examples(each: shape.shots), query: examples(each: shape.queries))
  }

  /// Texts of word numbers as inputs, filled up with zeros.
  static func values(of texts: [[Int]]) -> NamedTree<TensorValue> {
    let tokens = texts.flatMap { text in
      (text + [Int](repeating: 0, count: longest - text.count)).map(Int32.init)
    }
    return NamedTree([
      "tokens": TensorValue(tokens, shape: [texts.count, longest]),
      "length": TensorValue(texts.map { Int32($0.count) }, shape: [texts.count]),
    ])
  }
}

/// Texts as a user writes them: numbers of words with spaces between them.
struct TextPreparation: Preparation, Hashable {
  static let kind = "testText"
  static let itemName = "text"

  let vocabulary: Int

  init(vocabulary: Int) { self.vocabulary = vocabulary }

  init(json: JSONValue) throws(PreparationError) {
    guard case .integer(let vocabulary)? = json["vocabulary"], vocabulary > 0 else {
      throw PreparationError("its vocabulary is missing")
    }
    self.init(vocabulary: vocabulary)
  }

  var json: JSONValue { ["vocabulary": .integer(vocabulary)] }
  var inputs: [InputDescription] { TextTasks.inputs(vocabulary: vocabulary) }

  func values(of items: [String]) throws(ReadError) -> NamedTree<TensorValue> {
    var texts: [[Int]] = []
    for item in items {
      let words = item.split(separator: " ").compactMap { Int($0) }
      guard (1...TextTasks.longest).contains(words.count),
        words.allSatisfy((0..<vocabulary).contains)
      else { throw ReadError(.damaged, file: item, "no such text") }
      texts.append(words)
    }
    return TextTasks.values(of: texts)
  }

  func classes(at url: URL) throws(ReadError) -> LabelledInputs {
    throw ReadError(.missing, file: url.path, "texts lie in no folder")
  }
}

extension TextTasks {
  /// The set of such texts.
  static let dataSet: LoadedDataSet = {
    let tasks = TextTasks(classCount: 6)
    return LoadedDataSet(
      name: "texts", classSplit: "none",
      preparation: TextPreparation(vocabulary: 6 * wordsPerClass),
      tasks: [.train: tasks, .validation: tasks, .test: tasks])
  }()

  /// The standard catalogues with the set and its preparation.
  static let catalogues: Catalogues = {
    var catalogues = Catalogues.standard
    catalogues.dataSets.add(
      DataSetEntry("texts", "Texts of a test.", origin: .builtIn) { (_) throws(SettingsError) in
        DataSetPlan(
          target: .classes, episodes: .ofClasses, usualNetwork: "textMean", load: { _ in dataSet })
      })
    catalogues.preparations.add(PreparationEntry(TextPreparation.self, "Texts of a test."))
    return catalogues
  }()
}
