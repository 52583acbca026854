internal import Settings
public import Tensors

/// The content of a safetensors file: named tensors and free text.
public struct SafetensorsFile: Sendable {
  /// A tensor as it lies in the file.
  public struct Tensor: Sendable {
    /// The name, unique in the file.
    public let name: String
    /// The kind of number.
    public let elementType: SafetensorsElementType
    /// The extents of the axes, outermost first; elements are in row-major order.
    public let shape: [Int]
    /// The elements, little-endian.
    public let bytes: ArraySlice<UInt8>
  }

  /// The name that errors give the file.
  public let file: String
  /// The tensors, in the order of their bytes.
  public let tensors: [Tensor]
  /// The free text, by key.
  public let metadata: [String: String]
  private let positions: [String: Int]

  init(file: String, tensors: [Tensor], metadata: [String: String]) {
    self.file = file
    self.tensors = tensors
    self.metadata = metadata
    self.positions = Dictionary(
      tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The names of the tensors, in the order of their bytes.
  public var names: [String] { tensors.map(\.name) }

  /// The tensor of a name; throws where there is none, naming the nearest that there is.
  public func tensor(_ name: String) throws(SafetensorsError) -> Tensor {
    if let position = positions[name] { return tensors[position] }
    let nearest = NearestName.question(for: name, among: names)
    throw SafetensorsError(
      .tensorNotFound, file: file, "no \(SafetensorsHeader.quoted(name)) in it\(nearest)")
  }

  /// The numbers of a tensor as the executors take them.
  ///
  /// Floating-point numbers and truth values become float32 (float64 is rounded), U8 and U32 stay,
  /// and all other integers become int32. Throws where an integer does not fit, and for the
  /// element types below 16 bits of floating point and complex ones.
  public func value(_ name: String) throws(SafetensorsError) -> TensorValue {
    let tensor = try tensor(name)
    guard let shape = tensor.countableShape else {
      throw unsupported(tensor, "its shape \(tensor.shape) is out of all bounds")
    }
    switch tensor.elementType {
    case .float32: return TensorValue(tensor.elements(as: Float.self), shape: shape)
    case .uint32: return TensorValue(tensor.elements(as: UInt32.self), shape: shape)
    case .uint8: return TensorValue(Array(tensor.bytes), shape: shape)
    case .int32: return TensorValue(tensor.elements(as: Int32.self), shape: shape)
    case .int8, .int16, .uint16, .int64, .uint64:
      return TensorValue(try integers(tensor), shape: shape)
    default: return TensorValue(try doubles(name).map(Float.init), shape: shape)
    }
  }

  /// The numbers of a tensor widened to double; throws for element types that are not numbers of
  /// at least 8 bits with a Swift counterpart, and for integers beyond 2^53 that are not exact.
  public func doubles(_ name: String) throws(SafetensorsError) -> [Double] {
    let tensor = try tensor(name)
    switch tensor.elementType {
    case .float64: return tensor.elements(as: Double.self)
    case .float32: return tensor.elements(as: Float.self).map(Double.init)
    case .float16: return tensor.elements(as: UInt16.self).map(Self.widened(half:))
    case .bfloat16:
      return tensor.elements(as: UInt16.self).map { Double(Float(bitPattern: UInt32($0) << 16)) }
    case .bool, .uint8: return tensor.bytes.map(Double.init)
    case .int8: return try doubles(tensor, of: Int8.self)
    case .int16: return try doubles(tensor, of: Int16.self)
    case .uint16: return try doubles(tensor, of: UInt16.self)
    case .int32: return try doubles(tensor, of: Int32.self)
    case .uint32: return try doubles(tensor, of: UInt32.self)
    case .int64: return try doubles(tensor, of: Int64.self)
    case .uint64: return try doubles(tensor, of: UInt64.self)
    case .float4, .float6E2M3, .float6E3M2, .float8E5M2, .float8E4M3, .float8E8M0,
      .float8E4M3FNUZ, .float8E5M2FNUZ, .complex64:
      throw unsupported(tensor, "its element type \(tensor.elementType.rawValue) is not supported")
    }
  }

  private func integers(_ tensor: Tensor) throws(SafetensorsError) -> [Int32] {
    switch tensor.elementType {
    case .int8: try integers(tensor, of: Int8.self)
    case .int16: try integers(tensor, of: Int16.self)
    case .uint16: try integers(tensor, of: UInt16.self)
    case .uint64: try integers(tensor, of: UInt64.self)
    default: try integers(tensor, of: Int64.self)
    }
  }

  private func integers<Element: FixedWidthInteger & BitwiseCopyable>(
    _ tensor: Tensor, of type: Element.Type
  ) throws(SafetensorsError) -> [Int32] {
    var integers: [Int32] = []
    for element in tensor.elements(as: type) {
      guard let integer = Int32(exactly: element) else {
        throw unsupported(tensor, "the integer \(element) does not fit 32 bits")
      }
      integers.append(integer)
    }
    return integers
  }

  private func doubles<Element: FixedWidthInteger & BitwiseCopyable>(
    _ tensor: Tensor, of type: Element.Type
  ) throws(SafetensorsError) -> [Double] {
    var doubles: [Double] = []
    for element in tensor.elements(as: type) {
      guard let double = Double(exactly: element) else {
        throw unsupported(tensor, "the integer \(element) has no exact floating-point form")
      }
      doubles.append(double)
    }
    return doubles
  }

  private func unsupported(_ tensor: Tensor, _ detail: String) -> SafetensorsError {
    SafetensorsError(
      .unsupportedValue, file: file, "\(SafetensorsHeader.quoted(tensor.name)): \(detail)")
  }

  /// The value of a 16-bit IEEE floating-point number.
  private static func widened(half bits: UInt16) -> Double {
    let sign: Double = bits >> 15 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Double(bits & 0x3FF)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
    }
  }
}

extension SafetensorsFile.Tensor {
  /// The shape, or nil where a later product of extents would not fit an integer.
  var countableShape: Shape? {
    var product = 1
    for extent in shape where extent != 0 {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      guard !overflow else { return nil }
      product = next
    }
    return Shape(shape)
  }

  /// The elements, copied since a file may hold them at any address.
  ///
  /// The type must be as wide as the element type; all machines that this package runs on are
  /// little-endian, as the file is.
  func elements<Element: BitwiseCopyable>(as type: Element.Type) -> [Element] {
    let count = bytes.count / MemoryLayout<Element>.size
    return unsafe bytes.withUnsafeBytes { source in
      unsafe [Element](unsafeUninitializedCapacity: count) { target, initialized in
        unsafe UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
        initialized = count
      }
    }
  }
}
