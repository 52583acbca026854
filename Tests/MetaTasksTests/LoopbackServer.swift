import Foundation
import Synchronization

/// A small server on this machine that answers as a test tells it to, faults included.
final class LoopbackServer: Sendable {
  /// What a client asked for, its field names in small letters.
  struct Request: Sendable {
    /// 0 for the first request to the server.
    let number: Int
    let path: String
    let fields: [String: String]

    /// The first byte asked for; 0 where no range is.
    var start: Int {
      guard let range = fields["range"] else { return 0 }
      return Int(range.dropFirst("bytes=".count).prefix { $0 != "-" }) ?? 0
    }
  }

  /// What to do on a connection; it is closed at the end.
  enum Step: Sendable {
    case send([UInt8])
    case wait(Double)
  }

  let port: Int
  private let listener: Int32
  private let requests = Mutex<[Request]>([])
  private let answer: @Sendable (Request) -> [Step]

  /// All requests so far.
  var received: [Request] { requests.withLock { $0 } }

  func url(_ path: String) throws -> URL {
    guard let url = URL(string: "http://127.0.0.1:\(port)\(path)") else { throw ServerError() }
    return url
  }

  struct ServerError: Error {}

  init(_ answer: @escaping @Sendable (Request) -> [Step]) throws {
    self.answer = answer
    #if canImport(Darwin)
      listener = socket(AF_INET, SOCK_STREAM, 0)
    #else
      listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let (descriptor, size) = (listener, length)
    let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(descriptor, pointer, size) == 0 && listen(descriptor, 8) == 0
          && getsockname(descriptor, pointer, &length) == 0
      }
    }
    guard bound else { throw ServerError() }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [self] in serve() }
  }

  /// Stops answering; connections that are open end by themselves.
  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func serve() {
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { break }
      Thread.detachNewThread { [self] in
        if let request = read(connection) {
          for step in answer(request) {
            switch step {
            case .send(let bytes): if !write(bytes, to: connection) { break }
            case .wait(let seconds): Thread.sleep(forTimeInterval: seconds)
            }
          }
        }
        shutdown(connection, Int32(SHUT_RDWR))
        close(connection)
      }
    }
    close(listener)
  }

  private func read(_ connection: Int32) -> Request? {
    var text = ""
    while !text.hasSuffix("\r\n\r\n") {
      var byte: UInt8 = 0
      guard unsafe recv(connection, &byte, 1, 0) == 1 else { return nil }
      text.unicodeScalars.append(UnicodeScalar(byte))
    }
    let lines = text.components(separatedBy: "\r\n")
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 {
        fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
      }
    }
    let path = lines[0].components(separatedBy: " ").dropFirst().first ?? ""
    return requests.withLock { requests in
      let request = Request(number: requests.count, path: path, fields: fields)
      requests.append(request)
      return request
    }
  }

  private func write(_ bytes: [UInt8], to connection: Int32) -> Bool {
    #if canImport(Darwin)
      let flags: Int32 = 0
    #else
      let flags = Int32(MSG_NOSIGNAL)
    #endif
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[sent...])
        return unsafe send(connection, rest.baseAddress, rest.count, flags)
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}

/// The head of an answer.
func head(_ status: Int, _ fields: [String: String]) -> [UInt8] {
  let lines = fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }
  return Array("HTTP/1.1 \(status) Status\r\n\(lines.joined())Connection: close\r\n\r\n".utf8)
}
