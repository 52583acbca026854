import NeuralNetworks
import Settings
import Testing
import Tensors

@Suite struct NetworkCatalogueTests {
  /// A network as a recipe writes it, and what it must come to.
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let kind: String
    let settings: WrittenSettings
    let inputs: [InputDescription]
    let outputs: Int?
    /// The same network made in code.
    let expected: @Sendable () throws -> Network

    init(
      _ name: String, _ kind: String, _ settings: WrittenSettings, _ inputs: [InputDescription],
      outputs: Int?, _ expected: @escaping @Sendable () throws -> Network
    ) {
      testDescription = name
      self.kind = kind
      self.settings = settings
      self.inputs = inputs
      self.outputs = outputs
      self.expected = expected
    }
  }

  private static let picture = InputDescription("picture", shape: [28, 28, 1])
  private static let numbers = InputDescription("numbers", shape: [3])
  private static let tokens = InputDescription("tokens", shape: [6], valueCount: 9)
  private static let rarity = InputDescription("rarity", shape: [6])
  private static let length = InputDescription("length", shape: [], valueCount: 7)

  private static let rows = [
    Row("conv4", "conv4", [:], [picture], outputs: 5) {
      conv4(inputShape: [28, 28, 1], outputs: 5)
    },
    Row("conv4, features", "conv4", ["form": "strided", "width": 8], [picture], outputs: nil) {
      conv4(inputShape: [28, 28, 1], width: 8, form: .strided)
    },
    Row(
      "conv4, all settings", "conv4",
      [
        "width": [2, 3, 4, 5], "form": "threeMaxPools", "features": "mean",
        "normalizesFeatures": true, "convolutionBias": false, "normalization": "taskNorm",
      ], [picture], outputs: 2
    ) {
      conv4(
        inputShape: [28, 28, 1], width: Conv4.Width(2, 3, 4, 5), form: .threeMaxPools,
        features: .mean, normalizesFeatures: true, outputs: 2, normalization: .taskNorm,
        convolutionBias: false)
    },
    Row("conv4, no normalization", "conv4", ["normalization": "none"], [picture], outputs: 2) {
      conv4(inputShape: [28, 28, 1], outputs: 2, normalization: nil)
    },
    Row("resnet12", "resnet12", ["width": [2, 3, 4, 5]], [picture], outputs: 5) {
      resNet12(inputShape: [28, 28, 1], width: [2, 3, 4, 5], outputs: 5)
    },
    Row(
      "resnet12, all settings", "resnet12",
      [
        "width": [2, 3, 4, 5], "features": "maps", "dropRate": 0.1, "dropSize": 2,
        "normalization": "running",
      ], [picture], outputs: nil
    ) {
      resNet12(
        inputShape: [28, 28, 1], width: [2, 3, 4, 5], features: .maps, dropRate: 0.1, dropSize: 2,
        normalization: .running)
    },
    Row("mlp", "mlp", [:], [numbers], outputs: 1) {
      multilayerPerceptron(inputs: [3], hidden: [40, 40], outputs: 1)
    },
    Row(
      "mlp, features", "mlp",
      ["hidden": [5, 6], "activation": "tanh", "normalization": "support"], [picture],
      outputs: nil
    ) {
      multilayerPerceptron(
        inputs: [28, 28, 1], hidden: [5], outputs: 6, activation: .tanh, normalization: .support)
    },
    Row("linear", "linear", [:], [picture], outputs: 2) {
      linearNetwork(inputs: [28, 28, 1], outputs: 2)
    },
    Row("linear, features", "linear", [:], [numbers], outputs: nil) {
      linearNetwork(inputs: [3], outputs: nil)
    },
    Row("mean of a text", "textMean", ["width": 4, "hidden": [3]], [length, tokens], outputs: 2) {
      try textMean(tokens: tokens, length: length, width: 4, hidden: [3], outputs: 2)
    },
    Row("mean of a text, features", "textMean", ["width": 4], [tokens, length], outputs: nil) {
      try Network(
        inputs: [tokens, length],
        nodes: [
          .init("embedding", Embedding(width: 4), reading: ["tokens"]),
          .init("mean", SequenceMean(), reading: ["embedding", "length"]),
        ])
    },
    Row("bags and numbers joined", "joined", [:], [tokens, length, rarity, numbers], outputs: 2) {
      try Network(
        inputs: [tokens, rarity, numbers],
        nodes: [
          .init("bag1", Bag(), reading: ["tokens", "rarity"]),
          .init("length1", UnitLength(), reading: ["bag1"]),
          .init("length2", UnitLength(), reading: ["numbers"]),
          .init("joined", Concatenate(), reading: ["length1", "length2"]),
          .init("head", Dense(units: 2)),
        ])
    },
    Row(
      "layers", "layers",
      [
        "layers": [
          ["kind": "convolution", "filters": 2],
          ["kind": "residual", "layers": [["kind": "batchNorm"], ["kind": "relu"]]],
          ["kind": "pool", "size": 4, "name": "small"],
          ["kind": "add", "reads": ["small", "small"]],
        ]
      ], [picture], outputs: 3
    ) {
      try Network(
        inputs: [picture],
        nodes: [
          .init("convolution1", Conv2D(filters: 2)),
          .init("residual1", Residual([("batchNorm1", BatchNorm()), ("relu1", Activation.relu)])),
          .init("small", Pool(.maximum, size: 4)),
          .init("add1", Add(), reading: ["small", "small"]),
          .init("flatten", Flatten()), .init("head", Dense(units: 3)),
        ])
    },
  ]

  private func plan(
    _ kind: String, _ settings: WrittenSettings, _ needs: NetworkNeeds = NetworkNeeds()
  ) throws -> NetworkPlan {
    let section = try settings.of(kind: kind).section("network")
    let (name, plan) = try section.network(of: NetworkCatalogue.standard, default: nil, needs)
    #expect(name == kind)
    try section.refuseUnknownKeys()
    return plan
  }

  @Test(arguments: rows)
  func `a recipe's network is the network`(_ row: Row) throws {
    let found = try plan(row.kind, row.settings).network(for: row.inputs, outputs: row.outputs)
    let expected = try row.expected()
    #expect(found.inputs == row.inputs || ["textMean", "joined"].contains(row.kind))
    #expect(found.nodes.map(\.name) == expected.nodes.map(\.name))
    #expect(found.nodes.map { "\($0.layer)" } == expected.nodes.map { "\($0.layer)" })
    #expect(found.parameterDefinitions == expected.parameterDefinitions)
    #expect(found.outputShape == expected.outputShape)
  }

  @Test func `each network of the catalogue has a row`() {
    #expect(Set(Self.rows.map(\.kind)) == Set(NetworkCatalogue.standard.names))
  }

  @Test(arguments: NetworkCatalogue.standard.items.map(\.name))
  func `a network explains its settings`(_ name: String) throws {
    let entry = try #require(NetworkCatalogue.standard[name])
    for case (let key, .value(let setting, _)) in entry.settingsDescription.answers {
      #expect(setting.key == key && setting.meaning.hasSuffix("."), "\(key)")
    }
    #expect(entry.summary.hasSuffix("."))
  }

  // MARK: What does not go together

  private static let mistakes:
    [(
      kind: String, settings: WrittenSettings, inputs: [InputDescription], place: String,
      words: String
    )] =
      [
        (
          "conv4", [:], [numbers], "network.kind",
          "'network.kind' must be mlp or linear or layers where inputs are numbers; conv4 takes pictures"
        ),
        (
          "textMean", [:], [picture], "network.kind",
          "'network.kind' must be conv4 or resnet12 or mlp or linear or layers where inputs are pictures; textMean takes "
            + "texts (tokens and their length)"
        ),
        (
          "mlp", [:], [numbers, length], "network.kind",
          "'network.kind' must be layers where inputs are 'numbers' (float32 [3]) and 'length' (int32 "
            + "[]); mlp takes numbers"
        ),
        (
          "conv4", [:], [InputDescription("picture", shape: [8, 30, 3])], "network.kind",
          "'network.kind' conv4 of the form maxPool takes pictures of at least 16 pixels a side, and "
            + "these examples are [8, 30, 3]"
        ),
        (
          "layers",
          ["layers": [["kind": "dense", "units": 2], ["kind": "convolution", "filters": 1]]],
          [numbers], "network.layers.1.kind",
          "layer 'convolution1' takes pictures [h, w, c], not [2]"
        ),
        (
          "layers",
          [
            "layers": [
              ["kind": "residual", "layers": [["kind": "dense", "units": 2]], "name": "block"]
            ]
          ],
          [numbers], "network.layers.0.kind",
          "layer 'block' adds [2] to [3]; give it a projection to the shape of what its layers make"
        ),
      ]

  @Test(arguments: mistakes.indices)
  func `a network that does not suit its inputs says so in one line`(_ row: Int) throws {
    let (kind, settings, inputs, place, words) = Self.mistakes[row]
    let plan = try plan(kind, settings)
    let error = #expect(throws: NetworkError.self) { try plan.network(for: inputs, outputs: 2) }
    #expect(error?.description == "\(place): \(words)")
    let converted = error.map { SettingsError($0, orAt: .file("elsewhere", line: nil)) }
    #expect(converted?.description == error?.description)
  }

  @Test(
    arguments: [
      (["layers": []], "network.layers"), ([:], "network"),
      (["layers": [["kind": "dense"]]], "network.layers.0"),
      (["layers": [["units": 2]]], "network.layers.0"),
      (["layers": [["kind": "dens", "units": 2]]], "network.layers.0.kind"),
      (["layers": [["kind": "relu", "name": "a/b"]]], "network.layers.0.name"),
      (["layers": [["kind": "relu", "name": "a..b"]]], "network.layers.0.name"),
      (
        ["layers": [["kind": "relu", "name": "relu2"], ["kind": "relu"]]], "network.layers.1"
      ),
      (["layers": [["kind": "relu", "slope": 2]]], "network.layers.0.slope"),
    ] as [(WrittenSettings, String)])
  func `a list of layers that cannot be read is refused at its place`(
    _ settings: WrittenSettings, _ place: String
  ) {
    let error = #expect(throws: SettingsError.self) { try plan("layers", settings) }
    #expect(error?.place == .file(place, line: nil))
  }

  // MARK: What learners need

  private static let refusing = NetworkNeeds(
    refusing: [.running: "with the learner maml, whose inner loop does not follow them"])

  @Test(
    arguments: [
      ("conv4", ["normalization": "running"], "network.normalization"),
      ("mlp", ["normalization": "running"], "network.normalization"),
      ("layers", ["layers": [["kind": "batchNorm", "mode": "running"]]], "network.layers.0.mode"),
    ] as [(String, WrittenSettings, String)])
  func `a mode that a learner refuses is told with its reason`(
    _ kind: String, _ settings: WrittenSettings, _ key: String
  ) {
    let error = #expect(throws: SettingsError.self) { try plan(kind, settings, Self.refusing) }
    #expect(
      error?.description
        == "\(key): '\(key)' must not be 'running' with the learner maml, whose inner loop does not "
        + "follow them; use support or supportAndQuery or taskNorm")
  }

  @Test func `a learner's normalization holds where none is written`() throws {
    let needs = NetworkNeeds(defaultNormalization: .running)
    for (kind, settings) in [
      ("conv4", [:]), ("layers", ["layers": [["kind": "batchNorm"]]]),
    ] as [(String, WrittenSettings)] {
      let plan = try plan(kind, settings, needs)
      #expect(
        try plan.network(for: [Self.picture], outputs: 2).normalizationModes == [.running])
      #expect(
        try plan.untrained.network(for: [Self.picture], outputs: 2).normalizationModes
          == [.support])
    }
    let mlp = try plan("mlp", [:], needs).network(for: [Self.numbers], outputs: 2)
    #expect(mlp.normalizationModes.isEmpty)
  }

  // MARK: Packages of one's own

  @Test func `networks and layers of one's own take their places`() throws {
    let doubling = LayerEntry("double", "Twice the numbers.") { (_, _) throws(SettingsError) in
      Residual(Flatten())
    }
    let affine = NetworkEntry("affine", "One dense layer.", takes: .numbers) {
      (_, _) throws(SettingsError) in
      NetworkPlan { (inputs, outputs) throws(NetworkError) in
        try Network(inputs: inputs, nodes: [.init("head", Dense(units: outputs ?? 7))])
      }
    }
    let catalogue = NetworkCatalogue.standard(layers: LayerCatalogue.standard.adding(doubling))
      .adding(affine)
    for (settings, outputs) in [
      (["kind": "affine"], nil), (["kind": "layers", "layers": [["kind": "double"]]], 7),
    ] as [(WrittenSettings, Int?)] {
      let plan = try settings.section("network")
        .network(of: catalogue, default: nil, NetworkNeeds()).plan
      #expect(try plan.network(for: [Self.numbers], outputs: outputs).outputShape == [7])
    }
    let wrong = NetworkPlan { (inputs, _) throws(NetworkError) in
      try Network(inputs: inputs, nodes: [.init("head", Dense(units: 3))])
    }
    #expect(throws: NetworkError("the network makes [3], not [2]")) {
      try wrong.network(for: [Self.numbers], outputs: 2)
    }
  }
}
