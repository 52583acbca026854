import Files
public import Foundation
import Settings

/// Features that the user's own encoder made, with a label for each row.
///
/// Classes are divided by the digests of their names.
public enum OwnFeatures {
  /// The set as recipes name it.
  public static let entry = DataSetEntry(
    "features", "features of your own encoder with labels, .npz, .npy or .safetensors",
    origin: .own,
    divisions: [ClassDivision.name]
  ) { (settings) throws(SettingsError) in
    let (rotation, hasValidation) = (try settings.rotation(), try settings.hasValidation())
    return DataSetPlan(target: .classes, episodes: .ofClasses, usualNetwork: "linear") { files in
      try load(from: try files.location(), rotation: rotation, hasValidation: hasValidation)
    }
  }

  /// Reads a file of features and labels.
  ///
  /// Throws where it is damaged, has no labels, or the classes cannot be divided.
  static func load(from url: URL, rotation: Int, hasValidation: Bool) throws -> LoadedDataSet {
    let features = try labelled(url)
    let positions = try ClassDivision.positions(
      of: features.categories.map(\.name), rotation: rotation, hasValidation: hasValidation,
      path: url.path)
    var checksums = ["features": Digest.hexadecimal(features.bytes)]
    var tasks: [Split: any TaskFamily] = [:]
    for (split, part) in positions {
      let chosen = features.selecting(part)
      checksums[split.classesKey] = Digest.hexadecimal(ofLines: chosen.categories.map(\.name))
      tasks[split] = FeatureTasks(name: "\(name(of: url)), \(split.rawValue)", features: chosen)
    }
    return LoadedDataSet(
      name: name(of: url), identity: entry.name, classSplit: ClassDivision.name,
      checksums: checksums, preparation: FeaturePreparation(shape: features.shape), tasks: tasks)
  }

  /// What a file holds.
  ///
  /// Throws where it is damaged, or has no labels.
  public static func survey(of url: URL) throws(ReadError) -> ClassSurvey {
    let features = try labelled(url)
    return ClassSurvey(
      name: name(of: url), noun: "example", isDivided: false,
      counts: [
        .train: features.categories.map { .init(name: $0.name, examples: $0.rows.count) }
      ])
  }

  private static func labelled(_ url: URL) throws(ReadError) -> LabelledFeatures {
    let file = try FeatureFile(url)
    guard let labels = file.labels else {
      throw ReadError(
        .damaged, file: url.path,
        "it has no labels; add an array 'labels', or beside an .npy a list with a class on each line."
      )
    }
    return LabelledFeatures(file.features, labels: labels)
  }

  private static func name(of url: URL) -> String { url.deletingPathExtension().lastPathComponent }

  /// Whether a path is that of a file of features, by its name.
  public static func isFile(_ url: URL) -> Bool {
    FeatureFile.endings.contains(url.pathExtension.lowercased())
  }
}
