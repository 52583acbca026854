import Dispatch
import Synchronization

/// The results for `0..<count`, made on all processors; throws the failure of the lowest number.
///
/// After a failure no further ones are begun.
func inParallel<Element: Sendable>(
  _ count: Int, _ make: @Sendable (Int) throws(ReadError) -> Element
) throws(ReadError) -> [Element] {
  let results = Mutex<[Result<Element, ReadError>?]>(Array(repeating: nil, count: count))
  let lowestFailure = Mutex(count)
  DispatchQueue.concurrentPerform(iterations: count) { number in
    if lowestFailure.withLock({ $0 < number }) { return }
    let result: Result<Element, ReadError>
    do throws(ReadError) {
      result = .success(try make(number))
    } catch {
      result = .failure(error)
      lowestFailure.withLock { $0 = min($0, number) }
    }
    results.withLock { $0[number] = result }
  }
  var elements: [Element] = []
  elements.reserveCapacity(count)
  for result in results.withLock({ $0 }) {
    guard let result else { fatalError("A part of the work in parallel was left out.") }
    elements.append(try result.get())
  }
  return elements
}
