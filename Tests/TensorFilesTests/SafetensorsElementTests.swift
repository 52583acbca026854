import Foundation
import TensorFiles
import Tensors
import Testing

/// A tensor of each element type with numbers at the ends of its range.
private struct ElementRow: CustomTestStringConvertible, Sendable {
  let type: SafetensorsElementType
  let bytes: [UInt8]
  let doubles: [Double]?
  let value: TensorValue?

  var testDescription: String { type.rawValue }

  init(
    _ type: SafetensorsElementType, _ bytes: [UInt8], doubles: [Double]? = nil,
    value: TensorValue? = nil
  ) {
    self.type = type
    self.bytes = bytes
    self.doubles = doubles
    self.value = value
  }

  static func bytes(_ integers: [some FixedWidthInteger]) -> [UInt8] {
    integers.flatMap { integer in
      (0..<integer.bitWidth / 8).map { UInt8(truncatingIfNeeded: integer >> (8 * $0)) }
    }
  }

  static let all = [
    Self(.bool, [0, 1], doubles: [0, 1], value: TensorValue([0, 1] as [Float], shape: [2])),
    Self(.float4, [0x12]), Self(.float6E2M3, [1, 2, 3]), Self(.float6E3M2, [1, 2, 3]),
    Self(
      .uint8, [0, 255], doubles: [0, 255], value: TensorValue([0, 255] as [UInt8], shape: [2])),
    Self(
      .int8, [0x80, 127], doubles: [-128, 127],
      value: TensorValue([-128, 127] as [Int32], shape: [2])),
    Self(.float8E5M2, [1, 2]), Self(.float8E4M3, [1, 2]), Self(.float8E8M0, [1, 2]),
    Self(.float8E4M3FNUZ, [1, 2]), Self(.float8E5M2FNUZ, [1, 2]),
    Self(
      .int16, bytes([Int16.min, .max]), doubles: [-32768, 32767],
      value: TensorValue([-32768, 32767] as [Int32], shape: [2])),
    Self(
      .uint16, bytes([UInt16.min, .max]), doubles: [0, 65535],
      value: TensorValue([0, 65535] as [Int32], shape: [2])),
    Self(
      .float16,
      bytes([0x3C00, 0xC000, 0x7BFF, 0x0001, 0x03FF, 0x0400, 0x7C00, 0x8000] as [UInt16]),
      doubles: [1, -2, 65504, 0x1p-24, 1023 * 0x1p-24, 0x1p-14, .infinity, -0.0],
      value: TensorValue(
        [1, -2, 65504, 0x1p-24, 1023 * 0x1p-24, 0x1p-14, .infinity, -0.0] as [Float], shape: [8])),
    Self(
      .bfloat16, bytes([0x3F80, 0xC000, 0x7F80] as [UInt16]), doubles: [1, -2, .infinity],
      value: TensorValue([1, -2, .infinity] as [Float], shape: [3])),
    Self(
      .int32, bytes([Int32.min, .max]), doubles: [-2_147_483_648, 2_147_483_647],
      value: TensorValue([.min, .max] as [Int32], shape: [2])),
    Self(
      .uint32, bytes([0, UInt32.max]), doubles: [0, 4_294_967_295],
      value: TensorValue([0, .max] as [UInt32], shape: [2])),
    Self(
      .float32, bytes([Float(0.1).bitPattern, Float.leastNonzeroMagnitude.bitPattern]),
      doubles: [Double(Float(0.1)), Double(Float.leastNonzeroMagnitude)],
      value: TensorValue([0.1, .leastNonzeroMagnitude] as [Float], shape: [2])),
    Self(.complex64, [UInt8](repeating: 0, count: 8)),
    Self(
      .float64, bytes([Double(0.1).bitPattern, Double(-1e300).bitPattern]), doubles: [0.1, -1e300],
      value: TensorValue([0.1, -.infinity] as [Float], shape: [2])),
    Self(
      .int64, bytes([Int64(Int32.min), 7]), doubles: [-2_147_483_648, 7],
      value: TensorValue([.min, 7] as [Int32], shape: [2])),
    Self(.int64, bytes([Int64(Int32.max) + 1]), doubles: [2_147_483_648]),
    Self(.int64, bytes([Int64(1 << 53) + 1])),
    Self(
      .uint64, bytes([UInt64(7)]), doubles: [7], value: TensorValue([7] as [Int32], shape: [1])),
    Self(.uint64, bytes([UInt64.max])),
  ]
}

@Suite struct SafetensorsElementTests {
  @Test(arguments: ElementRow.all)
  private func `each element type is read as documented`(_ row: ElementRow) throws {
    let count = row.bytes.count * 8 / row.type.bitCount
    // One byte of padding puts the numbers at odd addresses.
    for padding in ["", " "] {
      let header = "{\(entry("a", "[\(count)]", 0, row.bytes.count, type: row.type.rawValue))}"
      let bytes = safetensors(header + padding, data: 0) + row.bytes
      let file = try Safetensors.decode(bytes, file: "f")
      #expect(try file.tensor("a").elementType == row.type)
      #expect(Array(try file.tensor("a").bytes) == row.bytes)
      #expect((try? file.doubles("a")) == row.doubles)
      #expect((try? file.value("a")) == row.value)
    }
  }

  @Test func `no element type is without a row`() {
    #expect(Set(ElementRow.all.map(\.type)) == Set(SafetensorsElementType.allCases))
  }

  @Test(.enabled(if: Fixtures.arePresent, "no fixtures beside the checkout"))
  func `every fixture is read whole`() throws {
    for url in Fixtures.urls {
      let file = try Safetensors.read(url)
      #expect(!file.names.isEmpty, "\(url.lastPathComponent)")
      for name in file.names {
        let value = try file.value(name)
        #expect(try file.doubles(name).count == value.shape.elementCount)
      }
    }
  }
}
