import Tensors
import Testing

@Suite struct `A random key` {
  /// The known answers that the authors of Philox publish with their library (Random123,
  /// `kat_vectors`, philox4x32 of 10 rounds).
  @Test func `gives the published words of Philox`() {
    let zero = RandomKey.block(key: (0, 0), counter: (0, 0, 0, 0))
    #expect(zero == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = RandomKey.block(
      key: (.max, .max), counter: (.max, .max, .max, .max))
    #expect(ones == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
  }

  @Test func `gives other numbers for each number and name folded in`() {
    let key = RandomKey(seed: 1)
    let keys = (0..<1000).map(key.folded) + ["a", "b", "ab", "ba"].map(key.folded)
    #expect(Set(keys).count == keys.count)
  }

  @Test func `draws permutations without repetition, each place alike`() {
    var firsts = [Int](repeating: 0, count: 5)
    for trial in 0..<5000 {
      let order = RandomKey(seed: 3).folded(trial).permutation(of: 5)
      #expect(order.sorted() == [0, 1, 2, 3, 4])
      firsts[order[0]] += 1
    }
    #expect(firsts.allSatisfy { abs($0 - 1000) < 150 })
  }

  @Test func `draws normal numbers of mean 0 and deviation 1`() {
    let numbers = RandomKey(seed: 9).normal(count: 100_000).map(Double.init)
    let mean = numbers.reduce(0, +) / 100_000
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
    #expect(abs(mean) < 0.015 && abs(variance - 1) < 0.02)
  }
}
