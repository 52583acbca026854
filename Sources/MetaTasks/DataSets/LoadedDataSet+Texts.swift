import Files
import Settings

extension LoadedDataSet {
  /// A data set of texts in classes, divided into splits; `names` says what each split's tasks are
  /// of.
  static func texts(
    _ name: String, classSplit: String, checksums: [String: String],
    classes: [Split: [TextClass]], preparation: TextPreparation, names: [Split: String] = [:]
  ) -> LoadedDataSet {
    var checksums = checksums
    var tasks: [Split: any TaskFamily] = [:]
    var cut = 0
    var all = 0
    for (split, classes) in classes {
      let texts = LabelledTexts(classes, preparation: preparation)
      checksums[split.classesKey] = Digest.hexadecimal(ofLines: classes.map(\.name))
      tasks[split] = TextTasks(
        name: "\(names[split, default: name]), \(split.rawValue)", texts: texts)
      cut += texts.cutCount
      all += texts.textCount
    }
    let note = "\(cut) of \(all) texts are cut to their first \(preparation.length) words"
    return LoadedDataSet(
      name: name, classSplit: classSplit, checksums: checksums, notes: cut == 0 ? [] : [note],
      preparation: preparation, tasks: tasks)
  }
}

extension SettingsSection {
  /// The key `length` of a data set of texts.
  func textLength() throws(SettingsError) -> Int {
    try integer(
      "length", "The most words of a text that are read; longer ones are cut.", default: 32,
      in: TextPreparation.lengths)
  }
}
