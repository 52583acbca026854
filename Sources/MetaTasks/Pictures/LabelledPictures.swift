/// Pictures of one size in classes: one byte a sample, the classes ranges of one storage.
///
/// Grey pictures of drawings hold ink as 255 and paper as 0.
public struct LabelledPictures: Sendable, Hashable {
  /// One class: its name, and which pictures belong to it.
  public struct Category: Sendable, Hashable {
    /// What the class is called.
    public let name: String
    /// The numbers of its pictures.
    public let pictures: Range<Int>

    /// Makes a class of a range of pictures.
    public init(name: String, pictures: Range<Int>) {
      self.name = name
      self.pictures = pictures
    }
  }

  /// The bytes of all pictures, `[count, height, width, channels]` in row-major order.
  public let samples: [UInt8]
  /// The rows of a picture.
  public let height: Int
  /// The columns of a picture.
  public let width: Int
  /// 1 for grey, 3 for red, green and blue.
  public let channels: Int
  /// The classes.
  public let categories: [Category]

  /// Makes a set of pictures; stops where samples, extents and classes do not fit together.
  public init(
    samples: [UInt8], height: Int, width: Int, channels: Int, categories: [Category]
  ) {
    let size = height * width * channels
    guard size > 0, samples.count % size == 0 else {
      fatalError("\(samples.count) samples are no pictures of \(height)x\(width)x\(channels).")
    }
    let all = 0..<samples.count / size
    guard categories.allSatisfy({ $0.pictures.clamped(to: all) == $0.pictures }) else {
      fatalError("A class has pictures beyond the \(all.count) that there are.")
    }
    self.samples = samples
    self.height = height
    self.width = width
    self.channels = channels
    self.categories = categories
  }

  /// The bytes of one picture.
  public var pictureSize: Int { height * width * channels }

  /// The number of pictures in all classes.
  public var pictureCount: Int { categories.reduce(0) { $0 + $1.pictures.count } }

  /// The same pictures, of which only some classes are seen; the storage is shared.
  public func selecting(_ positions: some Sequence<Int>) -> LabelledPictures {
    LabelledPictures(
      samples: samples, height: height, width: width, channels: channels,
      categories: positions.map { categories[$0] })
  }

  /// The class with the fewest pictures, the first of several; nil where there are no classes.
  public var smallestCategory: Category? {
    categories.min { $0.pictures.count < $1.pictures.count }
  }

  /// The bytes of a picture by its number in the storage.
  public func picture(_ number: Int) -> ArraySlice<UInt8> {
    samples[number * pictureSize..<(number + 1) * pictureSize]
  }
}
