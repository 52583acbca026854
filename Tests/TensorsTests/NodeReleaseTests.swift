import Foundation
import Synchronization
import Tensors
import Testing

@Suite struct `A long chain of nodes` {
  @Test func `is released on a thread with a small stack`() async {
    let isDone = Mutex(false)
    await withCheckedContinuation { continuation in
      let thread = Thread {
        var tensor = Tensor.input("x", shape: [1])
        for _ in 0..<1_000_000 { tensor = Tensor(.shift(1), [tensor]) }
        tensor = Tensor.fill(0)
        isDone.withLock { $0 = tensor.shape == .scalar }
        continuation.resume()
      }
      thread.stackSize = 512 << 10
      thread.start()
    }
    #expect(isDone.withLock { $0 })
  }
}
