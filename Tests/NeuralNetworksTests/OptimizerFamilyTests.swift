import NeuralNetworks
import Settings
import TensorPrograms
import Testing
import Tensors

@Suite struct OptimizerFamilyTests {
  /// Values for a tree's inputs below a prefix.
  private func point(_ values: ParameterValues, _ prefix: String) -> InputValues {
    Dictionary(
      uniqueKeysWithValues: values.entries.map {
        ("\(prefix).\($0.name)", ReferenceValue(shape: $0.leaf.shape, $0.leaf.doubles))
      })
  }

  @Test(arguments: OptimizerCase.all)
  func `a recipe's optimizer is the optimizer`(_ row: OptimizerCase) throws {
    let section = try row.recipe.settings.of(kind: row.recipe.kind).section("optimizer")
    let optimizer = try section.item(of: OptimizerCatalogue.standard, default: nil)
    try section.refuseUnknownKeys()
    #expect("\(optimizer)" == "\(row.optimizer)")
  }

  @Test func `each optimizer of the catalogue has a row`() {
    #expect(Set(OptimizerCase.all.map(\.recipe.kind)) == Set(OptimizerCatalogue.standard.names))
  }

  @Test func `entries with other defaults take the place of those of the catalogue`() throws {
    let catalogue = OptimizerCatalogue.standard.adding(.adam(beta1: 0), .adamw(beta1: 0))
    #expect(catalogue.names == OptimizerCatalogue.standard.names)
    for (kind, expected) in [("adam", "\(Adam(beta1: 0))"), ("adamw", "\(AdamW(beta1: 0))")] {
      let section = try WrittenSettings.section([]).of(kind: kind).section("optimizer")
      #expect("\(try section.item(of: catalogue, default: nil))" == expected)
    }
  }

