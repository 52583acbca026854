import Files

extension LoadedDataSet {
  /// A data set of pictures in classes, divided into splits.
  ///
  /// Colours are standardized by those of the training classes. Only training classes are turned to
  /// new ones, and only training pictures varied. `className` is what the list of classes calls
  /// one.
  static func pictures(
    _ name: String, classSplit: String,
    of prepared: (pictures: LabelledPictures, checksums: [String: String]),
    positions: [Split: [Int]], preparation plain: PicturePreparation,
    rotationsAsClasses: Bool = false,
    notes: [String] = [], options: PictureOptions, identity: String? = nil,
    className: (String) -> String = { $0 }
  ) -> LoadedDataSet {
    var checksums = prepared.checksums
    var parts: [Split: LabelledPictures] = [:]
    for split in Split.allCases {
      let part = prepared.pictures.selecting(positions[split, default: []])
      checksums[split.classesKey] = Digest.hexadecimal(
        ofLines: part.categories.map { className($0.name) })
      parts[split] = part
    }
    let isColour = plain.channels == 3
    let normalization = isColour ? parts[.train].map(PictureNormalization.standardizing) : nil
    let preparation = PicturePreparation(
      height: plain.height, width: plain.width, channels: plain.channels, darkInk: plain.darkInk,
      normalization: normalization ?? .unit)
    let tasks = parts.map { split, part -> (Split, any TaskFamily) in
      let isTraining = split == .train
      return (
        split,
        PictureTasks(
          name: "\(name), \(split.rawValue)", pictures: part,
          normalization: preparation.normalization,
          rotationsAsClasses: isTraining && rotationsAsClasses,
          augmentation: isTraining ? options.augmentation : nil)
      )
    }
    return LoadedDataSet(
      name: name, identity: identity, classSplit: classSplit, checksums: checksums, notes: notes,
      preparation: preparation, tasks: Dictionary(uniqueKeysWithValues: tasks))
  }
}
