internal import Files
public import Foundation

/// Reading and writing of safetensors files, the format in which weights are exchanged.
///
/// A file is the length of the header (8 bytes, little-endian), the header (JSON: name, element
/// type, shape and byte range of each tensor, and free text), and the numbers. The reader accepts
/// only files whose bytes belong each to exactly one tensor; it never trusts a figure in a header
/// before comparing it with the file.
public enum Safetensors {
  /// The longest header that is read, in bytes.
  public static let maximumHeaderByteCount = 100_000_000
  static let prefixByteCount = 8

  /// Reads a whole file; throws where it is missing or breaks a rule of the format.
  public static func read(_ url: URL) throws(SafetensorsError) -> SafetensorsFile {
    let path = url.path
    let file = try naming { () throws(FileError) in try OpenFile.reading(path) }
    let byteCount = try naming { () throws(FileError) in try file.byteCount() }
    let prefix = try naming { () throws(FileError) in try file.read(upTo: prefixByteCount) }
    let headerByteCount = try headerByteCount(prefix, fileByteCount: byteCount, file: path)
    let header = try naming { () throws(FileError) in try file.read(upTo: headerByteCount) }
    let plan = try plan(
      header, dataByteCount: byteCount - prefixByteCount - headerByteCount, file: path)
    let data = try naming { () throws(FileError) in try file.read(upTo: plan.dataByteCount) }
    return try plan.filled(with: data[...])
  }

  /// Reads the content of a file from memory; `file` is the name that errors give it.
  public static func decode(
    _ bytes: [UInt8], file: String
  ) throws(SafetensorsError) -> SafetensorsFile {
    let headerByteCount = try headerByteCount(
      Array(bytes.prefix(prefixByteCount)), fileByteCount: bytes.count, file: file)
    let data = bytes[(prefixByteCount + headerByteCount)...]
    let header = Array(bytes[prefixByteCount..<data.startIndex])
    return try plan(header, dataByteCount: data.count, file: file).filled(with: data)
  }

  /// The length of the header that the first bytes claim, if the file can have it.
  private static func headerByteCount(
    _ prefix: [UInt8], fileByteCount: Int, file: String
  ) throws(SafetensorsError) -> Int {
    guard prefix.count == prefixByteCount else {
      throw SafetensorsError(
        .headerTooSmall, file: file,
        prefix.isEmpty
          ? "the file is empty" : "\(prefix.count) bytes, where the header's length alone takes 8")
    }
    let claimed = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard claimed <= maximumHeaderByteCount else {
      throw SafetensorsError(
        .headerTooLarge, file: file,
        "it claims \(claimed) bytes, at most \(maximumHeaderByteCount) are read")
    }
    let present = fileByteCount - prefixByteCount
    guard claimed <= present else {
      throw SafetensorsError(
        .invalidHeaderLength, file: file, "it claims \(claimed) bytes, \(present) follow")
    }
    return Int(claimed)
  }

  private static func plan(
    _ header: [UInt8], dataByteCount: Int, file: String
  ) throws(SafetensorsError) -> SafetensorsPlan {
    guard String(validating: header, as: UTF8.self) != nil else {
      throw SafetensorsError(.invalidHeader, file: file, "some byte sequence is not a character")
    }
    let parsed: SafetensorsHeader
    do throws(JSONError) {
      parsed = try SafetensorsHeader(parsing: header)
    } catch {
      throw SafetensorsError(.invalidHeaderDeserialization, file: file, "\(error)")
    }
    let layout = SafetensorsLayout(file: file, dataByteCount: dataByteCount)
    return SafetensorsPlan(
      file: file, entries: try layout.checked(parsed.entries), metadata: parsed.metadata,
      dataByteCount: dataByteCount)
  }

  /// Does something with files, turning their errors into the format's.
  static func naming<Result: ~Copyable>(
    _ body: () throws(FileError) -> Result
  ) throws(SafetensorsError) -> Result {
    do throws(FileError) {
      return try body()
    } catch {
      throw SafetensorsError(error)
    }
  }
}

/// A checked header that waits for its data.
private struct SafetensorsPlan {
  let file: String
  let entries: [SafetensorsHeader.Entry]
  let metadata: [String: String]
  let dataByteCount: Int

  func filled(with data: ArraySlice<UInt8>) throws(SafetensorsError) -> SafetensorsFile {
    guard data.count == dataByteCount else {
      throw SafetensorsError(
        .metadataIncompleteBuffer, file: file, "the file became shorter while it was read")
    }
    var tensors: [SafetensorsFile.Tensor] = []
    for entry in entries {
      // The checks have bounded both offsets by the size of the data.
      let begin = data.startIndex + Int(entry.begin)
      let bytes = data[begin..<data.startIndex + Int(entry.end)]
      if entry.elementType == .bool, let position = bytes.firstIndex(where: { $0 > 1 }) {
        throw SafetensorsError(
          .invalidBoolean, file: file,
          "\(SafetensorsHeader.quoted(entry.name)) holds \(bytes[position]) at \(position - begin)")
      }
      tensors.append(
        SafetensorsFile.Tensor(
          name: entry.name, elementType: entry.elementType, shape: entry.shape.map { Int($0) },
          bytes: bytes))
    }
    return SafetensorsFile(file: file, tensors: tensors, metadata: metadata)
  }
}
