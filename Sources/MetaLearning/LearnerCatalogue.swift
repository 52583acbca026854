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
      Reptile.entry,
      PrototypicalNetworks.entry,
      CosineHead.entry,
      ConditionalNeuralProcess.entry,
      LSTMPolicy.entry,
    ])
}

/// The controls that come with this package: one file and one line each.
public enum ControlCatalogue {
  /// All of them, in the order in which they are shown.
  public static let standard = Catalogue(
    "control", [NearestCentroid.entry, LexicalCentroid.entry, FromScratch.entry])
}
