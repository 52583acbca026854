package import Files

extension PicturePreparation {
  /// What a model file says of the preparation.
  package var json: JSONValue {
    [
      "height": .integer(height), "width": .integer(width), "channels": .integer(channels),
      "darkInk": .boolean(darkInk),
      "normalization": [
        "scale": .array(normalization.scale.map { .number($0) }),
        "offset": .array(normalization.offset.map { .number($0) }),
      ],
    ]
  }

  /// Reads what a model file says; nil where something is missing or does not fit together.
  package init?(_ json: JSONValue) {
    guard let height = json["height"]?.integer, let width = json["width"]?.integer,
      let channels = json["channels"]?.integer, let darkInk = json["darkInk"]?.boolean,
      let scale = json["normalization"]?["scale"]?.elements(\.number),
      let offset = json["normalization"]?["offset"]?.elements(\.number),
      [1, 3].contains(channels), [1, channels].contains(scale.count),
      [1, channels].contains(offset.count)
    else { return nil }
    self.init(
      height: height, width: width, channels: channels, darkInk: darkInk,
      normalization: PictureNormalization(
        scale: scale.map(Float.init), offset: offset.map(Float.init)))
  }
}
