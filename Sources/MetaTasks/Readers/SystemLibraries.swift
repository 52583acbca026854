import CPNG
import CZlib
import Files

/// The system's libraries that pictures and archives are read and checked with.
public enum SystemLibraries {
  /// Each library's name and the version in use.
  public static var versions: [(name: String, version: String)] {
    [
      ("zlib", unsafe String(cString: zlibVersion())),
      ("libpng", unsafe String(cString: png_get_libpng_ver(nil))),
      // The library itself does not tell its version.
      ("libjpeg-turbo", "present"),
      SHA256.library,
    ]
  }
}
