import Files
import Settings

/// What to make of a data set of texts.
struct TextOptions: Sendable {
  /// The most words of a text that are read.
  var length = 32
  /// The path of the encoder that texts are shown to; nil for none.
  var encoder: String?
}

extension LoadedDataSet {
  /// A data set of texts in classes, divided into splits; `names` says what each split's tasks are
  /// of.
  ///
  /// Words and trigrams are those of the training texts. Throws where the encoder cannot be opened.
  static func texts(
    _ name: String, identity: String? = nil, classSplit: String, checksums: [String: String],
    classes: [Split: [TextClass]], options: TextOptions, names: [Split: String] = [:],
    cache: DataCache?, reading: Reading
  ) throws(ReadError) -> LoadedDataSet {
    var encoder: (any TextEncoder)?
    var encoding: TextEncoding?
    if let path = options.encoder {
      let opened = try TextEncoders.encoder(at: path)
      encoding = TextEncoding(opened, at: path)
      encoder = opened
    }
    let preparation = TextPreparation(
      of: classes[.train, default: []].lazy.flatMap(\.texts), length: options.length,
      encoding: encoding)
    var checksums = checksums
    if let encoding { checksums["encoder"] = encoding.digest }
    var tasks: [Split: any TaskFamily] = [:]
    var cut = 0
    var all = 0
    for (split, classes) in classes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let texts = LabelledTexts(
        classes, preparation: preparation,
        encodings: try encoder.map { (encoder) throws(ReadError) in
          try encodings(of: classes, by: encoder, preparation, cache, reading)
        } ?? [])
      checksums[split.classesKey] = Digest.hexadecimal(ofLines: classes.map(\.name))
      tasks[split] = TextTasks(
        name: "\(names[split, default: name]), \(split.rawValue)", texts: texts)
      cut += texts.cutCount
      all += texts.textCount
    }
    let note = "\(cut) of \(all) texts are cut to their first \(preparation.length) words"
    return LoadedDataSet(
      name: name, identity: identity, classSplit: classSplit, checksums: checksums,
      notes: cut == 0 ? [] : [note], preparation: preparation, tasks: tasks)
  }

  /// What the encoder makes of the texts of classes, from the cache where it has that.
  private static func encodings(
    of classes: [TextClass], by encoder: any TextEncoder, _ preparation: TextPreparation,
    _ cache: DataCache?, _ reading: Reading
  ) throws(ReadError) -> [Float] {
    let texts = classes.flatMap { $0.texts + ($0.queries ?? []) }
    guard let cache else { return try preparation.encodings(of: texts, by: encoder, reading) }
    let digest = Digest.hexadecimal(
      ofLines: [encoder.digest, "\(preparation.vocabulary.json)"] + texts)
    return try cache.numbers(
      named: "encodings", digest: digest, count: texts.count * encoder.width
    ) {
      () throws(ReadError) in try preparation.encodings(of: texts, by: encoder, reading)
    }
  }
}

extension SettingsSection {
  /// The keys of a data set of texts.
  func textOptions() throws(SettingsError) -> TextOptions {
    var options = TextOptions()
    options.length = try integer(
      "length", "The most words of a text that are read; longer ones are cut.",
      default: options.length, in: TextPreparation.lengths)
    let path = try text(
      "encoder",
      "The path of an encoder that texts are shown to: a folder of a BERT, or a file of word vectors; "
        + "'': none.", default: "")
    options.encoder = path.isEmpty ? nil : path
    return options
  }
}
