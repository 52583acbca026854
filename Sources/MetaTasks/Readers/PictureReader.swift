/// Decodes picture files of any kind that is known, which their first bytes tell.
package enum PictureReader {
  /// The picture in the bytes of a file, as grey (`channels` 1) or colour (3).
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
    if let kind = PixbufReader.Kind(of: bytes), let reader = PixbufReader.installed,
      reader.kinds.contains(kind)
    {
      return try reader.picture(bytes, kind, channels: channels, name: name, member: member)
    }
    throw ReadError(.damaged, file: name, member: member, problem(bytes))
  }

  private static func problem(_ bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "an empty file, not a picture." }
    if let kind = PixbufReader.Kind(of: bytes) {
      return "a picture in \(kind.title), which is read where \(kind.package) is installed; "
        + "install that, or convert the picture to PNG or JPEG."
    }
    return phoneKind(of: bytes).map {
      "a picture in \($0), which is not read; convert it to PNG or JPEG."
    } ?? "not a picture in PNG or JPEG."
  }

  /// Whether a file name ends as those of pictures do that are read here.
  static func isPictureName(_ name: String) -> Bool {
    let ending = ending(of: name)
    return ["png", "jpg", "jpeg", "jpe", "jfif"].contains(ending)
      || PixbufReader.installed?.kinds.contains { $0.endings.contains(ending) } == true
  }

  /// Whether a file name ends as those of pictures do that are not read here.
  static func isUnreadPictureName(_ name: String) -> Bool {
    let ending = ending(of: name)
    return !isPictureName(name)
      && [
        "gif", "bmp", "webp", "tif", "tiff", "heic", "heif", "avif", "jp2", "jxl", "ppm", "pgm",
        "tga", "ico", "svg", "psd", "dng", "cr2", "nef",
      ].contains(ending)
  }

  /// The package that reads files of such a name, where one does that is not installed.
  static func missingPackage(for name: String) -> String? {
    let ending = ending(of: name)
    return PixbufReader.Kind.allCases.first {
      $0.endings.contains(ending) && PixbufReader.installed?.kinds.contains($0) != true
    }?.package
  }

  private static func ending(of name: String) -> String {
    name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
  }

  /// The kind of picture that a file of a phone is by its first bytes, of those that are not read.
  private static func phoneKind(of bytes: [UInt8]) -> String? {
    func has(_ text: String, at position: Int) -> Bool {
      bytes.dropFirst(position).starts(with: text.utf8)
    }
    guard has("ftyp", at: 4) else { return nil }
    if has("avif", at: 8) { return "AVIF" }
    return ["heic", "heix", "mif1"].contains { has($0, at: 8) } ? "HEIC" : nil
  }
}
