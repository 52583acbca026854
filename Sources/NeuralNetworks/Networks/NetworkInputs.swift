public import Tensors

/// What a kind of network takes, in words and as a test.
public struct NetworkInputs: Sendable {
  /// The inputs in words that follow "takes" and "where inputs are", such as `pictures`.
  public let words: String
  /// Whether inputs are such.
  public let accepts: @Sendable ([InputDescription]) -> Bool

  /// Describes inputs.
  public init(_ words: String, accepts: @escaping @Sendable ([InputDescription]) -> Bool) {
    self.words = words
    self.accepts = accepts
  }

  /// One picture [h, w, c].
  public static let pictures = NetworkInputs("pictures") {
    $0.count == 1 && $0[0].elementType == .float32 && $0[0].shape.rank == 3
  }

  /// One tensor of numbers of any shape.
  public static let numbers = NetworkInputs("numbers") {
    $0.count == 1 && $0[0].elementType == .float32
  }

  /// Token numbers, int32 [time], and how many of them count, int32 []; more may be beside them.
  public static let texts = NetworkInputs("texts (tokens and their length)") {
    Set($0.filter { $0.elementType == .int32 }.map(\.shape.rank)) == [0, 1]
  }

  /// Several inputs of numbers, or bags of tokens, int32 [time] and their weights float32 [time].
  public static let views = NetworkInputs("bags of tokens, or several inputs of numbers") {
    inputs in
    let views = inputViews(of: inputs)
    return views.count > 1 || views.contains { $0.count > 1 }
  }

  /// Whatever its layers take.
  public static let any = NetworkInputs("what its layers take") { _ in true }

  /// Inputs in words: those of the first description above that fits, else one by one.
  static func words(for inputs: [InputDescription]) -> String {
    [pictures, numbers, texts].first { $0.accepts(inputs) }?.words ?? inputs.inWords
  }
}
