import MetaTasks
import Tensors
import Testing

@Suite struct RandomNumbersTests {
  @Test func `words are those of the key's stream`() {
    let key = RandomKey(seed: 3)
    var numbers = RandomNumbers(key, stream: 5)
    #expect((0..<11).map { _ in numbers.word() } == key.bits(count: 11, stream: 5))
  }

  @Test(arguments: [(1, 1), (5, 5), (7, 2000), (64, 64), (65, 65), (64, 4112), (65, 4112)])
  func `distinct numbers are the start of the key's permutation`(count: Int, bound: Int) {
    let key = RandomKey(seed: UInt64(count * bound))
    var numbers = RandomNumbers(key)
    let drawn = numbers.distinct(count, below: bound)
    #expect(drawn == key.permutation(of: bound, prefix: count))
    #expect(Set(drawn).count == count)
  }
}
