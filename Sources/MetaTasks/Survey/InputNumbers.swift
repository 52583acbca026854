import Tensors

/// What the examples of a task show, as a row of numbers for each.
struct InputNumbers {
  /// A row for each example.
  let rows: [[Float]]

  /// The counts that words are sorted into, where inputs are numbers of words.
  private static let countsOfWords = 256

  /// How often words of a kind are there; the float32 inputs as they are where there are no words.
  init(_ examples: ExampleValues) {
    let numbers = examples.inputs.leaves.filter { $0.elementType == .float32 }
    let words = examples.inputs.leaves.first { $0.elementType == .int32 && $0.shape.rank > 1 }
    rows = (0..<examples.count).map { example in
      guard let words else { return numbers.flatMap { $0.slice(at: example).floats } }
      var counts = [Float](repeating: 0, count: Self.countsOfWords)
      for word in words.slice(at: example).integers where word != 0 {
        counts[Int(word) % Self.countsOfWords] += 1
      }
      return counts
    }
  }
}
