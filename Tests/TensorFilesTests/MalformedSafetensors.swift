import TensorFiles
import Testing

/// A file that breaks one rule of the format, and the error that it must meet.
struct MalformedSafetensors: CustomTestStringConvertible, Sendable {
  /// The number of the kind in the reference of the format.
  let number: Int
  let bytes: [UInt8]
  let kind: SafetensorsError.Kind
  let text: String

  var testDescription: String { "\(number): \(text)" }

  init(_ number: Int, _ bytes: [UInt8], _ kind: SafetensorsError.Kind, _ text: String) {
    self.number = number
    self.bytes = bytes
    self.kind = kind
    self.text = text
  }

  /// A file whose header is not the JSON that it should be.
  init(_ number: Int, header: String, data: Int = 4, _ text: String) {
    self.init(number, safetensors(header, data: data), .invalidHeaderDeserialization, text)
  }

  /// A file of one tensor `a` that is described by these fields.
  init(_ number: Int, fields: String, data: Int = 4, _ text: String) {
    self.init(number, header: "{\"a\":{\(fields)}}", data: data, text)
  }

  /// A file whose header is JSON of the right shape, but does not fit its data.
  init(
    _ number: Int, header: String, data: Int, _ kind: SafetensorsError.Kind, _ text: String
  ) {
    self.init(number, safetensors(header, data: data), kind, text)
  }
}

/// The bytes of a file of a header, its length (or another claimed), and zeros as data.
func safetensors(_ header: String, data: Int, claimed: UInt64? = nil) -> [UInt8] {
  let header = Array(header.utf8)
  let claimed = claimed ?? UInt64(header.count)
  let prefix = (0..<8).map { UInt8(truncatingIfNeeded: claimed >> (8 * UInt64($0))) }
  return prefix + header + [UInt8](repeating: 0, count: data)
}

/// The description of a float32 tensor in a header.
func entry(_ name: String, _ shape: String, _ begin: Int, _ end: Int, type: String = "F32")
  -> String
{
  "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
}

private let good = entry("a", "[1]", 0, 4)
private let rest = "\"dtype\":\"F32\",\"data_offsets\":[0,4]"

extension MalformedSafetensors {
  static let all = lengths + json + fieldErrors + numbers + layouts + texts

  private static let lengths = [
    Self(1, [], .headerTooSmall, "header too small: the file is empty"),
    Self(2, [1, 0, 0, 0, 0, 0, 0], .headerTooSmall, "header too small: 7 bytes"),
    Self(3, header: "", data: 0, "the header is empty"),
    Self(
      4, safetensors("{\(good)}", data: 4, claimed: 1000), .invalidHeaderLength,
      "invalid header length: it claims 1000 bytes, 58 follow"),
    Self(
      5, safetensors("{}", data: 0, claimed: 100_000_001), .headerTooLarge,
      "header too large: it claims 100000001 bytes"),
    Self(
      6, safetensors("{}", data: 0, claimed: 1 << 63), .headerTooLarge,
      "header too large: it claims 9223372036854775808 bytes"),
    Self(
      6, safetensors("{}", data: 0, claimed: .max), .headerTooLarge,
      "header too large: it claims 18446744073709551615 bytes"),
    Self(
      7, [4, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0xFF, 0xFE, 0x7D], .invalidHeader,
      "invalid UTF-8 in header"),
  ]

  private static let json = [
    Self(8, header: "hello", "that starts at once, not 'h'"),
    Self(9, header: "[]", "that starts at once, not an array"),
    Self(10, header: "null", "that starts at once, not null"),
    Self(11, header: "{\"a\":{\"dtype\":\"F3", "it ends in the middle (byte 17)"),
    Self(12, header: "{\(good)}\0\0", "a NUL byte follows the end; padding is by spaces"),
    Self(13, header: "{\(good)}{}", "'{' follows the end"),
    Self(14, header: "\u{FEFF}{\(good)}", "the header starts with a byte order mark"),
    Self(46, header: "{\"a\":{\"x\":NaN,\"shape\":[1],\(rest)}}", "NaN; JSON has none"),
    Self(47, header: "{/* weights */\(good)}", "a comment; JSON has none"),
    Self(48, header: "{\(good),}", "a comma before '}'"),
    Self(
      49,
      header: "{\"a\":{\"x\":\(String(repeating: "[", count: 200))"
        + "\(String(repeating: "]", count: 200)),\"shape\":[1],\(rest)}}",
      "brackets are nested deeper than 127"),
  ]

