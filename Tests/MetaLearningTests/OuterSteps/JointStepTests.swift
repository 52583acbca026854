import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `The joint step` {
  private let learner = PrototypicalNetworks(
    network: conv4(
      inputShape: [28, 28, 1], width: 8, normalization: .running, convolutionBias: false))
  private let tasks = LearnerFamily.tasks(.train)

  private func step(_ head: JointStep.Head) -> JointStep {
    JointStep(
      learner: learner, tasks: tasks, tasksPerStep: 3, batchSize: 24, head: head, scale: 10,
      update: ParameterUpdate(optimizer: Adam(), gradientNormLimit: 10))
  }

  private var parameters: ParameterValues { learner.initialParameters(RandomKey(seed: 1)) }

  @Test(arguments: JointStep.Head.allCases)
  func `learns all classes`(_ head: JointStep.Head) throws {
    let step = step(head)
    let figures = step.taken(0..<80, from: step.trees(from: parameters), Runner()).figures
    func mean(_ numbers: some Collection<Double>) -> Double {
      numbers.reduce(0, +) / Double(numbers.count)
    }
    let losses = figures.map(\.loss)
    #expect(mean(losses.suffix(10)) < 0.6 * mean(losses.prefix(5)), "\(losses)")
    let accuracies = figures.flatMap { $0.metrics.flatMap(\.values) }
    #expect(figures[0].metrics.map(\.name) == ["accuracy"])
    #expect(mean(accuracies.suffix(10)) > 0.25, "chance is 1 in 60: \(accuracies)")
  }

  @Test(arguments: JointStep.Head.allCases)
  func `keeps its head apart from the learner's parameters`(_ head: JointStep.Head) throws {
    let step = step(head)
    let start = step.trees(from: parameters)
    let end = step.taken(0..<3, from: start).trees
    #expect(Set(start.keys) == Set(end.keys))
    for name in start.keys { #expect(start[name]?.names == end[name]?.names) }
    #expect(end[TreeName.learner]?.names == parameters.names)
    let heads = end.keys.filter { ![TreeName.learner, TreeName.optimizer].contains($0) }
    let own = try #require(heads.first.flatMap { end[$0] })
    #expect(heads.count == 1 && own.names == (head == .linear ? ["weight", "bias"] : ["weight"]))
    for entry in own.entries {
      let before = start[heads[0]]?.leaf(named: entry.name)
      #expect(entry.leaf != before, "\(entry.name) is trained")
    }
    for entry in end[TreeName.learner]?.entries ?? [] {
      #expect(entry.leaf != parameters[entry.name], "\(entry.name) is trained, or follows")
    }
  }

  @Test(arguments: JointStep.Head.allCases, [1, 4])
  func `goes on from any step to the same bits`(_ head: JointStep.Head, stop: Int) {
    let step = step(head)
    let start = step.trees(from: parameters)
    let straight = step.taken(0..<6, from: start)
    let first = step.taken(0..<stop, from: start)
    let second = step.taken(stop..<6, from: first.trees, Runner(.init(threads: 2)))
    #expect(second.trees == straight.trees)
    #expect((first.figures + second.figures).map(\.numbers) == straight.figures.map(\.numbers))
  }

  @Test(arguments: ["jointHead", "network/block1"])
  func `trains its head and of the features only those that are named`(trained: String) {
    let step = JointStep(
      learner: learner, tasks: tasks, tasksPerStep: 2, batchSize: 8, head: .linear, scale: 10,
      update: ParameterUpdate(optimizer: Adam(), trained: [trained]))
    let end = step.taken(0..<2, from: step.trees(from: parameters)).trees
    for entry in end[TreeName.learner]?.learned.entries ?? [] {
      let moves = entry.leaf != parameters[entry.name]
      #expect(moves == entry.name.hasPrefix(trained), "\(entry.name)")
    }
    #expect(end["jointHead"] != step.trees(from: parameters)["jointHead"])
  }
}
