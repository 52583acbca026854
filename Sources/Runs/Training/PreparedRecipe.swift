public import MetaLearning
public import MetaTasks
internal import NeuralNetworks
public import TensorPrograms
public import Tensors

/// A recipe joined with its data: what the trainer and evaluations need.
public struct PreparedRecipe: Sendable {
  /// The recipe.
  public let recipe: Recipe
  /// The data that it names.
  public let dataSet: LoadedDataSet
  /// The learner on its network.
  public let learner: any MetaLearner
  /// Logits or numbers that the learner gives for an example.
  public let outputCount: Int

  /// Joins a recipe with its data.
  ///
  /// Throws a `RecipeError` where network and examples do not fit, and a `TaskError` where the data
  /// are too few for the episodes.
  public init(_ recipe: Recipe, _ dataSet: LoadedDataSet) throws {
    self.recipe = recipe
    self.dataSet = dataSet
    let isClassification = dataSet.tasks(.train).isClassification
    outputCount =
      isClassification
      ? recipe.evaluation.shape.ways ?? 0 : dataSet.tasks(.train).outputCount
    learner = try recipe.learner(inputShape: dataSet.inputShape, outputCount: outputCount)
    try dataSet.tasks(.train).validate(recipe.task.episodes.largest)
    try dataSet.tasks(.train).validate(recipe.task.episodes.smallest)
    if recipe.training.validateEvery != nil {
      try dataSet.tasks(.validation).validate(recipe.evaluation.shape)
    }
    try dataSet.tasks(.test).validate(recipe.evaluation.shape)
  }

  /// Reads the data that a recipe names and joins them; throws what reading throws besides.
  public init(_ recipe: Recipe, from dataSets: DataSets) throws {
    try self.init(recipe, try dataSets.load(recipe.task.data, options: recipe.task.options))
  }

  /// What the trainer follows.
  public func configuration(_ execution: Runner.Configuration) -> MetaTrainer.Configuration {
    let training = recipe.training
    return MetaTrainer.Configuration(
      metaStep: MetaStep(
        learner: learner, optimizer: recipe.optimizer.optimizer,
        gradientNormLimit: training.gradientNormLimit),
      tasks: dataSet.tasks(.train), episodes: recipe.task.episodes,
      tasksPerStep: training.tasksPerStep, learningRate: training.learningRate,
      schedule: training.schedule,
      stopRule: StopRule(
        iterations: training.iterations, seconds: training.seconds, patience: training.patience),
      seed: training.seed,
      validation: training.validateEvery.map { every in
        var evaluation = evaluation(of: learner, on: .validation, execution)
        evaluation.taskCount = training.validationTasks
        return MetaTrainer.Validation(evaluation: evaluation, every: every)
      }, execution: execution)
  }

  /// An evaluation of a learner on the recipe's tasks of a split, without the check for leaks.
  func evaluation(
    of learner: any MetaLearner, on split: Split, _ execution: Runner.Configuration
  ) -> Evaluation {
    Evaluation(
      learner: learner, tasks: dataSet.tasks(split), episodes: recipe.evaluation.shape,
      split: split, seed: recipe.evaluation.seed, taskCount: recipe.evaluation.episodes,
      checkedTaskCount: 0, execution: execution)
  }
}

extension Recipe {
  /// The learner for examples of a shape, with so many classes or numbers to predict.
  public func learner(
    inputShape: Shape, outputCount: Int
  ) throws(RecipeError) -> any MetaLearner {
    learner.learner(
      try network.network(
        inputShape: inputShape, outputs: learner.needsHead ? outputCount : nil))
  }
}
