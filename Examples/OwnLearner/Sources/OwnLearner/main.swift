import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms

let characters = ProceduralCharacters()
let episodes = EpisodeShape(ways: 5, shots: 1, queries: 5)

/// Trains a learner for some hundred steps and says how well it does on new classes.
func accuracies(_ name: String, _ learner: any MetaLearner) -> [Double] {
  let configuration = MetaTrainer.Configuration(
    metaStep: MetaStep(learner: learner, optimizer: Adam(), gradientNormLimit: 10),
    tasks: characters.tasks(.train), episodes: EpisodeShapeRange(episodes), tasksPerStep: 8,
    learningRate: 0.002, schedule: .cosine(to: 0), stopRule: StopRule(iterations: 300), seed: 1,
    validation: nil)
  let trainer = MetaTrainer(configuration, state: MetaTrainer.initialState(configuration))
  while let event = trainer.next() {
    if case .step(let report) = event, report.step % 100 == 0 {
      print("\(name), step \(report.step): loss \(report.loss)")
    }
  }
  let evaluation = Evaluation(
    learner: learner, tasks: characters.tasks(.test), episodes: episodes, split: .test, seed: 1,
    taskCount: 200, checkedTaskCount: 2)
  let result = evaluation.result(of: trainer.state.parameters)
  print(
    "\(name): inductive accuracy \(result.figure.mean) ± \(result.figure.interval), 5-way 1-shot")
  return result.perTask
}

func network(outputs: Int?) -> Network {
  conv4(
    inputShape: [28, 28, 1], width: 32, outputs: outputs, normalization: .support,
    convolutionBias: false)
}

let ridge = accuracies("ridge head", RidgeHead(network: network(outputs: nil)))
let maml = accuracies(
  "MAML",
  MAML(network: network(outputs: 5), innerLoop: InnerLoop(steps: 1, learningRate: 0.4)))
let difference = Figure.paired(ridge, maml)
print("ridge head - MAML on the same tasks: \(difference.mean) ± \(difference.interval)")
