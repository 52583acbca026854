internal import CTurboJPEG

/// Decodes JPEG files to 8 bits a sample, upright as people see them.
///
/// Decoders may differ by one or two levels in a sample.
package enum JPEGReader {
  /// The first bytes of every JPEG file.
  static let signature: [UInt8] = [0xFF, 0xD8, 0xFF]

  /// The picture in the bytes of a file, as grey (`channels` 1) or colour (3).
  ///
  /// Where `extent` is given, a picture that is far larger is decoded at a half, a quarter or an
  /// eighth of its size, no smaller than twice the extent. Faults that no sample suffers from are
  /// passed over and told to `remark`; cut data is an error. `name` is what errors call the file.
  package static func picture(
    _ bytes: [UInt8], channels: Int, fitting extent: PictureExtent? = nil, name: String,
    member: String? = nil, remark: (String) -> Void = { _ in }
  ) throws(ReadError) -> Picture {
    func damaged(_ problem: String) -> ReadError {
      ReadError(.damaged, file: name, member: member, problem)
    }
    guard bytes.starts(with: signature) else { throw damaged("not a JPEG picture.") }
    guard let decoder = JPEGDecoder() else {
      throw ReadError(
        .inaccessible, file: name, member: member,
        "the JPEG library does not start; free some memory.")
    }
    guard let header = decoder.header(of: bytes) else {
      throw damaged("damaged or cut short (\(decoder.message)).")
    }
    guard header.width > 0, header.height > 0 else {
      throw damaged("cut short: its header is missing.")
    }
    // A block of 64 pixels takes a bit or more even where nothing is in it.
    if let problem = Picture.problem(
      width: header.width, height: header.height, leastBytes: header.width * header.height / 4096,
      available: bytes.count)
    {
      throw damaged(problem)
    }
    let markers = JPEGMarkers(bytes)
    let wanted = markers.orientation.exchangesAxes ? extent?.exchanged : extent
    let wish = JPEGDecoder.Wish(
      divisor: divisor(for: header, fitting: wanted), channels: channels,
      inksArePaper: markers.isAdobe)
    do throws(JPEGDecoder.Failure) {
      return try decode(bytes, header, wish, by: decoder, remark)
        .upright(from: markers.orientation)
    } catch {
      throw damaged("damaged or cut short (\(error.message)).")
    }
  }

  /// Decodes the bytes, in a second try without what belongs to nothing and with a mark at the end.
  private static func decode(
    _ bytes: [UInt8], _ header: JPEGDecoder.Header, _ wish: JPEGDecoder.Wish,
    by decoder: JPEGDecoder, _ remark: (String) -> Void
  ) throws(JPEGDecoder.Failure) -> Picture {
    let first: JPEGDecoder.Failure
    do throws(JPEGDecoder.Failure) {
      return try decoder.picture(bytes, header, wish)
    } catch { first = error }
    let markers = JPEGMarkers(bytes, throughScans: true)
    guard first.isWarning, markers.isComplete else { throw first }
    let repaired = markers.repaired(bytes)
    let picture: Picture
    do throws(JPEGDecoder.Failure) {
      picture = try decoder.picture(repaired, header, wish)
    } catch {
      // All samples are there before what is too much at the end.
      guard error.isWarning, error.message.hasSuffix("extraneous bytes before marker 0xd9") else {
        throw error
      }
      picture = try decoder.picture(repaired, header, wish, passingOverWarnings: true)
    }
    remark(first.message)
    return picture
  }

  /// How many times smaller a picture is decoded: by as much as leaves twice what is wanted.
  private static func divisor(
    for header: JPEGDecoder.Header, fitting extent: PictureExtent?
  ) -> Int {
    guard let extent else { return 1 }
    return [8, 4, 2].first {
      header.width / $0 >= 2 * extent.width && header.height / $0 >= 2 * extent.height
    } ?? 1
  }
}

