#if canImport(CryptoKit)
  import CryptoKit
#else
  import CCrypto
#endif

/// SHA-256 of bytes that come piece by piece, by the system's own library.
@safe
package struct SHA256: ~Copyable {
  /// The number of bytes of a digest.
  package static let byteCount = 32

  #if canImport(CryptoKit)
    private var state = CryptoKit.SHA256()

    /// The name and the version of the library.
    package static var library: (name: String, version: String) { ("CryptoKit", "present") }

    /// Begins with no bytes.
    package init() {}

    /// Takes up the bytes that follow.
    package mutating func update(with bytes: ArraySlice<UInt8>) {
      unsafe bytes.withUnsafeBytes { unsafe state.update(bufferPointer: $0) }
    }

    /// The digest of all bytes taken up.
    package consuming func finalized() -> [UInt8] { Array(state.finalize()) }
  #else
    private let context: OpaquePointer

    /// The name and the version of the library.
    package static var library: (name: String, version: String) {
      ("libcrypto", unsafe String(cString: OpenSSL_version(OPENSSL_VERSION)))
    }

    /// Begins with no bytes.
    package init() {
      guard let context = unsafe EVP_MD_CTX_new(),
        unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
      else { fatalError("The system's libcrypto offers no SHA-256.") }
      unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Takes up the bytes that follow.
    package mutating func update(with bytes: ArraySlice<UInt8>) {
      let result = unsafe bytes.withUnsafeBytes {
        unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count)
      }
      guard result == 1 else { fatalError("The system's libcrypto takes no bytes for SHA-256.") }
    }

    /// The digest of all bytes taken up.
    package consuming func finalized() -> [UInt8] {
      var digest = [UInt8](repeating: 0, count: Self.byteCount)
      let result = unsafe digest.withUnsafeMutableBufferPointer {
        unsafe EVP_DigestFinal_ex(context, $0.baseAddress, nil)
      }
      guard result == 1 else { fatalError("The system's libcrypto gives no SHA-256.") }
      return digest
    }
  #endif
}
