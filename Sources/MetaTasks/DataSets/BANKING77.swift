import Files
import Foundation
import Settings

/// BANKING77: customers' questions to a bank, of 77 intents, as test tasks of learners trained on
/// CLINC150.
///
/// Training and validation tasks are those of CLINC150, and so is the vocabulary. Test tasks have
/// the support from the rows published for training, the queries from those published for testing.
/// Casanueva et al., Efficient intent detection with dual sentence encoders, 2020.
public enum BANKING77 {
  private static let name = "banking77"
  private static let division = "transfer"
  private static let supportFiles = ["train.csv.gz", "train.csv"]
  private static let queryFiles = ["test.csv.gz", "test.csv"]

  /// The set as recipes name it.
  public static let entry = DataSetEntry(
    name, "13,083 questions to a bank of 77 intents, after training on clinc150",
    origin: .published(files: supportFiles, downloads: downloads), divisions: [division]
  ) { (settings) throws(SettingsError) in
    let options = try settings.textOptions()
    return DataSetPlan.texts { files in
      try load(
        from: try files.location(), source: try files.sets.existingLocation(of: CLINC150.entry),
        options: options, cache: files.cache, reading: files.reading)
    }
  }

  /// SHA-256 of the list of intents, each line with a line feed, in byte order.
  private static let digest = "aab1c5290887132a70fe35809a71618d9da9421aa1afcbe0c4569b6f279ac95d"

  /// Reads the set from the folder that holds `train.csv` and `test.csv`, plain or .gz, and that of
  /// CLINC150.
  ///
  /// Throws where a file is missing or damaged, or the intents are not those of the sets.
  static func load(
    from folder: URL, source: URL, options: TextOptions, cache: DataCache?, reading: Reading
  ) throws -> LoadedDataSet {
    let learned = try CLINC150.contents(of: source, cache: cache)
    let support = try DataSource.file(supportFiles, in: folder, of: name)
    let queries = try DataSource.file(queryFiles, in: folder, of: name)
    var checksums = try DataSource.checksums(of: [support, queries], cache: cache)
    for (source, digest) in learned.checksums { checksums["\(CLINC150.name) \(source)"] = digest }
    var classes = learned.classes
    classes[.test] = try intents(
      support: try TextClassFiles.classes(at: support.url),
      queries: try TextClassFiles.classes(at: queries.url), path: folder.path)
    return try LoadedDataSet.texts(
      name, classSplit: division, checksums: checksums, classes: classes, options: options,
      names: [.train: CLINC150.name, .validation: CLINC150.name], cache: cache, reading: reading)
  }

  /// The intents with the questions of both files, which are checked.
  private static func intents(
    support: [TextClass], queries: [TextClass], path: String
  ) throws(ReadError) -> [TextClass] {
    for found in [support, queries] {
      guard Digest.hexadecimal(ofLines: found.map(\.name)) == digest else {
        throw ReadError(
          .damaged, file: path,
          "its \(found.count) intents are not the 77 of BANKING77; take train.csv and test.csv of "
            + "PolyAI-LDN/task-specific-datasets, banking_data.")
      }
    }
    return zip(support, queries).map {
      TextClass(name: $0.name, texts: $0.texts, queries: $1.texts)
    }
  }
}
