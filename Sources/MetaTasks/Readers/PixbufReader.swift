import Foundation

/// Decodes the kinds of pictures that gdk-pixbuf knows, where the system has that library.
///
/// It is looked for at run time, so that nobody has to install it. Source: the reference of
/// GdkPixbufLoader, docs.gtk.org/gdk-pixbuf.
@safe package struct PixbufReader: Sendable {
  /// A kind of picture; of several frames the first is read.
  package enum Kind: String, CaseIterable, Sendable {
    case gif, bmp, tiff, webp

    /// What people call it.
    package var title: String { self == .webp ? "WebP" : rawValue.uppercased() }
    /// The ends of such files' names, in small letters.
    var endings: [String] { self == .tiff ? ["tif", "tiff"] : [rawValue] }
    /// The package that has the reader.
    package var package: String { self == .webp ? "webp-pixbuf-loader" : "gdk-pixbuf" }

    /// The kind that the first bytes of a file tell.
    init?(of bytes: [UInt8]) {
      func has(_ text: String, at position: Int = 0) -> Bool {
        bytes.dropFirst(position).starts(with: text.utf8)
      }
      if has("GIF8") {
        self = .gif
      } else if has("BM") {
        self = .bmp
      } else if has("RIFF"), has("WEBP", at: 8) {
        self = .webp
      } else if has("II*\0") || has("MM\0*") {
        self = .tiff
      } else {
        return nil
      }
    }
  }

  /// The reader of this system; nil where it has none.
  package static let installed = PixbufReader()

  /// The kinds that are read here.
  package let kinds: Set<Kind>
  /// The library's version.
  let version: String
  private let library: PixbufLibrary

  private init?() {
    guard let library = PixbufLibrary() else { return nil }
    self.library = library
    version = library.version
    kinds = Set(
      Kind.allCases.filter { kind in
        guard let loader = unsafe library.makeLoader(kind.rawValue, nil) else { return false }
        _ = unsafe library.close(loader, nil)
        unsafe library.release(loader)
        return true
      })
  }

  /// The picture in the bytes of a file of a kind that is read, as grey or colour.
  ///
  /// Transparency is laid on white. `channels` is 1 or 3, `name` what errors call the file.
  package func picture(
    _ bytes: [UInt8], _ kind: Kind, channels: Int, name: String, member: String? = nil
  ) throws(ReadError) -> Picture {
    func damaged(_ problem: String) -> ReadError {
      ReadError(.damaged, file: name, member: member, problem)
    }
    guard let loader = unsafe library.makeLoader(kind.rawValue, nil) else {
      throw ReadError(
        .inaccessible, file: name, member: member,
        "the reader of \(kind.title) does not start; free some memory.")
    }
    defer { unsafe library.release(loader) }
    var extent = unsafe ClaimedExtent(available: bytes.count, setSize: library.setSize)
    let isRead = unsafe withUnsafeMutablePointer(to: &extent) { extent in
      unsafe library.watchSize(loader, extent)
      let isWritten = unsafe library.write(loader, bytes, bytes.count, nil) != 0
      return unsafe library.close(loader, nil) != 0 && isWritten
    }
    if let problem = extent.problem { throw damaged(problem) }
    if kind == .bmp, Self.isCutBMP(bytes) { throw damaged("cut short: its last rows are missing.") }
    guard isRead, let stored = unsafe library.picture(loader),
      let upright = unsafe library.upright(stored)
    else { throw damaged("damaged or cut short.") }
    defer { unsafe library.release(upright) }
    guard let picture = unsafe library.copy(of: upright, channels: channels) else {
      throw damaged("damaged: it has no pixels.")
    }
    return picture
  }

  /// Whether rows of a BMP file that are not packed are missing at its end, which the library
  /// passes over.
  private static func isCutBMP(_ bytes: [UInt8]) -> Bool {
    guard let offset = bytes.littleEndian32(at: 10), let width = bytes.littleEndian32(at: 18),
      let height = bytes.littleEndian32(at: 22).map({ Int(Int32(truncatingIfNeeded: $0)) }),
      let bits = bytes.littleEndian16(at: 28), let packing = bytes.littleEndian32(at: 30),
      [0, 3].contains(packing), width <= Picture.pixelLimit
    else { return false }
    return offset + (width * bits + 31) / 32 * 4 * abs(height) > bytes.count
  }
}

/// The extent that a file claims, judged before memory is taken for it.
@safe private struct ClaimedExtent {
  let available: Int
  let setSize: PixbufLibrary.SetSize
  var problem: String?

  mutating func judge(_ loader: PixbufLibrary.Object, width: Int, height: Int) {
    // A blank page as a fax sends it takes the fewest bytes.
    problem = Picture.problem(
      width: width, height: height, leastBytes: width * height / 16384, available: available)
    if problem != nil { unsafe setSize(loader, 0, 0) }
  }
}

