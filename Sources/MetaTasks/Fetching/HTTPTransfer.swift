import Foundation
#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif
import Dispatch
import Synchronization

/// One request and what comes back, as events that the caller waits for.
final class HTTPTransfer: NSObject, URLSessionDataDelegate, Sendable {
  /// What happens in the course of a transfer.
  enum Event: Sendable {
    /// The head of the answer: the status and the fields, their names in small letters.
    case head(status: Int, fields: [String: String])
    /// Some bytes of the body.
    case body(Data)
    /// The end, with what went wrong.
    case end(String?)
  }

  private let events = Mutex<[Event]>([])
  private let arrived = DispatchSemaphore(value: 0)
  private let session = Mutex<URLSession?>(nil)

  /// Starts a request; redirections are not followed but come as heads with their address.
  init(_ url: URL, fields: [String: String]) {
    super.init()
    let configuration = URLSessionConfiguration.ephemeral
    configuration.urlCache = nil
    configuration.httpCookieStorage = nil
    let opened = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
    var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData)
    for (name, value) in fields { request.setValue(value, forHTTPHeaderField: name) }
    session.withLock { $0 = opened }
    opened.dataTask(with: request).resume()
  }

  /// The next event; nil where none comes within the time.
  func next(within time: Duration) -> Event? {
    let (seconds, attoseconds) = time.components
    let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
    guard arrived.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success else { return nil }
    return events.withLock { $0.removeFirst() }
  }

  /// Ends the transfer and frees what it holds; must be called once at the end.
  func finish() {
    session.withLock { $0.take() }?.invalidateAndCancel()
  }

  private func post(_ event: Event) {
    events.withLock { $0.append(event) }
    arrived.signal()
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    guard let response = response as? HTTPURLResponse else {
      completionHandler(.cancel)
      return
    }
    var fields: [String: String] = [:]
    for (name, value) in response.allHeaderFields {
      fields["\(name)".lowercased()] = "\(value)"
    }
    post(.head(status: response.statusCode, fields: fields))
    completionHandler(.allow)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    post(.body(data))
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    post(.end(error.map(Self.words)))
  }

  private static func words(for error: any Error) -> String {
    guard let error = error as? URLError else { return "\(error)" }
    return switch error.code {
    case .cannotFindHost, .dnsLookupFailed: "the host's name is not known"
    case .notConnectedToInternet, .cannotConnectToHost: "no connection"
    case .networkConnectionLost: "the connection broke off"
    case .timedOut: "no answer"
    case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
      .serverCertificateHasUnknownRoot:
      "the secure connection cannot be trusted"
    default: error.localizedDescription
    }
  }
}
