import Settings
import TestMaterial
import Testing

/// Settings that cannot be followed, and the error that they must meet.
private struct WrongSettings: CustomTestStringConvertible, Sendable {
  let written: Written
  var overrides: [Override] = []
  var kind = SettingsError.Kind.outOfBounds
  let error: String

  var testDescription: String { error }

  static let all = unknown + types + bounds + lists + sections + overrides

  private static let unknown = [
    Self(
      written: ["training": ["seed": "1", "iteratons": "60"]], kind: .unknownKey,
      error: "r.yaml:3: unknown key 'training.iteratons'; did you mean 'training.iterations'?"),
    Self(
      written: ["iterations": "60"], kind: .unknownKey,
      error: "r.yaml:1: unknown key 'iterations'; did you mean 'training.iterations'?"),
    Self(
      written: ["name": "a", "traning": ["seed": "1"]], kind: .unknownKey,
      error: "r.yaml:2: unknown key 'traning'; did you mean 'training'?"),
    Self(
      written: ["learner": ["xyzzy": "1"]], kind: .unknownKey,
      error: "r.yaml:2: unknown key 'learner.xyzzy'; there are: kind, network"),
  ]

  private static let types = [
    Self(
      written: ["training": ["iterations": "many"]], kind: .wrongType,
      error: "r.yaml:2: 'training.iterations' must be a whole number, not 'many'"),
    Self(
      written: ["training": ["iterations": .quoted("60")]], kind: .wrongType,
      error:
        "r.yaml:2: 'training.iterations' must be a whole number, not the text '60'; leave out its quotes"
    ),
    Self(
      written: ["training": ["iterations": "6.5"]], kind: .wrongType,
      error: "r.yaml:2: 'training.iterations' must be a whole number, not '6.5'"),
    Self(
      written: ["training": ["iterations": "+-6"]], kind: .wrongType,
      error: "r.yaml:2: 'training.iterations' must be a whole number, not '+-6'"),
    Self(
      written: ["training": ["iterations": nil]], kind: .wrongType,
      error: "r.yaml:2: 'training.iterations' must be a whole number, not nothing"),
    Self(
      written: ["training": ["learningRate": "nan"]], kind: .wrongType,
      error: "r.yaml:2: 'training.learningRate' must be a number, not 'nan'"),
    Self(
      written: ["training": ["learningRate": "0x1p3"]], kind: .wrongType,
      error: "r.yaml:2: 'training.learningRate' must be a number, not '0x1p3'"),
    Self(
      written: ["training": ["learningRate": ["1"]]], kind: .wrongType,
      error: "r.yaml:2: 'training.learningRate' must be a number, not a list"),
    Self(
      written: ["training": ["stopEarly": "yes"]], kind: .wrongType,
      error: "r.yaml:2: 'training.stopEarly' must be true or false, not 'yes'"),
    Self(
      written: ["training": ["stopEarly": .quoted("true")]], kind: .wrongType,
      error:
        "r.yaml:2: 'training.stopEarly' must be true or false, not the text 'true'; leave out its quotes"
    ),
    Self(
      written: ["training": ["seed": "x"]], kind: .wrongType,
      error: "r.yaml:2: 'training.seed' must be a whole number or null, not 'x'"),
    Self(
      written: ["name": ["a": "1"]], kind: .wrongType,
      error: "r.yaml:2: 'name' must be a text, not a section"),
  ]

  private static let bounds = [
    Self(
      written: ["training": ["iterations": "0"]],
      error: "r.yaml:2: 'training.iterations' must be between 1 and 1000000, but is '0'"),
    Self(
      written: ["training": ["iterations": "99999999999999999999"]],
      error: "r.yaml:2: 'training.iterations' must be between 1 and 1000000, but is "
        + "'99999999999999999999'"),
    Self(
      written: ["training": ["seed": "-1"]],
      error: "r.yaml:2: 'training.seed' must be at least 0, but is '-1'"),
    Self(
      written: ["training": ["learningRate": "-0.1"]],
      error: "r.yaml:2: 'training.learningRate' must be greater than 0, but is '-0.1'"),
    Self(
      written: ["training": ["learningRate": "1e999"]],
      error: "r.yaml:2: 'training.learningRate' must be finite, but is '1e999'"),
    Self(
      written: ["learner": ["kind": "MALM"]],
      error: "r.yaml:2: 'learner.kind' must be one of maml, reptile, prototypes, but is 'MALM'; "
        + "did you mean 'maml'?"),
    Self(
      written: ["learner": ["network": ["dropout": "2"]]],
      error: "r.yaml:3: 'learner.network.dropout' must be between 0.0 and 1.0, but is '2'"),
  ]

