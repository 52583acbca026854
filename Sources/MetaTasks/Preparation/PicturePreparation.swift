public import Files
public import Foundation
public import Tensors

/// How pictures of any kind become the inputs that a network was trained on.
///
/// It belongs into every model file, so that new pictures are treated as those of the training.
public struct PicturePreparation: Preparation, Hashable {
  /// The rows that pictures are scaled to.
  public let height: Int
  /// The columns that pictures are scaled to.
  public let width: Int
  /// 1 for grey, 3 for colour.
  public let channels: Int
  /// Whether files show dark ink on bright paper, to become 1 on 0.
  public let darkInk: Bool
  /// How bytes become numbers.
  public let normalization: PictureNormalization

  /// Describes a preparation.
  public init(
    height: Int, width: Int, channels: Int, darkInk: Bool = false,
    normalization: PictureNormalization = .unit
  ) {
    self.height = height
    self.width = width
    self.channels = channels
    self.darkInk = darkInk
    self.normalization = normalization
  }

  /// The rows and columns.
  var extent: PictureExtent { PictureExtent(height: height, width: width) }

  /// Goes up when decoding or scaling gives other bytes, or other files are read.
  static let version = 3

  /// What the cache knows pictures of such contents by, which are prepared like this.
  func cacheKey(_ name: String, of contents: [String]) -> String {
    Digest.hexadecimal(
      ofLines: [
        "preparation \(Self.version)", name, "\(height)x\(width)", "\(channels) channels",
        darkInk ? "dark ink" : "as it is",
      ] + contents)
  }

  /// The bytes of a picture at the right size, ink bright.
  func samples(of picture: Picture) -> [UInt8] {
    let scaled = picture.scaled(height: height, width: width).samples
    return darkInk ? scaled.map { 255 - $0 } : scaled
  }

  /// Pictures of one size.
  public var inputs: [InputDescription] {
    [InputDescription(PictureTasks.inputName, shape: [height, width, channels])]
  }

  /// A folder means the pictures in it and in the folders below, by their names.
  public func items(meantBy words: [String], _ reading: Reading) throws(ReadError) -> [String] {
    var items: [String] = []
    for word in words {
      guard Folder.kind(at: URL(fileURLWithPath: word)) == .folder else {
        items.append(word)
        continue
      }
      let names = try FileTree(URL(fileURLWithPath: word)).names
      let pictures = names.filter(PictureReader.isPictureName)
      let unread = names.filter(PictureReader.isUnreadPictureName)
      if let first = unread.first {
        reading.remark(
          "\(word): \(counted(unread.count, "picture")) of a kind that is not read, the first "
            + "'\(first)'")
      }
      guard !pictures.isEmpty else {
        throw ReadError(.missing, file: word, "no pictures in this folder.")
      }
      let folder = word.hasSuffix("/") ? word : word + "/"
      items += pictures.map { folder + $0 }
    }
    return items
  }

  /// The pictures in files as float32 `[files, height, width, channels]`, in the order given.
  ///
  /// Throws at the first file that is missing or not a picture.
  public func values(
    of items: [String], _ reading: Reading
  ) throws(ReadError) -> NamedTree<TensorValue> {
    let results = try reading.results(of: items, size: { _ in 0 }) { (item) throws(ReadError) in
      try decoded(item)
    }
    var all: [UInt8] = []
    var remarks: [String] = []
    for (item, result) in zip(items, results) {
      let (samples, fault) = try result.get()
      all += samples
      if let fault { remarks.append("\(item): read in spite of a fault: \(fault)") }
    }
    for remark in remarks { reading.remark(remark) }
    let pictures = LabelledPictures(
      samples: all, height: height, width: width, channels: channels, categories: [])
    return values(of: pictures, numbers: Array(items.indices))
  }

  private func decoded(
    _ path: String
  ) throws(ReadError) -> (samples: [UInt8], fault: String?) {
    let bytes = try ReadError.naming { () throws(FileError) in
      try OpenFile.bytes(of: path, limit: 1 << 28)
    }
    var fault: String?
    let picture = try PictureReader.picture(
      bytes, channels: channels, fitting: extent, name: path, remark: { fault = $0 })
    return (samples(of: picture), fault)
  }

