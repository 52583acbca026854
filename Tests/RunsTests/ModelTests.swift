import Foundation
import MetaLearning
import MetaTasks
import Runs
import TensorFiles
import TensorPrograms
import Tensors
import TestMaterial
import Testing

/// A learner whose models are written, read and used.
private struct ModelCase: CustomTestStringConvertible, Sendable {
  let learner: String
  let overrides: [String]
  /// Ways of meta-training where they are not those of the pictures.
  var ways = 3

  var testDescription: String { ([learner] + overrides).joined(separator: " ") }

  static let all = [
    Self(learner: "protonet", overrides: []),
    Self(learner: "cosineHead", overrides: ["training.kind=episodes"]),
    Self(learner: "maml", overrides: ["learner.learningRate=0.01"]),
    Self(learner: "mamlpp", overrides: []),
    Self(learner: "anil", overrides: ["learner.learningRate=0.01"]),
    Self(learner: "reptile", overrides: ["learner.evaluationSteps=3", "optimizer.kind=sgd"]),
    Self(
      learner: "reptile",
      overrides: [
        "learner.evaluationSteps=3", "optimizer.kind=sgd", "network.normalization=supportAndQuery",
      ]),
    // A head that begins at zero serves other numbers of classes than it was trained with.
    Self(
      learner: "maml",
      overrides: ["learner.zeroesHead=true", "learner.learnsRates=true", "evaluation.ways=2"],
      ways: 4),
    Self(
      learner: "anil", overrides: ["learner.zeroesHead=true", "evaluation.ways=2"], ways: 4),
  ]
}

@Suite struct ModelTests {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  private func trained(
    _ learner: String, _ overrides: [String], ways: Int = 3
  ) throws -> MetaTrainedModel {
    let run = TinyRun(
      temporary.url.appending(path: learner),
      overrides: [
        "learner.kind=\(learner)", "task.ways=\(ways)", "training.iterations=2",
        "training.validateEvery=null", "evaluation.controls=false",
      ] + overrides)
    try run.go()
    return try MetaTrainedModel.read(run.folder.model)
  }

  /// So many classes of two drawings each, as they come out of files; of the last class one alone
  /// where they are unequal.
  private func pictures(_ classCount: Int = 3, isUnequal: Bool = false) -> LabelledInputs {
    let pictures = ProceduralCharacters(
      train: classCount, validation: 2, test: 2, drawingsPerClass: 2
    ).pictures(.train)
    let left = pictures.pictureCount - (isUnequal ? 1 : 0)
    let all = PictureNormalization.unit.values(of: pictures, numbers: Array(0..<left))
    return LabelledInputs(
      classes: pictures.categories.map { ($0.name, $0.pictures.clamped(to: 0..<left).count) },
      inputs: NamedTree([PictureTasks.inputName: all]))
  }

  private func runner(threads: Int = 1) -> Runner { Runner(.init(threads: threads)) }

  @Test(arguments: ModelCase.all, [false, true])
  private func `a model is adapted, written, read and answers as before`(
    _ example: ModelCase, isUnequal: Bool
  ) throws {
    let model = try trained(example.learner, example.overrides, ways: example.ways)
    let pictures = pictures(isUnequal: isUnequal)
    let adapted = try AdaptedModel(
      adapting: model, to: pictures, named: "pictures", runner: runner())
    let file = temporary.url.appending(path: "adapted.safetensors")
    try adapted.write(to: file)
    let again = try AdaptedModel.read(file)
    #expect(again.classes == pictures.classes.map(\.name))
    #expect(again.recipe.yaml == model.recipe.yaml)
    #expect(again.signature == model.signature)
    #expect(again.preparation as? PicturePreparation == model.preparation as? PicturePreparation)
    #expect(again.supportCount == pictures.count && again.isSupportWeighted == isUnequal)
    let inputs = pictures.inputs.map { picture in
      TensorValue.stacking([0, 2, 4].map { picture.slice(at: $0) })
    }
    let answers = try again.answers(for: inputs, runner: runner())
    #expect(answers == (try adapted.answers(for: inputs, runner: runner(threads: 2))))
    #expect(answers.allSatisfy { abs($0.probabilities.reduce(0, +) - 1) < 1e-9 })
    for (row, answer) in answers.enumerated() {
      let alone = inputs.map { TensorValue.stacking([$0.slice(at: row)]) }
      #expect(try again.answers(for: alone, runner: runner()) == [answer])
    }
  }