/// The functions of the library that are called.
@safe private struct PixbufLibrary: Sendable {
  typealias Object = UnsafeMutableRawPointer
  typealias Name = UnsafePointer<CChar>
  typealias Make = @convention(c) @Sendable (Name, Object?) -> Object?
  typealias Write = @convention(c) @Sendable (Object, UnsafePointer<UInt8>, Int, Object?) -> Int32
  typealias Close = @convention(c) @Sendable (Object, Object?) -> Int32
  typealias Get = @convention(c) @Sendable (Object) -> Object?
  typealias Release = @convention(c) @Sendable (Object) -> Void
  typealias SetSize = @convention(c) @Sendable (Object, Int32, Int32) -> Void
  typealias Pixels = @convention(c) @Sendable (Object) -> UnsafePointer<UInt8>?
  typealias Count = @convention(c) @Sendable (Object) -> Int32
  typealias SizeHandler = @convention(c) @Sendable (Object, Int32, Int32, Object) -> Void
  typealias Connect =
    @convention(c) @Sendable (Object, Name, SizeHandler, Object, Object?, Int32) -> UInt
  typealias LogHandler = @convention(c) @Sendable (Object?, Int32, Name?, Object?) -> Void
  typealias SetLogHandler = @convention(c) (Name, Int32, LogHandler, Object?) -> UInt32

  let makeLoader: Make
  let write: Write
  let close: Close
  let picture: Get
  let upright: Get
  let release: Release
  let setSize: SetSize
  let version: String
  private let connect: Connect
  private let pixels: Pixels
  private let width: Count
  private let height: Count
  private let channelCount: Count
  private let rowStride: Count

  /// Loads the library; nil where the system lacks it or one of the functions.
  init?() {
    #if canImport(Darwin)
      let name = "libgdk_pixbuf-2.0.0.dylib"
    #else
      let name = "libgdk_pixbuf-2.0.so.0"
    #endif
    guard let handle = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL) else { return nil }
    func function<Function>(_ name: String, as type: Function.Type) -> Function? {
      unsafe dlsym(handle, name).map { unsafe unsafeBitCast($0, to: type) }
    }
    guard
      let makeLoader = unsafe function("gdk_pixbuf_loader_new_with_type", as: Make.self),
      let write = unsafe function("gdk_pixbuf_loader_write", as: Write.self),
      let close = unsafe function("gdk_pixbuf_loader_close", as: Close.self),
      let picture = unsafe function("gdk_pixbuf_loader_get_pixbuf", as: Get.self),
      let upright = unsafe function("gdk_pixbuf_apply_embedded_orientation", as: Get.self),
      let setSize = unsafe function("gdk_pixbuf_loader_set_size", as: SetSize.self),
      let pixels = unsafe function("gdk_pixbuf_read_pixels", as: Pixels.self),
      let width = unsafe function("gdk_pixbuf_get_width", as: Count.self),
      let height = unsafe function("gdk_pixbuf_get_height", as: Count.self),
      let channelCount = unsafe function("gdk_pixbuf_get_n_channels", as: Count.self),
      let rowStride = unsafe function("gdk_pixbuf_get_rowstride", as: Count.self),
      let release = unsafe function("g_object_unref", as: Release.self),
      let connect = unsafe function("g_signal_connect_data", as: Connect.self),
      let setLogHandler = unsafe function("g_log_set_handler", as: SetLogHandler.self),
      let version = unsafe dlsym(handle, "gdk_pixbuf_version")
    else { return nil }
    unsafe self.makeLoader = makeLoader
    unsafe self.write = write
    unsafe self.close = close
    unsafe self.picture = picture
    unsafe self.upright = upright
    unsafe self.release = release
    unsafe self.setSize = setSize
    unsafe self.connect = connect
    unsafe self.pixels = pixels
    unsafe self.width = width
    unsafe self.height = height
    unsafe self.channelCount = channelCount
    unsafe self.rowStride = rowStride
    let text = unsafe version.load(as: Name?.self)
    self.version = unsafe text.map { unsafe String(cString: $0) } ?? "of no known version"
    // What the library notes of bad files comes back as an error, and does not belong on stderr.
    _ = unsafe setLogHandler("GdkPixbuf", -1, { _, _, _, _ in }, nil)
  }

  /// Has the extent judged that a file claims, as soon as it is known.
  func watchSize(_ loader: Object, _ extent: UnsafeMutablePointer<ClaimedExtent>) {
    let judge: SizeHandler = { loader, width, height, extent in
      unsafe extent.assumingMemoryBound(to: ClaimedExtent.self).pointee
        .judge(loader, width: Int(width), height: Int(height))
    }
    _ = unsafe connect(loader, "size-prepared", judge, Object(extent), nil, 0)
  }

  /// The pixels of a picture, transparency laid on white; nil where it has none.
  func copy(of picture: Object, channels: Int) -> Picture? {
    let (width, height) = unsafe (Int(width(picture)), Int(height(picture)))
    let (stored, stride) = unsafe (Int(channelCount(picture)), Int(rowStride(picture)))
    guard width > 0, height > 0, [3, 4].contains(stored), let pixels = unsafe pixels(picture) else {
      return nil
    }
    var samples: [UInt8] = []
    samples.reserveCapacity(width * height * channels)
    for row in 0..<height {
      for column in 0..<width {
        let pixel = unsafe pixels + row * stride + column * stored
        let opacity = unsafe stored == 4 ? Int(pixel[3]) : 255
        let colours = (0..<3).map { colour in
          unsafe (Int(pixel[colour]) * opacity + 255 * (255 - opacity) + 127) / 255
        }
        if channels == 3 {
          samples += colours.map(UInt8.init)
        } else {
          samples.append(Picture.grey(colours))
        }
      }
    }
    return Picture(height: height, width: width, channels: channels, samples: samples)
  }
}
