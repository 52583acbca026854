import NeuralNetworks
import TensorPrograms
import Testing
import Tensors

@Suite struct AttentionTests {
  private let queries = literal([2, 0], [1, 2])
  private let keys = literal([1, 0, 0, 1, -1, 3], [3, 2])
  private let values = literal([1, 10, 100], [3, 1])

  @Test func `values are weighed by the softmax of scaled products`() {
    // Scores √2, 0 and -√2.
    let powers = [4.113250378782927, 1, 0.243116734434214]
    let expected = (powers[0] + 10 * powers[1] + 100 * powers[2]) / powers.reduce(0, +)
    #expect(distance(evaluated(attention(queries, keys, values)), [expected]) < 1e-9)
  }

  @Test func `a mask hides keys, and all of them give zeros`() {
    let powers = [4.113250378782927, 1]
    let expected = (powers[0] + 10 * powers[1]) / powers.reduce(0, +)
    let some = attention(queries, keys, values, mask: literal([1, 1, 0], [1, 3]))
    #expect(distance(evaluated(some), [expected]) < 1e-9)
    let none = attention(queries, keys, values, mask: literal([0, 0, 0], [1, 3]))
    #expect(evaluated(none) == [0])
  }

  @Test func `a key that counts twice is two keys`() {
    let twice = attention(queries, keys, values, mask: literal([2, 0, 1], [1, 3]))
    let both = attention(
      queries, literal([1, 0, 1, 0, -1, 3], [3, 2]), literal([1, 1, 100], [3, 1]))
    #expect(distance(evaluated(twice), evaluated(both)) < 1e-12)
  }

  private func apply(
    _ layer: MultiHeadAttention, _ inputs: [Tensor], _ descriptions: [InputDescription]
  ) throws -> Tensor {
    let initial = try layer.initialParameters(for: descriptions, key: RandomKey(seed: 1))
    var context = NetworkContext()
    return layer(inputs, initial.map { .literal($0) }, &context)
  }

  @Test func `a causal attention does not see later positions`() throws {
    let description = InputDescription("words", shape: [4, 3])
    let early = normalValue([1, 2, 3], RandomKey(seed: 2))
    let firsts = [RandomKey(seed: 3), RandomKey(seed: 4)].map { key in
      let late = normalValue([1, 2, 3], key)
      let words = ReferenceValue(shape: [1, 4, 3], early.elements + late.elements)
      let result = try? apply(
        MultiHeadAttention(heads: 2, keyWidth: 2, causal: true),
        [Tensor.input("words", shape: words.shape)], [description])
      return result.map { Array(evaluated($0, ["words": words]).prefix(8)) } ?? []
    }
    #expect(firsts[0].count == 8)
    #expect(distance(firsts[0], firsts[1]) < 1e-12)
  }

  @Test func `positions beyond the length are not seen`() throws {
    let words = literal((0..<12).map { Double(($0 * 5) % 7) }, [1, 4, 3])
    let layer = MultiHeadAttention(keyWidth: 2)
    let length = Tensor.literal(TensorValue([2] as [Int32], shape: [1]))
    let masked = try apply(
      layer, [words, length],
      [
        InputDescription("words", shape: [4, 3]),
        InputDescription("length", shape: [], valueCount: 5),
      ])
    let seen = words.slice(along: 1, from: 0, to: 2)
    let short = try apply(
      layer, [words, seen],
      [InputDescription("words", shape: [4, 3]), InputDescription("seen", shape: [2, 3])])
    #expect(distance(evaluated(masked), evaluated(short)) < 1e-12)
  }

  @Test func `the mean of a sequence ends with its length`() {
    let words = literal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [2, 3, 2])
    let lengths = Tensor.literal(TensorValue([2, 0] as [Int32], shape: [2]))
    var context = NetworkContext()
    #expect(
      evaluated(SequenceMean()([words, lengths], Parameters(), &context)) == [2, 3, 0, 0])
    let whole = evaluated(SequenceMean()([words], Parameters(), &context))
    #expect(distance(whole, [3, 4, 9, 10]) < 1e-12)
  }
}