  @Test func `a head of three classes takes three and no other number`() throws {
    let model = try trained("maml", [])
    let error = #expect(throws: ModelError.self) {
      try AdaptedModel(adapting: model, to: pictures(2), named: "two", runner: runner())
    }
    #expect(error?.description.contains("two: 2 classes") == true)
    #expect(error?.description.contains("tells 3 apart") == true)
  }

  @Test func `one kind of model is not taken for the other`() throws {
    let model = try trained("protonet", [])
    let file = temporary.url.appending(path: "adapted.safetensors")
    let run = temporary.url.appending(path: "protonet/model.safetensors")
    try AdaptedModel(
      adapting: model, to: pictures(), named: "pictures", runner: runner()
    ).write(to: file)
    #expect(throws: ModelError.self) { try MetaTrainedModel.read(file) }
    let error = #expect(throws: ModelError.self) { try AdaptedModel.read(run) }
    #expect(error?.description.contains("use metalearn adapt") == true)
  }

  @Test func `tensors that are not those of the recipe are refused`() throws {
    let model = try trained("protonet", [])
    let file = temporary.url.appending(path: "changed.safetensors")
    func write(_ change: (ParameterValues.Entry) -> TensorValue?) throws {
      let changed = model.parameters.entries.compactMap { entry in
        change(entry).map { ParameterValues.Entry(name: entry.name, leaf: $0, role: entry.role) }
      }
      try MetaTrainedModel(
        recipe: model.recipe, signature: model.signature, ways: model.ways,
        preparation: model.preparation, parameters: ParameterValues(changed)
      ).write(to: file)
    }
    let name = "network/block2.convolution.bias"
    let changes: [(reason: String, change: (ParameterValues.Entry) -> TensorValue?)] = [
      ("one that differs is '\(name)'", { $0.name == name ? nil : $0.leaf }),
      ("of the shape [3]", { $0.name == name ? TensorValue(repeating: 0, shape: [3]) : $0.leaf }),
      (
        "is int32 of the shape [2], not float32 [2]",
        { $0.name == name ? TensorValue([1, 2] as [Int32], shape: [2]) : $0.leaf }
      ),
      ("not finite", { $0.name == name ? TensorValue(repeating: .nan, shape: [2]) : $0.leaf }),
    ]
    for (reason, change) in changes {
      try write(change)
      let error = #expect(throws: ModelError.self) { try MetaTrainedModel.read(file) }
      #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
  }

  @Test func `a model with mutated bytes is read or refused, and nothing else`() throws {
    let model = try trained("protonet", [])
    let file = temporary.url.appending(path: "mutated.safetensors")
    try AdaptedModel(
      adapting: model, to: pictures(), named: "pictures", runner: runner()
    ).write(to: file)
    // The digest would catch every change; without it, the checks behind it are put to work.
    let whole = try Safetensors.read(file)
    let metadata = whole.metadata.filter { $0.key != "sha256" }
    let original = try Safetensors.encode(
      whole.names.map { ($0, try whole.value($0)) }, metadata: metadata, file: "unsealed")
    var random = Counter(seed: 7)
    var read = 0
    let rounds = fuzzRounds(usually: 300)
    for _ in 0..<rounds {
      var bytes = original
      mutate(&bytes, &random)
      try Foundation.Data(bytes).write(to: file)
      if (try? AdaptedModel.read(file)) != nil { read += 1 }
    }
    #expect(read < rounds)
  }
}
