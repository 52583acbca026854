internal import Files
public import Tensors

/// An array that NumPy saved: the format `.npy`, versions 1 to 3.
///
/// The bytes are a magic word, the length of a header, the header as a Python dictionary, and the
/// elements, row after row or column after column.
public struct NumPyFile: Sendable {
  /// Why an array is not read: what is wrong, and what to do.
  public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public let description: String
  }

  /// The extents of the axes.
  public let shape: [Int]
  /// The kind of number as NumPy writes it: `<f4`.
  private let type: String
  /// Whether columns stand one after the other, rather than rows.
  private let isTurned: Bool
  private let elements: ArraySlice<UInt8>

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  private static let types: [String: SafetensorsElementType] = [
    "<f2": .float16, "<f4": .float32, "<f8": .float64, "|b1": .bool, "|i1": .int8, "|u1": .uint8,
    "<i2": .int16, "<u2": .uint16, "<i4": .int32, "<u4": .uint32, "<i8": .int64, "<u8": .uint64,
  ]

  /// Reads the bytes of a file.
  public init(_ bytes: [UInt8]) throws(Fault) {
    guard bytes.count >= 12, bytes.starts(with: Self.magic) else {
      throw Fault(description: "not an array of NumPy (.npy).")
    }
    let (prefix, lengthBytes) = bytes[6] == 1 ? (10, 2) : (12, 4)
    let length = bytes[8..<8 + lengthBytes].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard (1...3).contains(bytes[6]), length <= bytes.count - prefix,
      let header = String(validating: bytes[prefix..<prefix + length], as: UTF8.self)
    else { throw Fault(description: "its header is cut short or not text; save the array again.") }
    guard let type = Self.quoted("descr", in: header), let shape = Self.shape(in: header) else {
      throw Fault(
        description:
          "its header names no plain kind of number or no shape; save an array of numbers.")
    }
    guard let known = Self.types[type] else {
      throw Fault(
        description: "numbers of kind '\(type.prefix(20))' are not read; save it as float32, by "
          + "array.astype('<f4').")
    }
    isTurned =
      shape.count > 1 && Self.value("fortran_order", in: header)?.hasPrefix("False") != true
    guard !isTurned || shape.count == 2 else {
      throw Fault(
        description: "its columns stand one after the other; save numpy.ascontiguousarray(array).")
    }
    let size = shape.reduce(known.bitCount / 8) { product, extent in
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      return overflow ? Int.max : next
    }
    elements = bytes[(prefix + length)...]
    guard elements.count == size else {
      throw Fault(
        description: "its shape asks for \(size) bytes, and there are \(elements.count); it is cut "
          + "short or damaged.")
    }
    self.shape = shape
    self.type = type
  }

  /// The numbers, floating-point ones as float32 and integers as int32.
  ///
  /// Throws for integers that do not fit.
  public func value() throws(Fault) -> TensorValue {
    let name = "array"
    guard let type = Self.types[type] else { throw Fault(description: "unknown numbers.") }
    let file = SafetensorsFile(
      file: name,
      tensors: [.init(name: name, elementType: type, shape: shape, bytes: elements)], metadata: [:])
    let value: TensorValue
    do throws(SafetensorsError) {
      value = try file.value(name)
    } catch { throw Fault(description: "\(error.detail).") }
    return isTurned ? value.readByColumns : value
  }

  /// What stands behind a key of the header.
  private static func value(_ key: String, in header: String) -> Substring? {
    for quote in ["'", "\""] {
      guard let range = header.firstRange(of: "\(quote)\(key)\(quote):") else { continue }
      return header[range.upperBound...].drop { $0 == " " }
    }
    return nil
  }

  private static func quoted(_ key: String, in header: String) -> String? {
    guard let value = value(key, in: header), let quote = value.first, "'\"".contains(quote) else {
      return nil
    }
    return String(value.dropFirst().prefix { $0 != quote })
  }

  private static func shape(in header: String) -> [Int]? {
    guard let value = value("shape", in: header), value.first == "(",
      let end = value.firstIndex(of: ")")
    else { return nil }
    let words = value[value.index(after: value.startIndex)..<end].split(separator: ",")
      .map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    let extents = words.compactMap { Int($0) }
    return extents.count == words.count && extents.allSatisfy { $0 >= 0 } ? extents : nil
  }
}

extension TensorValue {
  /// The matrix whose columns stand one after the other in the elements of this one.
  fileprivate var readByColumns: TensorValue {
    let (rows, columns) = (shape[0], shape[1])
    func turned<Element>(_ elements: [Element]) -> [Element] {
      (0..<rows).flatMap { row in (0..<columns).map { elements[$0 * rows + row] } }
    }
    return switch storage {
    case .float32(let elements): TensorValue(turned(elements), shape: shape)
    case .int32(let elements): TensorValue(turned(elements), shape: shape)
    case .uint32(let elements): TensorValue(turned(elements), shape: shape)
    case .uint8(let elements): TensorValue(turned(elements), shape: shape)
    }
  }
}
