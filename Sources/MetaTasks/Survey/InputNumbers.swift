import Tensors

/// What the examples of a task show, as a row of numbers for each.
struct InputNumbers {
  /// A row for each example.
  let rows: [[Float]]

  /// The counts that words are sorted into, where inputs are numbers of words.
  private static let countsOfWords = 256

  /// The float32 inputs as they are; where there are none, how often words of a kind are there.
  init(_ examples: ExampleValues) {
    let numbers = examples.inputs.leaves.filter { $0.elementType == .float32 }
    let words = examples.inputs.leaves.filter { $0.elementType == .int32 && $0.shape.rank > 1 }
    rows = (0..<examples.count).map { example in
      guard numbers.isEmpty else { return numbers.flatMap { $0.slice(at: example).floats } }
      var counts = [Float](repeating: 0, count: Self.countsOfWords)
      for value in words {
        for word in value.slice(at: example).integers where word != 0 {
          counts[Int(word) % Self.countsOfWords] += 1
        }
      }
      return counts
    }
  }
}
