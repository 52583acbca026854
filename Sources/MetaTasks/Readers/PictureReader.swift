/// Decodes picture files of any kind that is known, which their first bytes tell.
package enum PictureReader {
  /// The picture in the bytes of a PNG or JPEG file, as grey (`channels` 1) or colour (3).
  ///
  /// Where `extent` is given, far larger pictures may be decoded at a part of their size. Faults
  /// that are passed over are told to `remark`.
  package static func picture(
    _ bytes: [UInt8], channels: Int, fitting extent: PictureExtent? = nil, name: String,
    member: String? = nil, remark: (String) -> Void = { _ in }
  ) throws(ReadError) -> Picture {
    guard channels == 1 || channels == 3 else {
      fatalError("A picture has 1 channel (grey) or 3 (colour), not \(channels).")
    }
    if bytes.starts(with: PNGReader.signature) {
      return try PNGReader.picture(bytes, channels: channels, name: name, member: member)
    }
    if bytes.starts(with: JPEGReader.signature) {
      return try JPEGReader.picture(
        bytes, channels: channels, fitting: extent, name: name, member: member, remark: remark)
    }
    throw ReadError(
      .damaged, file: name, member: member,
      bytes.isEmpty
        ? "an empty file, not a picture."
        : unreadKind(of: bytes).map {
          "a picture in \($0), which is not read; convert it to PNG or JPEG."
        } ?? "not a picture in PNG or JPEG.")
  }

  /// Whether a file name ends as those of pictures do that are read.
  static func isPictureName(_ name: String) -> Bool {
    ["png", "jpg", "jpeg", "jpe", "jfif"].contains(ending(of: name))
  }

  /// Whether a file name ends as those of pictures do that are not read.
  static func isUnreadPictureName(_ name: String) -> Bool {
    [
      "gif", "bmp", "webp", "tif", "tiff", "heic", "heif", "avif", "jp2", "jxl", "ppm", "pgm",
      "tga", "ico", "svg", "psd", "dng", "cr2", "nef",
    ].contains(ending(of: name))
  }

  private static func ending(of name: String) -> String {
    name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
  }

  /// The kind of picture that a file is by its first bytes, of those that are not read.
  private static func unreadKind(of bytes: [UInt8]) -> String? {
    func has(_ text: String, at position: Int = 0) -> Bool {
      bytes.dropFirst(position).starts(with: text.utf8)
    }
    if has("GIF8") { return "GIF" }
    if has("BM") { return "BMP" }
    if has("RIFF"), has("WEBP", at: 8) { return "WebP" }
    if has("II*\0") || has("MM\0*") { return "TIFF" }
    if has("ftyp", at: 4) {
      if has("avif", at: 8) { return "AVIF" }
      return ["heic", "heix", "mif1"].contains { has($0, at: 8) } ? "HEIC" : nil
    }
    return nil
  }
}
