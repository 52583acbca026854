import Files
public import Foundation

/// Reads the files that MNIST and its kin come in: arrays of bytes with their extents before them.
public enum IDXReader {
  /// An array of bytes in row-major order.
  public struct Contents: Sendable, Hashable {
    /// The extents of the axes, none of them 0.
    public let dimensions: [Int]
    /// As many bytes as the extents ask for.
    public let elements: [UInt8]
  }

  /// The array in a file, plain or compressed by gzip.
  public static func contents(of url: URL) throws(ReadError) -> Contents {
    try contents(in: try GzipReader.contents(of: url), name: url.path)
  }

  /// The array in the bytes of a file; `name` is what errors call it.
  public static func contents(in bytes: [UInt8], name: String) throws(ReadError) -> Contents {
    func damaged(_ problem: String) -> ReadError { ReadError(.damaged, file: name, problem) }
    guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0, (1...8).contains(bytes[3]) else {
      throw damaged("not an idx file.")
    }
    guard bytes[2] == 8 else {
      throw damaged("an idx file of elements other than unsigned bytes, which are not read.")
    }
    var dimensions: [Int] = []
    var count = 1
    for axis in 0..<Int(bytes[3]) {
      guard let extent = bytes.bigEndian32(at: 4 + 4 * axis), extent > 0,
        case let product = count.multipliedReportingOverflow(by: extent), !product.overflow
      else { throw damaged("cut short, or of an extent that no file has.") }
      dimensions.append(extent)
      count = product.partialValue
    }
    let start = 4 + 4 * dimensions.count
    guard count == bytes.count - start else {
      throw damaged(
        "its extents \(dimensions) ask for \(count) bytes, and there are \(bytes.count - start); "
          + "fetch it again.")
    }
    return Contents(dimensions: dimensions, elements: Array(bytes[start...]))
  }
}
