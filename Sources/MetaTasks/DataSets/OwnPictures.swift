extension LoadedDataSet {
  /// A data set of a user's own pictures, divided into splits.
  static func own(
    _ name: String, classSplit: String, pictures: LabelledPictures, positions: [Split: [Int]],
    reading: PicturePreparation, checksums: [String: String], options: DataSetOptions
  ) -> LoadedDataSet {
    var checksums = checksums
    var parts: [Split: LabelledPictures] = [:]
    for split in Split.allCases {
      parts[split] = pictures.selecting(positions[split, default: []])
      checksums[split.classesKey] = Digest.hexadecimal(
        ofLines: (parts[split]?.categories ?? []).map(\.name))
    }
    let isColour = reading.channels == 3
    let normalization = isColour ? parts[.train].map(PictureNormalization.standardizing) : nil
    let preparation = PicturePreparation(
      height: reading.height, width: reading.width, channels: reading.channels,
      darkInk: reading.darkInk, normalization: normalization ?? .unit)
    return LoadedDataSet(
      name: name, classSplit: classSplit, checksums: checksums, preparation: preparation,
      tasks: parts.reduce(into: [:]) { tasks, part in
        tasks[part.key] = ClassificationTasks(
          name: "\(name), \(part.key.rawValue)", pictures: part.value,
          normalization: preparation.normalization,
          augmentation: part.key == .train ? options.augmentation : nil)
      })
  }
}