  private static let fieldErrors = [
    Self(15, header: "{\(entry("a", "[4]", 0, 4, type: "F8"))}", "unknown dtype `F8`"),
    Self(15, header: "{\(entry("a", "[8]", 0, 4, type: "I4"))}", "unknown dtype `I4`"),
    Self(15, header: "{\(entry("a", "[]", 0, 16, type: "C128"))}", "unknown dtype `C128`"),
    Self(16, header: "{\(entry("a", "[1]", 0, 4, type: "f32"))}", "`f32` of tensor `a` must be"),
    Self(17, fields: "\"shape\":[1],\"data_offsets\":[0,4]", "tensor `a` has no dtype"),
    Self(18, fields: rest, "tensor `a` has no shape"),
    Self(19, fields: "\"dtype\":\"F32\",\"shape\":[1]", "tensor `a` has no data_offsets"),
    Self(28, fields: "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]", "has 1 data_offsets"),
    Self(
      28, fields: "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]", "has 3 data_offsets"),
    Self(39, header: "{\(good),\(entry("a", "[1]", 4, 8))}", data: 8, "`a` is there twice"),
    Self(40, fields: "\"dtype\":\"F32\",\"shape\":[1],\(rest)", "tensor `a` has two dtypes"),
  ]

  private static let numbers = [
    Self(20, fields: "\"shape\":[-1],\(rest)", "tensor `a` has the negative dimension -1"),
    Self(21, fields: "\"shape\":[1.0],\(rest)", "the dimension 1.0 of tensor `a` must be"),
    Self(21, fields: "\"shape\":[1e0],\(rest)", "the dimension 1e0 of tensor `a` must be"),
    Self(22, fields: "\"shape\":[\"1\"],\(rest)", "a dimension of tensor `a` is a string"),
    Self(
      23, fields: "\"shape\":[18446744073709551616],\(rest)",
      "18446744073709551616 of tensor `a` does not fit 64 bits"),
    Self(24, fields: "\"shape\":[01],\(rest)", "a number with a leading zero"),
    Self(
      29, fields: "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]",
      "tensor `a` has the negative offset -4"),
  ]

  private static let layouts = [
    Self(
      25, header: "{\(entry("a", "[1099511627776,1099511627776]", 0, 4))}", data: 4,
      .validationOverflow, "the shape [1099511627776, 1099511627776] has too many"),
    Self(
      26, header: "{\(entry("a", "[1099511627776,1099511627776,0]", 0, 0))}", data: 0,
      .validationOverflow, "the shape [1099511627776, 1099511627776, 0] has too many"),
    Self(
      27, header: "{\(entry("a", "[1152921504606846976]", 0, 4))}", data: 4, .validationOverflow,
      "1152921504606846976 elements of F32 have too many bits"),
    Self(
      30, header: "{\(entry("b", "[1]", 0, 4)),\(entry("a", "[1]", 4, 0))}", data: 4,
      .invalidOffset, "`a`: it ends at 0, before its begin 4"),
    Self(
      31, header: "{\(entry("a", "[1]", 4, 8))}", data: 8, .invalidOffset,
      "`a`: it begins at 4, but is the first"),
    Self(
      32, header: "{\(good),\(entry("b", "[1]", 8, 12))}", data: 12, .invalidOffset,
      "`b`: 4 bytes lie unused between `a` and it"),
    Self(
      33, header: "{\(good),\(entry("b", "[1]", 0, 4))}", data: 4, .invalidOffset,
      "its bytes are also those of"),
    Self(
      34, header: "{\(entry("a", "[2]", 0, 8)),\(entry("b", "[2]", 4, 12))}", data: 12,
      .invalidOffset, "`b`: its first bytes are also the last of `a`"),
    Self(
      35, header: "{\(entry("a", "[2]", 0, 4))}", data: 4, .tensorInvalidInfo,
      "2 elements of F32 are 8 bytes, not 4"),
    Self(
      36, header: "{\(entry("a", "[2]", 0, 8))}", data: 4, .metadataIncompleteBuffer,
      "4 of 8 bytes of data are missing"),
    Self(
      37, header: "{\(good)}", data: 8, .metadataIncompleteBuffer,
      "4 bytes of data belong to no tensor"),
    Self(
      38, header: "{}", data: 4, .metadataIncompleteBuffer, "4 bytes of data but no tensors"),
    Self(
      50, header: "{\(entry("a", "[3]", 0, 2, type: "F4"))}", data: 2, .misalignedSlice,
      "3 elements of F4 are 12 bits"),
    Self(
      51, header: "{\(entry("a", "[2]", 0, 8)),\(entry("b", "[0]", 4, 4))}", data: 8,
      .invalidOffset, "`b`: it is empty, but its offset lies inside `a`"),
  ]

  private static let texts = [
    Self(
      41, header: "{\"__metadata__\":{},\"__metadata__\":{},\(good)}",
      "`__metadata__` is there twice"),
    Self(42, header: "{\"__metadata__\":{\"k\":1},\(good)}", "metadata `k` is a number"),
    Self(42, header: "{\"__metadata__\":{\"k\":null},\(good)}", "metadata `k` is null"),
    Self(42, header: "{\"__metadata__\":{\"k\":{}},\(good)}", "metadata `k` is an object"),
    Self(43, header: "{\"__metadata__\":\"x\",\(good)}", "__metadata__ is a string, not an object"),
    Self(
      44, header: "{\(entry("__metadata__", "[1]", 0, 4))}",
      "a tensor cannot be named __metadata__"),
    Self(45, header: "{\(entry("\\ud800", "[1]", 0, 4))}", "half of a surrogate pair in a string"),
  ]
}