/// The rows and columns that a picture is to have in the end.
package struct PictureExtent: Sendable, Hashable {
  package let height: Int
  package let width: Int

  package init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// The same with rows for columns.
  var exchanged: PictureExtent { PictureExtent(height: width, width: height) }
}

/// The library's decoder at work on one file.
@safe private final class JPEGDecoder {
  struct Header {
    let width: Int
    let height: Int
    let isInk: Bool
  }

  /// What to make of a file.
  struct Wish {
    let divisor: Int
    let channels: Int
    let inksArePaper: Bool
  }

  struct Failure: Error {
    let message: String
    /// Whether other readers might go on.
    let isWarning: Bool
  }

  private let handle: tjhandle

  init?() {
    guard let handle = unsafe tjInitDecompress() else { return nil }
    unsafe self.handle = unsafe handle
  }

  deinit { unsafe tjDestroy(handle) }

  /// What the library said last.
  var message: String {
    guard let text = unsafe tjGetErrorStr2(handle) else { return "no reason given" }
    return unsafe String(cString: text)
  }

  /// The header of a file; nil where it is damaged.
  func header(of bytes: [UInt8]) -> Header? {
    var (width, height, subsampling, colours) = (Int32(0), Int32(0), Int32(0), Int32(0))
    let code = unsafe tjDecompressHeader3(
      handle, bytes, UInt(bytes.count), &width, &height, &subsampling, &colours)
    guard code == 0 || isWarning else { return nil }
    return Header(
      width: Int(width), height: Int(height),
      isInk: [Int32(TJCS_CMYK.rawValue), Int32(TJCS_YCCK.rawValue)].contains(colours))
  }

  /// The picture at a part of its size; a warning means that data are missing, or too many.
  func picture(
    _ bytes: [UInt8], _ header: Header, _ wish: Wish, passingOverWarnings: Bool = false
  ) throws(Failure) -> Picture {
    let width = (header.width + wish.divisor - 1) / wish.divisor
    let height = (header.height + wish.divisor - 1) / wish.divisor
    let format = header.isInk ? TJPF_CMYK : wish.channels == 1 ? TJPF_GRAY : TJPF_RGB
    let storedChannels = header.isInk ? 4 : wish.channels
    var samples = [UInt8](repeating: 0, count: width * height * storedChannels)
    // Hundreds of scans make much work of few bytes.
    let flags = TJFLAG_LIMITSCANS | (passingOverWarnings ? 0 : TJFLAG_STOPONWARNING)
    let code = unsafe tjDecompress2(
      handle, bytes, UInt(bytes.count), &samples, Int32(width), 0, Int32(height),
      Int32(format.rawValue), Int32(flags))
    guard code == 0 || passingOverWarnings && isWarning else {
      throw Failure(message: message, isWarning: isWarning)
    }
    if header.isInk {
      samples = Self.light(
        of: samples, channels: wish.channels, inksArePaper: wish.inksArePaper)
    }
    return Picture(height: height, width: width, channels: wish.channels, samples: samples)
  }

  private var isWarning: Bool { unsafe tjGetErrorCode(handle) == Int32(TJERR_WARNING.rawValue) }

  /// Colours of light, or grey, of the four inks of print.
  private static func light(
    of inks: [UInt8], channels: Int, inksArePaper: Bool
  ) -> [UInt8] {
    var samples: [UInt8] = []
    samples.reserveCapacity(inks.count / 4 * channels)
    for first in stride(from: 0, to: inks.count - 3, by: 4) {
      func paper(_ ink: Int) -> Int {
        let stored = Int(inks[first + ink])
        return inksArePaper ? stored : 255 - stored
      }
      let colours = (0..<3).map { (paper($0) * paper(3) + 127) / 255 }
      if channels == 1 {
        samples.append(Picture.grey(colours))
      } else {
        samples += colours.map { UInt8($0) }
      }
    }
    return samples
  }
}
