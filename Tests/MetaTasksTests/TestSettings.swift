import MetaTasks
import Settings
import Tensors

/// A section in which each of the keys, such as `augmentation.mirroring`, has a value.
func section(_ settings: KeyValuePairs<String, String>) throws -> SettingsSection {
  let place = SettingsPlace.file("recipe", line: nil)
  var node = SettingsNode(.section([]), at: place)
  for (key, value) in settings {
    let path = key.split(separator: ".").map(String.init)
    try node.set(SettingsNode(.scalar(value, isQuoted: false), at: place), at: path[...])
  }
  return SettingsSection(node)
}

extension DataSets {
  /// Loads a set as a recipe with these settings describes it.
  func load(_ data: String, _ settings: KeyValuePairs<String, String>) throws -> LoadedDataSet {
    let section = try section(settings)
    let plan = try entry(for: data).read(section)
    try section.refuseUnknownKeys()
    return try load(plan, for: data)
  }
}

extension LoadedDataSet {
  /// The tasks of a split of pictures.
  func pictureTasks(_ split: Split) -> PictureTasks? { tasks(split) as? PictureTasks }

  /// The tasks of a split of examples; stops where they are not made of examples.
  func examples(_ split: Split) -> any TaskDistribution {
    guard let tasks = tasks(split) as? any TaskDistribution else {
      fatalError("\(name): its tasks are not made of examples.")
    }
    return tasks
  }

  /// The shape of the only input.
  var inputShape: Shape? { signature.inputs.count == 1 ? signature.inputs[0].shape : nil }
}
