import Tensors

/// Tasks whose examples can be looked at one by one, as they are stored: neither turned nor varied.
public protocol StoredExamples: ClassPool {
  /// The classes in storage, and how many examples each has.
  var storedClasses: [StoredClass] { get }

  /// The bytes of an example of a class, both by their numbers: equal bytes are one example.
  func storedBytes(ofClass category: Int, example: Int) -> [UInt8]

  /// What an example nearly is.
  func outline(ofClass category: Int, example: Int) -> ExampleOutline
}

/// A class in storage.
public struct StoredClass: Hashable, Sendable {
  /// Its name.
  public let name: String
  /// Its examples.
  public let count: Int
}

/// What an example is without what hardly shows, so that near-duplicates are found.
public enum ExampleOutline: Hashable, Sendable {
  /// Means of grey, 16 rows of 16.
  case picture([UInt8])
  /// The numbers of words, sorted.
  case words([Int32])

  /// The rows and columns of the outline of a picture.
  static let extent = 16
}

extension PictureTasks: StoredExamples {
  /// The classes, none of them turned.
  public var storedClasses: [StoredClass] {
    pictures.categories.map { StoredClass(name: $0.name, count: $0.pictures.count) }
  }

  /// The samples of a picture.
  public func storedBytes(ofClass category: Int, example: Int) -> [UInt8] {
    Array(pictures.picture(pictures.categories[category].pictures.lowerBound + example))
  }

  /// The picture in few grey pixels.
  public func outline(ofClass category: Int, example: Int) -> ExampleOutline {
    let samples = storedBytes(ofClass: category, example: example)
    let channels = pictures.channels
    let grey =
      channels == 1
      ? samples
      : stride(from: 0, to: samples.count, by: channels).map { first in
        UInt8(samples[first..<first + channels].reduce(0) { $0 + Int($1) } / channels)
      }
    let picture = Picture(
      height: pictures.height, width: pictures.width, channels: 1, samples: grey)
    let extent = ExampleOutline.extent
    return .picture(picture.scaled(height: extent, width: extent).samples)
  }
}

extension TextTasks: StoredExamples {
  /// The classes, with the texts that are kept for queries.
  public var storedClasses: [StoredClass] {
    texts.categories.map {
      StoredClass(name: $0.name, count: $0.texts.count + ($0.queries?.count ?? 0))
    }
  }

  /// The numbers of the words of a text.
  public func storedBytes(ofClass category: Int, example: Int) -> [UInt8] {
    words(ofClass: category, example: example).flatMap { word in
      (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * Int32($0))) }
    }
  }

  /// The words in any order.
  public func outline(ofClass category: Int, example: Int) -> ExampleOutline {
    .words(words(ofClass: category, example: example).sorted())
  }

  private func words(ofClass category: Int, example: Int) -> [Int32] {
    let number = texts.categories[category].texts.lowerBound + example
    return texts.values(numbers: [number])[TextPreparation.tokensName].integers
      .filter { $0 != Vocabulary.padding }
  }
}
