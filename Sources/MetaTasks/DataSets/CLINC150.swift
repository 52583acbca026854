import Files
import Foundation
import Settings

/// CLINC150: short English queries to a spoken interface, of 150 intents in 10 domains.
///
/// The 150 queries of an intent are pooled, and intents are divided by whole domains into 90, 30
/// and 30; queries out of scope are left out. The division is this project's own: the published one
/// is over queries. Larson et al., An evaluation dataset for intent classification and out-of-scope
/// prediction, 2019.
public enum CLINC150 {
  static let name = "clinc150"
  /// The name that the division goes by.
  static let division = "by-domain"
  private static let queryFiles = ["data_full.json.gz", "data_full.json"]
  private static let domainFiles = ["domains.json"]

  /// The set as recipes name it.
  public static let entry = DataSetEntry(
    name, "22,500 English queries of 150 intents, by domains",
    origin: .published(files: queryFiles, downloads: downloads), divisions: [division]
  ) { (settings) throws(SettingsError) in
    let options = try settings.textOptions()
    return DataSetPlan.texts { files in
      try load(
        from: try files.location(), options: options, cache: files.cache, reading: files.reading)
    }
  }

  private static let domains: [Split: [String]] = [
    .train: ["auto_and_commute", "home", "kitchen_and_dining", "meta", "utility", "work"],
    .validation: ["small_talk", "travel"], .test: ["banking", "credit_cards"],
  ]

  /// SHA-256 of the lists of intents, each line with a line feed, in byte order.
  private static let digests: [Split: String] = [
    .train: "2781b9cf416e7d651513c3ba71d302c714088dd485692d62474cc4717511d5fc",
    .validation: "6ca7b750a9744b81bb61f218502e337deeac8d127f7ab73d26afa3009b87a090",
    .test: "25769dda29944f263d15d02aeaf5858d376426ad3ad0d699dd8b5424c43d05f6",
  ]

  /// The intents of each split, and what they were read from.
  struct Contents {
    let classes: [Split: [TextClass]]
    let checksums: [String: String]
  }

  /// Reads the set from the folder that holds `data_full.json`, plain or .gz, and `domains.json`.
  ///
  /// Throws where one is missing or damaged, or the intents are not those of the set.
  static func load(
    from folder: URL, options: TextOptions, cache: DataCache?, reading: Reading
  ) throws -> LoadedDataSet {
    let contents = try contents(of: folder, cache: cache)
    return try LoadedDataSet.texts(
      name, classSplit: division, checksums: contents.checksums, classes: contents.classes,
      options: options, cache: cache, reading: reading)
  }

  /// Reads the intents of a folder, whose division is checked.
  static func contents(of folder: URL, cache: DataCache?) throws(ReadError) -> Contents {
    let queries = try DataSource.file(queryFiles, in: folder, of: name)
    let domains = try DataSource.file(domainFiles, in: folder, of: name)
    let checksums = try DataSource.checksums(of: [queries, domains], cache: cache)
    let intents = try intents(
      in: try GzipReader.contents(of: queries.url, limit: 1 << 28), name: queries.url.path)
    let split = try splits(
      in: try GzipReader.contents(of: domains.url, limit: 1 << 20), name: domains.url.path)
    let classes = Dictionary(grouping: intents.filter { split[$0.name] != nil }) {
      split[$0.name, default: .train]
    }
    for part in Split.allCases {
      let found = classes[part, default: []]
      guard Digest.hexadecimal(ofLines: found.map(\.name)) == digests[part] else {
        throw ReadError(
          .damaged, file: folder.path,
          "its \(found.count) intents for \(part.rawValue) are not those of CLINC150; take "
            + "data_full.json and domains.json of clinc/oos-eval.")
      }
    }
    return Contents(classes: classes, checksums: checksums)
  }

  /// The queries of each intent in the bytes of `data_full.json`, intents in the order of their
  /// bytes; `name` is what errors call it.
  package static func intents(
    in bytes: [UInt8], name: String
  ) throws(ReadError) -> [TextClass] {
    let json = try object(in: bytes, name: name)
    var texts: [String: [String]] = [:]
    for part in ["train", "val", "test"] {
      guard let pairs = json[part]?.array else {
        throw ReadError(.damaged, file: name, "it has no queries under '\(part)'; fetch it again.")
      }
      for (number, pair) in pairs.enumerated() {
        guard let pair = pair.elements(\.string), pair.count == 2, Tokenizer.hasWords(pair[0])
        else {
          throw ReadError(
            .damaged, file: name,
            "element \(number) of '\(part)' is not a query with its intent; fetch it again.")
        }
        texts[pair[1], default: []].append(pair[0])
      }
    }
    return texts.map { TextClass(name: $0.key, texts: $0.value) }
      .sorted { precedesInBytes($0.name, $1.name) }
  }

  /// The split of each intent in the bytes of `domains.json`.
  private static func splits(
    in bytes: [UInt8], name: String
  ) throws(ReadError) -> [String: Split] {
    let json = try object(in: bytes, name: name)
    var splits: [String: Split] = [:]
    for (split, domains) in domains {
      for domain in domains {
        guard let intents = json[domain]?.elements(\.string) else {
          throw ReadError(.damaged, file: name, "it has no domain '\(domain)'; fetch it again.")
        }
        for intent in intents { splits[intent] = split }
      }
    }
    return splits
  }

  private static func object(in bytes: [UInt8], name: String) throws(ReadError) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue(parsing: bytes)
    } catch { throw ReadError(.damaged, file: name, "not JSON: \(error); fetch it again.") }
  }
}
