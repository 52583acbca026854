internal import CTurboJPEG

/// Decodes JPEG files to 8 bits a sample.
///
/// Rotations that a camera notes beside the picture are not applied. Decoders may differ by one or
/// two levels in a sample.
package enum JPEGReader {
  /// The first bytes of every JPEG file.
  static let signature: [UInt8] = [0xFF, 0xD8, 0xFF]

  /// The picture in the bytes of a file, as grey (`channels` 1) or colour (3).
  ///
  /// `name` is what errors call the file. Cut data is an error, and so is CMYK.
  package static func picture(
    _ bytes: [UInt8], channels: Int, name: String, member: String? = nil
  ) throws(ReadError) -> Picture {
    func damaged(_ problem: String) -> ReadError {
      ReadError(.damaged, file: name, member: member, problem)
    }
    guard bytes.starts(with: signature) else { throw damaged("not a JPEG picture.") }
    guard let handle = unsafe tjInitDecompress() else {
      throw damaged("the JPEG library does not start; free some memory.")
    }
    defer { unsafe tjDestroy(handle) }
    var (width, height, subsampling, colours) = (Int32(0), Int32(0), Int32(0), Int32(0))
    guard
      unsafe tjDecompressHeader3(
        handle, bytes, UInt(bytes.count), &width, &height, &subsampling, &colours) == 0
    else { throw damaged("damaged or cut short (\(unsafe message(of: handle))).") }
    guard width > 0, height > 0 else { throw damaged("cut short: its header is missing.") }
    guard colours != Int32(TJCS_CMYK.rawValue), colours != Int32(TJCS_YCCK.rawValue) else {
      throw damaged("in the colours of print (CMYK); convert it to RGB.")
    }
    // A block of 64 pixels takes a bit or more even where nothing is in it.
    if let problem = Picture.problem(
      width: Int(width), height: Int(height), leastBytes: Int(width) * Int(height) / 4096,
      available: bytes.count)
    {
      throw damaged(problem)
    }
    var samples = [UInt8](repeating: 0, count: Int(width) * Int(height) * channels)
    let format = channels == 1 ? TJPF_GRAY : TJPF_RGB
    // Hundreds of scans make much work of few bytes; a warning means that data are missing.
    let flags = TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS
    guard
      unsafe tjDecompress2(
        handle, bytes, UInt(bytes.count), &samples, width, 0, height, Int32(format.rawValue),
        Int32(flags)) == 0
    else { throw damaged("damaged or cut short (\(unsafe message(of: handle))).") }
    return Picture(height: Int(height), width: Int(width), channels: channels, samples: samples)
  }

  private static func message(of handle: tjhandle) -> String {
    guard let text = unsafe tjGetErrorStr2(handle) else { return "no reason given" }
    return unsafe String(cString: text)
  }
}
