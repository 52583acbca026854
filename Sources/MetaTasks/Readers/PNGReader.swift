internal import CPNG

/// Decodes PNG files of every kind to 8 bits a sample, upright as people see them.
package enum PNGReader {
  /// The first bytes of every PNG file.
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// The picture in the bytes of a file, as grey (`channels` 1) or colour (3).
  ///
  /// Palettes, 16 bits and interlacing are undone, transparency is laid on white. `name` is what
  /// errors call the file.
  package static func picture(
    _ bytes: [UInt8], channels: Int, name: String, member: String? = nil
  ) throws(ReadError) -> Picture {
    func damaged(_ problem: String) -> ReadError {
      ReadError(.damaged, file: name, member: member, problem)
    }
    guard bytes.starts(with: signature) else { throw damaged("not a PNG picture.") }
    // The library's own limits are far too wide, so the header is judged before it sees it.
    guard bytes.count > 33, bytes[12..<16].elementsEqual("IHDR".utf8),
      let width = bytes.bigEndian32(at: 16), let height = bytes.bigEndian32(at: 20)
    else { throw damaged("cut short: its header is missing.") }
    if let problem = Picture.problem(
      width: width, height: height,
      // Deflate makes nothing 1,040 times smaller.
      leastBytes: width * height / 8 * Int(bytes[24]) / 1040, available: bytes.count)
    {
      throw damaged(problem)
    }
    var samples = [UInt8](repeating: 0, count: width * height * channels)
    if let problem = decode(bytes, channels: channels, width: width, height: height, into: &samples)
    {
      throw damaged("damaged or cut short (\(problem)).")
    }
    return Picture(height: height, width: width, channels: channels, samples: samples)
      .upright(from: orientation(in: bytes))
  }

  /// The orientation in the chunk of EXIF data, where there is one.
  private static func orientation(in bytes: [UInt8]) -> Orientation {
    var position = signature.count
    while let length = bytes.bigEndian32(at: position), length <= bytes.count - position - 12 {
      let content = position + 8..<position + 8 + length
      if bytes[position + 4..<position + 8].elementsEqual("eXIf".utf8) {
        return Orientation(exif: bytes[content])
      }
      position = content.upperBound + 4
    }
    return .upright
  }

  private static func decode(
    _ bytes: [UInt8], channels: Int, width: Int, height: Int, into samples: inout [UInt8]
  ) -> String? {
    var image = unsafe png_image()
    unsafe image.version = UInt32(PNG_IMAGE_VERSION)
    defer { unsafe png_image_free(&image) }
    let read = unsafe bytes.withUnsafeBytes { bytes in
      guard
        unsafe png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0,
        unsafe Int(image.width) == width, unsafe Int(image.height) == height
      else { return false }
      // Samples of 16 bits are no more linear in light than those of 8 where a file says nothing.
      unsafe image.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
      unsafe image.format = channels == 1 ? UInt32(PNG_FORMAT_GRAY) : UInt32(PNG_FORMAT_RGB)
      var white = png_color(red: 255, green: 255, blue: 255)
      return unsafe samples.withUnsafeMutableBytes { samples in
        unsafe png_image_finish_read(&image, &white, samples.baseAddress, 0, nil) != 0
      }
    }
    if read { return nil }
    let message = unsafe withUnsafeBytes(of: image.message) { text in
      unsafe String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
    }
    return message.isEmpty ? "its header changes" : message
  }
}
