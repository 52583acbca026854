internal import Files
public import Foundation
public import Tensors

extension Safetensors {
  /// Writes tensors and free text to a file, which is there whole or not at all.
  ///
  /// The bytes depend on the content alone, not on the order given: wider element types first, then
  /// by name. Throws where the file cannot be written or names cannot stand together.
  public static func write(
    _ tensors: [(String, TensorValue)], metadata: [String: String] = [:], to url: URL
  ) throws(SafetensorsError) {
    try write(try encode(tensors, metadata: metadata, file: url.path), to: url)
  }

  /// Writes the bytes of a file, which is there whole or not at all.
  package static func write(_ bytes: [UInt8], to url: URL) throws(SafetensorsError) {
    try naming { () throws(FileError) in try AtomicFile.write(bytes, to: url) }
  }

  /// The bytes of a file.
  package static func bytes(of url: URL) throws(SafetensorsError) -> [UInt8] {
    try naming { () throws(FileError) in try OpenFile.bytes(of: url.path) }
  }

  /// The bytes of a file of tensors and free text; `file` is the name that errors give it.
  public static func encode(
    _ tensors: [(String, TensorValue)], metadata: [String: String] = [:], file: String
  ) throws(SafetensorsError) -> [UInt8] {
    let sorted = tensors.map { (name: $0.0, value: $0.1, type: $0.1.storedType) }
      .sorted { left, right in
        left.type == right.type
          ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
          : left.type.sortPosition > right.type.sortPosition
      }
    try check(names: sorted.map(\.name), file: file)
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        .map { "\(JSONValue.quoted($0.key)):\(JSONValue.quoted($0.value))" }
      members.append("\"\(SafetensorsHeader.metadataKey)\":{\(texts.joined(separator: ","))}")
    }
    var begin = 0
    for (name, value, type) in sorted {
      let end = begin + value.shape.elementCount * value.elementType.byteCount
      let shape = value.shape.dimensions.map(String.init).joined(separator: ",")
      members.append(
        "\(JSONValue.quoted(name)):{\"dtype\":\"\(type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(begin),\(end)]}")
      begin = end
    }
    return assembled(header: "{\(members.joined(separator: ","))}", sorted.map(\.value), begin)
  }

  private static func assembled(
    header: String, _ values: [TensorValue], _ dataByteCount: Int
  ) -> [UInt8] {
    var header = Array(header.utf8)
    header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(prefixByteCount + header.count + dataByteCount)
    for position in 0..<prefixByteCount {
      bytes.append(UInt8(truncatingIfNeeded: header.count >> (8 * position)))
    }
    bytes.append(contentsOf: header)
    for value in values { value.appendBytes(to: &bytes) }
    return bytes
  }

  private static func check(names: [String], file: String) throws(SafetensorsError) {
    var seen: Set<String> = []
    for name in names {
      let problem: String? =
        if name == SafetensorsHeader.metadataKey {
          "is the key of the free text"
        } else if name.utf8.count > SafetensorsHeader.maximumNameByteCount {
          "is longer than \(SafetensorsHeader.maximumNameByteCount) bytes"
        } else if !seen.insert(name).inserted {
          "is there twice"
        } else {
          nil
        }
      if let problem {
        throw SafetensorsError(
          .invalidTensorName, file: file, "\(SafetensorsHeader.quoted(name)) \(problem)")
      }
    }
  }
}

extension SafetensorsElementType {
  /// The position in the format's sort order.
  fileprivate var sortPosition: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension TensorValue {
  /// The element type under which a file holds the value.
  fileprivate var storedType: SafetensorsElementType {
    switch elementType {
    case .float32: .float32
    case .int32: .int32
    case .uint32: .uint32
    case .uint8: .uint8
    }
  }

  fileprivate func appendBytes(to bytes: inout [UInt8]) {
    switch storage {
    case .float32(let elements): Self.append(elements, to: &bytes)
    case .int32(let elements): Self.append(elements, to: &bytes)
    case .uint32(let elements): Self.append(elements, to: &bytes)
    case .uint8(let elements): bytes.append(contentsOf: elements)
    }
  }

  private static func append<Element: BitwiseCopyable>(
    _ elements: [Element], to bytes: inout [UInt8]
  ) {
    unsafe elements.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }
}
