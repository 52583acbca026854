public import Files

/// Why a safetensors file is not read, or tensors are not written as one.
public struct SafetensorsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Which rule is broken, in the order in which a reader checks them.
  public enum Kind: Hashable, Sendable {
    /// The file cannot be opened, read or written.
    case file(FileError)
    /// The file is shorter than the number that gives the header's length.
    case headerTooSmall
    /// The header claims to be longer than any header may be.
    case headerTooLarge
    /// The header claims to be longer than the file.
    case invalidHeaderLength
    /// The header is not UTF-8.
    case invalidHeader
    /// The header is not JSON, or not of the shape that the format asks for.
    case invalidHeaderDeserialization
    /// A tensor's bytes do not follow those of the tensor before.
    case invalidOffset
    /// A shape asks for more than can be counted.
    case validationOverflow
    /// Elements smaller than a byte do not fill whole bytes.
    case misalignedSlice
    /// A tensor's bytes are not as many as its shape and element type ask for.
    case tensorInvalidInfo
    /// The tensors' bytes and the file do not end together.
    case metadataIncompleteBuffer
    /// A truth value is stored as neither 0 nor 1.
    case invalidBoolean
    /// A sealed file's digest is missing or not that of its bytes.
    case wrongDigest
    /// No tensor of that name is in the file.
    case tensorNotFound
    /// The tensor's numbers cannot be held in memory as they are.
    case unsupportedValue
    /// The names given to the writer cannot stand together in a file.
    case invalidTensorName
  }

  /// Which rule is broken.
  public let kind: Kind
  /// The file, as the user would write it.
  public let file: String
  /// The place and the figures.
  public let detail: String

  package init(_ kind: Kind, file: String, _ detail: String) {
    self.kind = kind
    self.file = file
    self.detail = detail
  }

  package init(_ error: FileError) {
    self.init(.file(error), file: error.path, "\(error)")
  }

  /// One line: the file, the rule, the place.
  public var description: String {
    rule == nil ? reason : "\(file) is not a sound safetensors file: \(reason)"
  }

  /// The rule and the place, for errors that have named the file already.
  package var reason: String { rule.map { "\($0): \(detail)" } ?? detail }

  private var rule: String? {
    switch kind {
    case .file: nil
    case .headerTooSmall: "header too small"
    case .headerTooLarge: "header too large"
    case .invalidHeaderLength: "invalid header length"
    case .invalidHeader: "invalid UTF-8 in header"
    case .invalidHeaderDeserialization: "invalid JSON in header"
    case .invalidOffset: "invalid offset for tensor"
    case .validationOverflow: "overflow computing buffer size"
    case .misalignedSlice: "elements smaller than a byte do not fill whole bytes"
    case .tensorInvalidInfo: "invalid shape, data type, or offset for tensor"
    case .metadataIncompleteBuffer: "incomplete metadata, file not fully covered"
    case .invalidBoolean: "invalid truth value"
    case .wrongDigest: "wrong digest"
    case .tensorNotFound: "tensor not found"
    case .unsupportedValue: "tensor cannot be used"
    case .invalidTensorName: "invalid tensor name"
    }
  }
}