  private func values(
    of pictures: LabelledPictures, numbers: [Int]
  ) -> NamedTree<TensorValue> {
    NamedTree([PictureTasks.inputName: normalization.values(of: pictures, numbers: numbers)])
  }

  /// The pictures below a folder, `folder/<class>/*.png|jpg|jpeg`, classes in order of their names.
  ///
  /// Throws where there is no such folder, no class, a class without pictures or a file that is not
  /// a picture.
  public func classes(at url: URL, _ reading: Reading) throws(ReadError) -> LabelledInputs {
    let pictures = try pictures(inFolder: url, reading)
    return LabelledInputs(
      classes: pictures.categories.map { ($0.name, $0.pictures.count) },
      inputs: values(of: pictures, numbers: pictures.categories.flatMap { Array($0.pictures) }))
  }

  /// The pictures below a folder, one folder for each class.
  private func pictures(
    inFolder folder: URL, _ reading: Reading
  ) throws(ReadError) -> LabelledPictures {
    let name = folder.lastPathComponent
    if Folder.kind(at: folder) == .other,
      PictureReader.isPictureName(name) || PictureReader.isUnreadPictureName(name)
    {
      throw ReadError(
        .damaged, file: folder.path,
        "a picture, and a folder with a folder of pictures for each class is wanted.")
    }
    let tree = try FileTree(folder)
    let listing = try PictureListing(classesIn: tree, reading)
    let classes = Set(listing.categories.map { Array($0.name.utf8) })
    for name in tree.folders where !classes.contains(Array(name.utf8)) {
      throw ReadError(
        .missing, file: tree.place(of: name).file, member: tree.place(of: name).member,
        "this class has no pictures; add PNG or JPEG files, or take its folder away.")
    }
    let read = try listing.pictures(prepared: self, reading)
    for remark in read.remarks { reading.remark(remark) }
    return read.pictures
  }
}

// MARK: In model files

extension PicturePreparation {
  /// The name in model files.
  public static var kind: String { "picture" }
  /// What one item is.
  public static var itemName: String { "picture" }
  /// A folder of pictures for each class.
  public static var supportForm: String { "FOLDER/<class>/*.png" }

  /// Size, channels, ink and normalization.
  public var json: JSONValue {
    func numbers(_ floats: [Float]) -> JSONValue { .array(floats.map { .number($0) }) }
    return [
      "height": .integer(height), "width": .integer(width), "channels": .integer(channels),
      "darkInk": .boolean(darkInk), "scale": numbers(normalization.scale),
      "offset": numbers(normalization.offset),
    ]
  }

  /// Reads what `json` wrote.
  public init(json: JSONValue) throws(PreparationError) {
    func integer(_ key: String, in range: ClosedRange<Int>) throws(PreparationError) -> Int {
      guard case .integer(let integer)? = json[key], range.contains(integer) else {
        throw PreparationError("its \(key) is missing or out of bounds")
      }
      return integer
    }
    let channels = try integer("channels", in: 1...3)
    func numbers(_ key: String) throws(PreparationError) -> [Float] {
      guard case .array(let elements)? = json[key] else {
        throw PreparationError("its \(key) is missing")
      }
      let floats = elements.compactMap { element -> Float? in
        switch element {
        case .number(let number): Float(number)
        case .integer(let integer): Float(integer)
        default: nil
        }
      }
      guard floats.count == elements.count, [1, channels].contains(floats.count),
        floats.allSatisfy(\.isFinite)
      else { throw PreparationError("its \(key) does not have one number for each channel") }
      return floats
    }
    guard channels != 2, case .boolean(let darkInk)? = json["darkInk"] else {
      throw PreparationError("its channels or darkInk are not those of pictures")
    }
    self.init(
      height: try integer("height", in: 1...1024), width: try integer("width", in: 1...1024),
      channels: channels, darkInk: darkInk,
      normalization: PictureNormalization(
        scale: try numbers("scale"), offset: try numbers("offset")))
  }
}
