public import NeuralNetworks
package import TensorPrograms
package import Tensors

/// How a loss moves parameters: gradient, clipping, optimizer.
///
/// What all outer steps have in common.
public struct ParameterUpdate: Sendable {
  /// Moves the parameters.
  public let optimizer: any Optimizer
  /// The largest norm of a gradient; nil: as it comes.
  public let gradientNormLimit: Double?
  /// The beginnings of the names of leaves that are trained, such as `network/head`; nil: all.
  public let trained: [String]?

  /// Makes an update.
  public init(
    optimizer: any Optimizer, gradientNormLimit: Double? = nil, trained: [String]? = nil
  ) {
    self.optimizer = optimizer
    self.gradientNormLimit = gradientNormLimit
    self.trained = trained
  }

  /// Whether the leaf of a name is trained.
  func trains(_ name: String) -> Bool {
    trained.map { prefixes in prefixes.contains { name.hasPrefix($0) } } ?? true
  }

  /// A loss of all lanes, and what is told beside it.
  package struct Goal {
    /// The mean over lanes of what is descended on.
    package let loss: Tensor
    /// The mean over lanes of what is reported, where it is another.
    package var reportedLoss: Tensor?
    /// The metrics of each lane.
    package var metrics: [(name: String, value: Tensor)] = []
    /// New values of leaves that are followed, the mean over lanes, by name.
    package var updates = Parameters()
    /// What else the program gives, each lane its own, by name.
    package var others: [(name: String, tensor: Tensor)] = []
  }

  /// The inputs that stand for parameters and the optimizer's state.
  package struct State {
    package let parameters: Parameters
    package let optimizer: Parameters

    /// Inputs like the trees of a training.
    package init(like trees: TrainingTrees) {
      parameters = Parameters.inputs(
        like: trees[TreeName.learner] ?? ParameterValues(), prefix: TreeName.learner)
      optimizer = Parameters.inputs(
        like: trees[TreeName.optimizer] ?? ParameterValues(), prefix: TreeName.optimizer)
    }
  }

  /// The program of a step down a goal.
  ///
  /// Parameters and optimizer state are carried from run to run. Outputs are `loss` (the mean over
  /// lanes), `reportedLoss` where it is another, `gradientNorm`, a metric of each lane as
  /// `metric.NAME`, the goal's others, and the new trees. Declared inputs may be set whether or not they are read.
  package func program(
    down goal: Goal, from state: State, laneCount: Int, declaring declared: [Tensor],
    options: Program.Options = .init()
  ) -> Program {
    let slope = gradient(
      of: goal.loss, withRespectTo: state.parameters.filter { trains($0.name) })
    let norm = globalNorm(slope)
    let (moved, newState) = Scope.named("optimizer") {
      optimizer.step(
        state.parameters,
        gradient: gradientNormLimit.map { clippedByGlobalNorm(slope, $0) } ?? slope,
        state: state.optimizer, learningRate: .input("learningRate", shape: .scalar))
    }
    var outputs = [(name: "loss", tensor: goal.loss), (name: "gradientNorm", tensor: norm)]
    if let reported = goal.reportedLoss { outputs.append(("reportedLoss", reported)) }
    outputs += goal.metrics.map { (name: "metric.\($0.name)", tensor: $0.value.seenPerLane) }
    outputs += goal.others
    var carries: [(output: String, input: String)] = []
    let new = moved.replacing(with: goal.updates)
    for (tree, name) in [(new, TreeName.learner), (newState, TreeName.optimizer)] {
      for entry in tree.entries {
        outputs.append((name: "new.\(name).\(entry.name)", tensor: entry.leaf))
        carries.append(("new.\(name).\(entry.name)", "\(name).\(entry.name)"))
      }
    }
    return Program(
      outputs, laneCount: laneCount, carrying: carries, declaring: declared, options: options)
  }

  /// The optimizer's state before the first step.
  package func initialState(for parameters: ParameterValues) -> ParameterValues {
    optimizer.initialState(for: parameters)
  }
}

/// The names of trees that several outer steps have.
public enum TreeName {
  /// The learner's parameters.
  public static let learner = "learner"
  /// The state of the optimizer that moves them.
  public static let optimizer = "optimizer"
}

extension Execution {
  /// What a step made by `ParameterUpdate.program` was like.
  func figures() -> OuterFigures {
    let loss = Double(value("loss").scalar)
    let norm = Double(value("gradientNorm").scalar)
    let reported =
      outputNames.contains("reportedLoss") ? Double(value("reportedLoss").scalar) : loss
    return OuterFigures(
      loss: reported, gradientNorm: norm, metrics: metricMeans,
      isFinite: loss.isFinite && norm.isFinite)
  }

  /// The means over lanes of the outputs named `metric.`.
  private var metricMeans: [(name: String, values: [Double])] {
    outputNames.filter { $0.hasPrefix("metric.") }.map { name in
      let lanes = value(name).asRows
      let width = lanes.first?.count ?? 0
      let means = (0..<width).map { column in
        lanes.reduce(0) { $0 + Double($1[column]) } / Double(lanes.count)
      }
      return (String(name.dropFirst("metric.".count)), means)
    }
  }
}