  private static let lists = [
    Self(
      written: ["learner": ["network": ["widths": []]]],
      error: "r.yaml:3: 'learner.network.widths' must have between 1 and 8 elements, but has 0"),
    Self(
      written: ["learner": ["network": ["widths": ["1", "a"]]]], kind: .wrongType,
      error: "r.yaml:3: 'learner.network.widths' must be a list of whole numbers, not 'a'"),
    Self(
      written: ["learner": ["network": ["widths": "1"]]], kind: .wrongType,
      error: "r.yaml:3: 'learner.network.widths' must be a list of whole numbers, not '1'"),
    Self(
      written: ["learner": ["network": ["momenta": ["0.5", "2"]]]],
      error: "r.yaml:3: 'learner.network.momenta' must be between 0.0 and 1.0, but is '2'"),
    Self(
      written: ["learner": ["network": ["tags": [["a"]]]]], kind: .wrongType,
      error: "r.yaml:3: 'learner.network.tags' must be a list of texts, not a list"),
    Self(
      written: ["task": ["ways": ["9", "3"]]],
      error: "r.yaml:2: 'task.ways' must be [least, most], not [9, 3]"),
    Self(
      written: ["task": ["ways": ["3", "5", "7"]]], kind: .wrongType,
      error: "r.yaml:2: 'task.ways' must be a whole number or a list of the least and the most, "
        + "not a list"),
    Self(
      written: ["task": ["ways": "1"]],
      error: "r.yaml:2: 'task.ways' must be between 2 and 100, but is '1'"),
    Self(
      written: ["learner": ["network": ["strides": ["1", "2", "3"]]]],
      error: "r.yaml:3: 'learner.network.strides' must be one whole number or a list of 2, not of 3"
    ),
    Self(
      written: ["learner": ["network": ["strides": ["1", "5"]]]],
      error: "r.yaml:3: 'learner.network.strides' must be between 1 and 4, but is '5'"),
    Self(
      written: ["learner": ["network": ["strides": ["1", "x"]]]], kind: .wrongType,
      error: "r.yaml:3: 'learner.network.strides' must be a whole number or a list of 2, not 'x'"),
  ]

  private static let sections = [
    Self(
      written: ["training": "5"], kind: .wrongType,
      error: "r.yaml:1: 'training' must be a section with keys below it, not '5'"),
    Self(
      written: ["parts": ["steps": "5"]], kind: .wrongType,
      error: "r.yaml:2: 'parts' must be a list of sections, not a section"),
    Self(
      written: ["parts": []], kind: .wrongType,
      error: "r.yaml:1: 'parts' must be a list of sections, not an empty list"),
    Self(
      written: ["parts": ["a"]], kind: .wrongType,
      error: "r.yaml:1: 'parts.0' must be a section with keys below it, not 'a'"),
    Self(
      written: ["part": [["steps": "5"]]], kind: .unknownKey,
      error: "r.yaml:1: unknown key 'part'; did you mean 'parts'?"),
    Self(
      written: ["parts": [["label": "a", "steps": "5"], ["label": "b", "stps": "5"]]],
      kind: .unknownKey,
      error: "r.yaml:5: unknown key 'parts.1.stps'; did you mean 'parts.1.steps'?"),
    Self(
      written: ["parts": [["label": "a"], ["label": "b", "steps": "0"]]],
      error: "r.yaml:4: 'parts.1.steps' must be between 1 and 1000, but is '0'"),
    Self(
      written: ["parts": [["label": "a"]], "steps": "5"], kind: .unknownKey,
      error: "r.yaml:3: unknown key 'steps'; did you mean 'parts.0.steps'?"),
  ]

  private static let overrides = [
    Self(
      written: [:], overrides: [Override("training.iteratons", "5", "5")], kind: .unknownKey,
      error: "--set training.iteratons=5: unknown key 'training.iteratons'; did you mean "
        + "'training.iterations'?"),
    Self(
      written: [:], overrides: [Override("training.learningRate", "-1", "-1")],
      error: "--set training.learningRate=-1: 'training.learningRate' must be greater than 0, but "
        + "is '-1'"),
    Self(
      written: ["name": "a"], overrides: [Override("name.first", "b", "b")], kind: .wrongType,
      error: "--set name.first=b: 'name' is 'a', which has no keys"),
    Self(
      written: ["parts": [["steps": "5"], ["steps": "6"]]],
      overrides: [Override("parts.2.steps", "7", "7")],
      error: "--set parts.2.steps=7: 'parts' is a list of 2; name an element by a number from 0, "
        + "such as parts.0"),
    Self(
      written: ["parts": [["steps": "5"]]], overrides: [Override("parts.steps", "7", "7")],
      error: "--set parts.steps=7: 'parts' is a list of 1; name an element by a number from 0, "
        + "such as parts.0"),
    Self(
      written: ["parts": [["steps": "5"]]], overrides: [Override("parts.0.steps", "x", "x")],
      kind: .wrongType,
      error: "--set parts.0.steps=x: 'parts.0.steps' must be a whole number, not 'x'"),
  ]
}

@Suite struct WrongSettingsTests {
  @Test(arguments: WrongSettings.all)
  private func `wrong settings meet one clear line`(_ row: WrongSettings) {
    let error = #expect(throws: SettingsError.self) {
      try SmallSettings(SettingsSection(row.written, overrides: row.overrides))
    }
    #expect("\(error, default: "")" == row.error)
    #expect(error?.kind == row.kind)
    #expect(error?.place.isOverride == !row.overrides.isEmpty)
  }

  @Test func `a needed key that is misspelt is named`() throws {
    let task = try SettingsSection(["task": ["wys": "5"]]).section("task")
    let misspelt = #expect(throws: SettingsError.self) {
      try task.integer("ways", "Classes of a task.")
    }
    #expect(
      "\(misspelt, default: "")" == "r.yaml:2: unknown key 'task.wys'; did you mean 'task.ways'?")
    let missing = #expect(throws: SettingsError.self) { try task.text("family", "Which.") }
    #expect(missing?.kind == .missing)
    #expect("\(missing, default: "")" == "r.yaml:2: 'task.family' is missing; it must be a text")
  }

  @Test func `the error of a file that is not there is what the system says`() {
    let place = SettingsPlace.file("r.yaml", line: nil)
    let missing = SettingsError(.missingFile, place, "cannot read r.yaml: No such file")
    #expect(missing.description == "cannot read r.yaml: No such file")
    #expect(SettingsError(.syntax, place, "not YAML").description == "r.yaml: not YAML")
  }
}
