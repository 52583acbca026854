import CPNG
import CTurboJPEG
import CZlib
import Files

/// The system's libraries that pictures and archives are read and checked with.
public enum SystemLibraries {
  /// Each library's name and the version in use.
  public static var versions: [(name: String, version: String)] {
    [
      ("zlib", unsafe String(cString: zlibVersion())),
      ("libpng", unsafe String(cString: png_get_libpng_ver(nil))),
      ("libjpeg-turbo", turboJPEG), ("gdk-pixbuf", pixbuf),
      SHA256.library,
    ]
  }

  /// The library itself does not tell its version, but the files that it was built for do.
  private static var turboJPEG: String {
    let number = Int(builtForTurboJPEG)
    return number == 0
      ? "present" : "\(number / 1_000_000).\(number / 1000 % 1000).\(number % 1000)"
  }

  private static var pixbuf: String {
    guard let reader = PixbufReader.installed else {
      return "not installed, so GIF, BMP, TIFF and WebP are not read"
    }
    let (read, unread) = (
      PixbufReader.Kind.allCases.filter(reader.kinds.contains),
      PixbufReader.Kind.allCases.filter { !reader.kinds.contains($0) }
    )
    func list(_ kinds: [PixbufReader.Kind]) -> String {
      kinds.map(\.title).joined(separator: ", ")
    }
    let lacks = unread.first.map { ", not \(list(unread)) (install \($0.package))" } ?? ""
    return "\(reader.version), reads \(list(read))\(lacks)"
  }
}
