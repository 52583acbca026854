internal import Environments
public import MetaLearning
public import MetaTasks
public import NeuralNetworks
public import Settings

/// Everything that recipes can name, by kind.
///
/// A package of one's own adds to it and passes it on.
public struct Catalogues: Sendable {
  /// The learners.
  public var learners: Catalogue<LearnerEntry>
  /// The networks.
  public var networks: Catalogue<NetworkEntry>
  /// The optimizers.
  public var optimizers: Catalogue<CatalogueEntry<any Optimizer>>
  /// The data sets.
  public var dataSets: Catalogue<DataSetEntry>
  /// The preparations of raw input.
  public var preparations: Catalogue<PreparationEntry>
  /// The metrics.
  public var metrics: Catalogue<Metric>
  /// The controls.
  public var controls: Catalogue<ControlEntry>
  /// The kinds of steps that phases of training repeat.
  public var outerSteps: Catalogue<OuterStepEntry>
  /// The run writers.
  public var runWriters: Catalogue<RunWriterEntry>

  /// What comes with this package.
  public static let standard = Catalogues(
    learners: LearnerCatalogue.standard, networks: NetworkCatalogue.standard,
    optimizers: OptimizerCatalogue.standard,
    dataSets: DataSetCatalogue.standard.adding(EnvironmentCatalogue.standard.items),
    preparations: PreparationCatalogue.standard, metrics: MetricCatalogue.standard,
    controls: ControlCatalogue.standard, outerSteps: OuterStepCatalogue.standard,
    runWriters: RunWriterCatalogue.standard)
}
