/// Decodes picture files of any kind that is known.
public enum PictureReader {
  /// The picture in the bytes of a PNG file, as grey (`channels` 1) or colour (3).
  public static func picture(
    _ bytes: [UInt8], channels: Int, name: String, member: String? = nil
  ) throws(ReadError) -> Picture {
    try PNGReader.picture(bytes, channels: channels, name: name, member: member)
  }

  /// Whether a file name ends as those of pictures do.
  static func isPictureName(_ name: String) -> Bool {
    let name = name.lowercased()
    return [".png", ".jpg", ".jpeg"].contains { name.hasSuffix($0) }
  }
}
