/// Decodes picture files of any kind that is known, which their first bytes tell.
public enum PictureReader {
  /// The picture in the bytes of a PNG or JPEG file, as grey (`channels` 1) or colour (3).
  public static func picture(
    _ bytes: [UInt8], channels: Int, name: String, member: String? = nil
  ) throws(ReadError) -> Picture {
    guard channels == 1 || channels == 3 else {
      fatalError("A picture has 1 channel (grey) or 3 (colour), not \(channels).")
    }
    if bytes.starts(with: PNGReader.signature) {
      return try PNGReader.picture(bytes, channels: channels, name: name, member: member)
    }
    if bytes.starts(with: JPEGReader.signature) {
      return try JPEGReader.picture(bytes, channels: channels, name: name, member: member)
    }
    throw ReadError(
      .damaged, file: name, member: member,
      bytes.isEmpty ? "an empty file, not a picture." : "not a picture in PNG or JPEG.")
  }

  /// Whether a file name ends as those of pictures do.
  static func isPictureName(_ name: String) -> Bool {
    let name = name.lowercased()
    return [".png", ".jpg", ".jpeg"].contains { name.hasSuffix($0) }
  }
}
