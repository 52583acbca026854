public import Settings

/// The learners that come with this package: one file and one line each.
public enum LearnerCatalogue {
  /// All of them, in the order in which they are shown.
  public static let standard = Catalogue(
    "learner", usual: PrototypicalNetworks.entry.name,
    [
      MAML.entry,
      MAML.firstOrderEntry,
      MAMLPlusPlus.entry,
      ANIL.entry,
      BOIL.entry,
      MetaSGD.entry,
      MetaCurvature.entry,
      ImplicitMAML.entry,
      LSTMMetaLearner.entry,
      CAVIA.entry,
      CAVIA.modulatingEntry,
      Reptile.entry,
      LearnedOptimizer.entry,
      PrototypicalNetworks.entry,
      CosineCentroid.entry,
      MatchingNetworks.entry,
      RelationNetworks.entry,
      NearestNeighbours.entry,
      InstanceMemory.entry,
      R2D2.entry,
      R2D2.logisticEntry,
      R2D2.metaOptNetEntry,
      CosineHead.entry,
      FineTuning.entry,
      JointTraining.entry,
      BayesianRidge.entry,
      BayesianMAML.entry,
      EnsembleMAML.entry,
      AmortizedBayesianMAML.entry,
      VERSA.entry,
      HypernetworkHead.entry,
      ConditionalNeuralProcess.entry,
      AttentiveNeuralProcess.entry,
      SNAIL.entry,
      InContextTransformer.entry,
      MemoryAugmentedNetwork.entry,
      RecurrentLearner.entry,
      MemoryNetwork.entry,
      MetaNetworks.entry,
      LSTMPolicy.entry,
    ])
}

/// The controls that come with this package: one file and one line each.
public enum ControlCatalogue {
  /// All of them, in the order in which they are shown.
  public static let standard = Catalogue(
    "control",
    [
      NearestCentroid.entry, RawNearestNeighbours.entry, LogisticRegression.entry,
      LexicalCentroid.entry, LexicalCentroid.trigramEntry,
      RatingBias.itemEntry, RatingBias.entry, FromScratch.entry,
    ] + TunedOptimizers.entries)
}
