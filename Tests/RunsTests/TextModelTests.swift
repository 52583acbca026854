import Files
import Foundation
import MetaLearning
import MetaTasks
import Runs
import Settings
import TensorPrograms
import Tensors
import TestMaterial
import Testing

/// A learner on texts, whose inputs are int32.
private struct TextCase: CustomTestStringConvertible, Sendable {
  let name: String
  let recipe: String
  /// Names of int32 leaves among the adapted tensors.
  var integerLeaves: [String] = []

  var testDescription: String { name }

  static let all = [
    Self(name: "prototypes on means", recipe: "learner:\n  kind: protonet\n"),
    Self(
      name: "MAML on means",
      recipe: "learner:\n  kind: maml\n  learningRate: 0.5\nnetwork:\n  hidden: [8]\n"),
    // Queries go through the network together with the support set, so the model holds it.
    Self(
      name: "MAML whose model holds the support set",
      recipe: """
        learner:
          kind: maml
          learningRate: 0.5
          steps: 5
        network:
          kind: layers
          layers:
            - kind: embedding
              width: 8
              reads: [tokens]
            - kind: sequenceMean
              reads: [embedding1, length]
            - kind: batchNorm
              mode: supportAndQuery

        """,
      integerLeaves: ["supportInputs/tokens", "supportInputs/length", "supportInputs/trigrams"]),
  ]
}

/// Models whose inputs are whole numbers.
@Suite struct TextModelTests {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  /// Six classes, each of texts of three words of its own.
  private static let classes = [
    ("animals", ["cat", "dog", "cow"]), ("numbers", ["one", "two", "ten"]),
    ("colours", ["red", "green", "blue"]), ("metals", ["iron", "gold", "zinc"]),
    ("meals", ["lunch", "supper", "tea"]), ("tools", ["saw", "hammer", "file"]),
  ].map { name, words in
    TextClass(
      name: name,
      texts: words.indices.flatMap { first in
        let (word, next) = (words[first], words[(first + 1) % words.count])
        return ["\(word)", "\(word) \(next)", "\(next) \(next) \(word)"]
      })
  }

  private static let dataSet: LoadedDataSet = {
    let preparation = TextPreparation(of: classes.flatMap(\.texts), length: 4)
    let tasks = TextTasks(
      name: "texts", texts: LabelledTexts(classes, preparation: preparation))
    return LoadedDataSet(
      name: "texts", classSplit: "none", preparation: preparation,
      tasks: [.train: tasks, .validation: tasks, .test: tasks])
  }()

  private func run(_ example: TextCase) -> TinyRun {
    var run = TinyRun(temporary.url.appending(path: "run"))
    run.yaml = """
      task:
        data: banking77
        ways: 3
        shots: 2
        queries: 2
      \(example.recipe)training:
        iterations: 30
        learningRate: 0.01
        validateEvery: null
      evaluation:
        episodes: 8
        queries: 3
        checkedTasks: 2

      """
    run.dataSet = Self.dataSet
    return run
  }

  /// Three classes of two texts each.
  private func support(_ preparation: any Preparation) throws -> LabelledInputs {
    LabelledInputs(
      classes: [("animals", 2), ("numbers", 2), ("colours", 2)],
      inputs: try preparation.values(of: [
        "cat dog cow", "cow cat", "one two ten", "ten one", "red green blue", "blue red",
      ]))
  }

  @Test(arguments: TextCase.all)
  private func `a run on texts is trained, adapted, written, read and answers as before`(
    _ example: TextCase
  ) throws {
    let run = run(example)
    guard case .finished(let result, _) = try run.go().outcome else {
      Issue.record("the run did not finish")
      return
    }
    #expect(result["leakCheck"]?["passed"] == .boolean(true))
    let model = try MetaTrainedModel.read(run.folder.model)
    #expect(model.signature.inputs == Self.dataSet.signature.inputs)
    let runner = Runner(.init(threads: 1))
    let preparation = try #require(model.preparation)
    let adapted = try AdaptedModel(
      adapting: model, to: support(preparation), named: "texts", runner: runner)
    let integers = adapted.adapted.entries.filter { $0.leaf.elementType == .int32 }.map(\.name)
    #expect(integers == example.integerLeaves)
    let file = temporary.url.appending(path: "adapted.safetensors")
    try adapted.write(to: file)
    let again = try AdaptedModel.read(file)
    #expect(again.adapted == adapted.adapted)
    #expect(again.preparation.inputs == model.signature.inputs)
    let texts = ["cow Dog!", "two, two ten", "green red blue", "???", "blue blue"]
    let answers = try again.answers(forItems: texts, runner: runner)
    #expect(
      try answers.map(\.answer) == adapted.answers(forItems: texts, runner: runner).map(\.answer))
    #expect(
      answers.map { $0.answer?.category } == ["animals", "numbers", "colours", nil, "colours"])
    for (text, answer) in zip(texts, answers) {
      let alone = try again.answers(forItems: [text], runner: runner)
      #expect(alone.map(\.answer) == [answer.answer])
    }
  }

  @Test func `a model with a preparation that nobody knows is refused`() throws {
    let run = run(TextCase.all[0])
    try run.go()
    var others = Catalogues.standard
    others.preparations = Catalogue(
      "preparation", others.preparations.items.filter { $0.name != TextPreparation.kind })
    let error = #expect(throws: ModelError.self) {
      try MetaTrainedModel.read(run.folder.model, others)
    }
    #expect(error?.description.contains("no kind is called 'text'") == true)
  }
}

extension Result where Success == AdaptedModel.Answer {
  /// The answer, or nil where there is none.
  fileprivate var answer: Success? { try? get() }
}