  @Test(
    arguments: [
      ("sgd", ["momentum": 1], "optimizer.momentum"), ("adam", ["beta1": 1], "optimizer.beta1"),
      ("adamw", ["weightDecay": -1], "optimizer.weightDecay"),
      ("rmsprop", ["epsilon": 0], "optimizer.epsilon"),
    ] as [(String, WrittenSettings, String)])
  func `a number out of bounds is refused at its place`(
    _ kind: String, _ settings: WrittenSettings, _ key: String
  ) throws {
    let section = try settings.of(kind: kind).section("optimizer")
    let error = #expect(throws: SettingsError.self) {
      try section.item(of: OptimizerCatalogue.standard, default: nil)
    }
    #expect(error?.place == .file(key, line: nil))
  }

  /// The results of several steps along written gradients of one parameter `w` [1].
  private func steps(_ row: OptimizerCase, from start: Tensor, _ gradients: [Tensor]) -> Tensor {
    var parameters = Parameters(["w": start])
    var state = row.optimizer.initialState(for: parameters)
    for gradient in gradients {
      (parameters, state) = row.optimizer.step(
        parameters, gradient: Parameters(["w": gradient]), state: state,
        learningRate: Tensor.fill(row.rate))
    }
    return parameters["w"]
  }

  @Test(arguments: OptimizerCase.all)
  func `steps are those of the formulas by hand`(_ row: OptimizerCase) {
    let gradients = [0.5, -1.25, 2, 0, 0, 0.125, -0.5]
    for count in 1...gradients.count {
      let used = gradients.prefix(count)
      let found = steps(row, from: literal([1.5], [1]), used.map { literal([$0], [1]) })
      let expected = row.byHand(1.5, row.rate, Array(used))
      #expect(distance(evaluated(found), [expected]) < 1e-9)
    }
  }

  @Test(arguments: OptimizerCase.all)
  func `a quadratic is descended, by a program whose state keeps its shape`(_ row: OptimizerCase) {
    let start = ParameterValues([
      "a": TensorValue([2, -1.5] as [Float], shape: [2]),
      "b.c": TensorValue([1 as Float], shape: [1, 1]),
    ])
    let initial = row.optimizer.initialState(for: start)
    let parameters = Parameters.inputs(like: start, prefix: "parameter")
    let state = Parameters.inputs(like: initial, prefix: "state")
    let loss =
      (parameters["a"] * literal([1, 2], [2])).square().sum()
      + parameters["b.c"].square().sum()
    let (moved, next) = row.optimizer.step(
      parameters, gradient: gradient(of: loss, withRespectTo: parameters), state: state,
      learningRate: Tensor.fill(row.rate / 2))
    #expect(moved.names == start.names)
    #expect(next.names == initial.names)
    #expect(next.leaves.map(\.shape) == initial.leaves.map(\.shape))
    var values = point(start, "parameter").merging(point(initial, "state")) { first, _ in first }
    for _ in 0..<150 {
      let results = ReferenceExecutor().evaluate(moved.leaves + next.leaves, inputs: values)
      let names = moved.names.map { "parameter.\($0)" } + next.names.map { "state.\($0)" }
      for (name, result) in zip(names, results) { values[name] = result }
    }
    #expect(evaluated(loss, values)[0] < 0.01)
  }

  @Test(arguments: OptimizerCase.all)
  func `the state has the names of its documentation and begins at zero`(_ row: OptimizerCase) {
    let values = ParameterValues([
      .init(name: "w", leaf: TensorValue([1, 2] as [Float], shape: [2])),
      .init(name: "mean", leaf: TensorValue([1, 2] as [Float], shape: [2]), role: .statistic),
    ])
    let state = row.optimizer.initialState(for: values)
    #expect(state.names == row.state)
    #expect(state.leaves.allSatisfy { $0.floats.allSatisfy { $0 == 0 } })
    #expect(state.learned.isEmpty)
  }

  @Test(arguments: OptimizerCase.all)
  func `leaves without gradient stay`(_ row: OptimizerCase) {
    let parameters = Parameters(["w": literal([1], [1]), "still": literal([3], [1])])
    let state = row.optimizer.initialState(for: parameters)
    let (moved, next) = row.optimizer.step(
      parameters, gradient: Parameters(["w": literal([0.5], [1])]), state: state,
      learningRate: Tensor.fill(0.1))
    #expect(evaluated(moved["still"]) == [3])
    #expect(evaluated(moved["w"]) != [1])
    #expect(next.names == state.names)
  }

  /// The loss after two steps down a quartic, as a function of start, rate and the loss's own
  /// coefficient.
  private func unrolled(_ row: OptimizerCase) -> (loss: Tensor, variables: [Tensor]) {
    let start = Tensor.input("start", shape: [3])
    let rate = Tensor.input("rate", shape: .scalar)
    let coefficient = Tensor.input("coefficient", shape: [3])
    func loss(_ w: Tensor) -> Tensor { (coefficient * w.square() + w.square().square()).sum() }
    var parameters = Parameters(["w": start])
    var state = row.optimizer.initialState(for: parameters)
    for _ in 0..<2 {
      (parameters, state) = row.optimizer.step(
        parameters, gradient: gradient(of: loss(parameters["w"]), withRespectTo: parameters),
        state: state, learningRate: rate)
    }
    return (loss(parameters["w"]), [start, rate, coefficient])
  }

  @Test(arguments: OptimizerCase.all)
  func `first and second derivatives through steps are those of differences`(_ row: OptimizerCase) {
    let (loss, variables) = unrolled(row)
    let point = [
      "start": ReferenceValue(shape: [3], [0.7, -0.4, 1.1]),
      "rate": ReferenceValue(shape: .scalar, [0.03]),
      "coefficient": ReferenceValue(shape: [3], [1, 0.5, 0.75]),
    ]
    let check = DerivativeCheck(loss: loss, variables: variables, point: point)
    #expect(check.firstOrderError() < 1e-6)
    #expect(check.secondOrderError() < 1e-6)
  }

  @Test(arguments: OptimizerCase.all)
  func `derivatives through steps are finite where gradients are zero`(_ row: OptimizerCase) {
    let (loss, variables) = unrolled(row)
    let first = gradient(of: loss, withRespectTo: variables)
    let second = gradient(
      of: first[0].square().sum() + first[1].square().sum(),
      withRespectTo: variables)
    let point = [
      "start": ReferenceValue(shape: [3], [0, -0.4, 0]),
      "rate": ReferenceValue(shape: .scalar, [0.03]),
      "coefficient": ReferenceValue(shape: [3], [1, 0.5, 0.75]),
    ]
    for value in ReferenceExecutor().evaluate(first + second, inputs: point) {
      #expect(value.elements.allSatisfy { $0.isFinite }, "\(value.elements)")
    }
  }
}
