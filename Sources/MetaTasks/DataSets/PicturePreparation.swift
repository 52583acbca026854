import Files
public import Foundation
public import Tensors

/// How pictures of any kind become the inputs that a network was trained on.
///
/// It belongs into every model file, so that new pictures are treated as those of the training.
public struct PicturePreparation: Sendable, Hashable {
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

  /// The bytes of a picture at the right size, ink bright.
  func samples(of picture: Picture) -> [UInt8] {
    let scaled = picture.scaled(height: height, width: width).samples
    return darkInk ? scaled.map { 255 - $0 } : scaled
  }

  /// The pictures in files as float32 `[files, height, width, channels]`, in the order given.
  ///
  /// Throws at the first file that is missing or not a picture.
  public func values(of files: [URL]) throws(ReadError) -> TensorValue {
    let all = try inParallel(files.count) { (position) throws(ReadError) in
      let bytes = try ReadError.naming { () throws(FileError) in
        try OpenFile.bytes(of: files[position].path, limit: 1 << 28)
      }
      return samples(
        of: try PictureReader.picture(bytes, channels: channels, name: files[position].path))
    }
    let pictures = LabelledPictures(
      samples: all.flatMap { $0 }, height: height, width: width, channels: channels,
      categories: [])
    return normalization.values(of: pictures, numbers: Array(files.indices))
  }

  /// The pictures below a folder, `folder/<class>/*.png|jpg|jpeg`, classes in order of their names.
  ///
  /// Throws where there is no such folder, no class, a class without pictures or a file that is not a
  /// picture.
  public func pictures(inFolder folder: URL) throws(ReadError) -> LabelledPictures {
    let listing = try PictureListing(classesIn: try FileTree(folder), below: "")
    let classes = Set(listing.categories.map { Array($0.name.utf8) })
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names.sorted(by: precedesInBytes)
    where FileTree.isVisible(name)
      && Folder.kind(at: folder.appendingPathComponent(name)) == .folder
    {
      guard classes.contains(Array(name.utf8)) else {
        throw ReadError(
          .missing, file: folder.appendingPathComponent(name).path,
          "this class has no pictures; add PNG or JPEG files, or take its folder away.")
      }
    }
    return try listing.pictures(prepared: self)
  }
}
