import Dispatch
import Synchronization

/// Which files show which class, before any is read.
struct PictureListing: Sendable {
  /// One picture file.
  struct File: Sendable {
    let tree: FileTree
    let name: String
  }

  /// One class and its files.
  struct Category: Sendable {
    let name: String
    var files: [File]
  }

  /// The classes in the order of the bytes of their names.
  private(set) var categories: [Category] = []

  /// Lists nothing.
  init() {}

  /// The classes of a tree with paths such as `<below><class>/<file>`, deeper files left out.
  init(classesIn tree: FileTree, below prefix: String) throws(ReadError) {
    let depth = pathParts(prefix).count
    for name in tree.names
    where name.utf8.starts(with: prefix.utf8) && PictureReader.isPictureName(name) {
      let parts = pathParts(name)
      guard parts.count == depth + 2 else { continue }
      add(File(tree: tree, name: name), to: parts[depth])
    }
    guard !categories.isEmpty else {
      let folder = prefix.isEmpty ? tree.path : "\(tree.path)/\(prefix)"
      throw ReadError(
        .missing, file: folder,
        "no pictures; put them into one folder for each class: <class>/<picture>.png or .jpg.")
    }
    sort()
  }

  /// Adds a file to the class of a name; those of one class must come one after the other.
  mutating func add(_ file: File, to name: String) {
    if let last = categories.last, last.name.utf8.elementsEqual(name.utf8) {
      categories[categories.count - 1].files.append(file)
    } else {
      categories.append(Category(name: name, files: [file]))
    }
  }

  /// Puts the classes into the order of the bytes of their names.
  mutating func sort() {
    categories.sort { precedesInBytes($0.name, $1.name) }
  }

  /// Decodes all files; throws at the first, in the order of the list, that is not a picture.
  func pictures(prepared preparation: PicturePreparation) throws(ReadError) -> LabelledPictures {
    let decoded = try inParallel(categories.count) { (position) throws(ReadError) in
      var samples: [UInt8] = []
      for file in categories[position].files {
        let picture = try file.tree.picture(file.name, channels: preparation.channels)
        samples.append(contentsOf: preparation.samples(of: picture))
      }
      return samples
    }
    var samples: [UInt8] = []
    samples.reserveCapacity(decoded.reduce(0) { $0 + $1.count })
    var classes: [LabelledPictures.Category] = []
    var first = 0
    for (category, bytes) in zip(categories, decoded) {
      samples.append(contentsOf: bytes)
      classes.append(.init(name: category.name, pictures: first..<first + category.files.count))
      first += category.files.count
    }
    return LabelledPictures(
      samples: samples, height: preparation.height, width: preparation.width,
      channels: preparation.channels, categories: classes)
  }
}

/// The results for `0..<count`, made on all processors; throws the failure of the lowest number.
func inParallel<Element: Sendable>(
  _ count: Int, _ make: @Sendable (Int) throws(ReadError) -> Element
) throws(ReadError) -> [Element] {
  let results = Mutex<[Result<Element, ReadError>?]>(Array(repeating: nil, count: count))
  DispatchQueue.concurrentPerform(iterations: count) { number in
    let result: Result<Element, ReadError>
    do throws(ReadError) { result = .success(try make(number)) } catch { result = .failure(error) }
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
