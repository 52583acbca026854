import Files

/// Which files show which class, before any is read.
struct PictureListing: Sendable {
  /// One picture file.
  struct File: Sendable {
    let tree: FileTree
    let entry: FolderListing.File

    /// What messages call it.
    var shownName: String { entry.name }
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

  /// The classes of a tree with paths such as `<below><class>/<file>`.
  ///
  /// Pictures that are there and not read are told. Throws where there is no picture, and where one
  /// of them, or a class, cannot be looked at.
  init(
    classesIn tree: FileTree, below prefix: String = "", _ reading: Reading
  ) throws(ReadError) {
    let depth = pathParts(prefix).count
    var unread = UnreadPictures()
    for file in tree.files where file.name.utf8.starts(with: prefix.utf8) {
      let parts = pathParts(file.name)
      if unread.takes(file.name, depth: parts.count - depth) { continue }
      guard PictureReader.isPictureName(file.name) else { continue }
      add(File(tree: tree, entry: file), to: parts[depth])
    }
    try unread.take(tree.unreadable, below: prefix, reading)
    guard !categories.isEmpty else {
      let folder = prefix.isEmpty ? tree.path : "\(tree.path)/\(prefix)"
      throw ReadError(
        .missing, file: folder,
        "no pictures; put them into one folder for each class: <class>/<picture>.png or .jpg"
          + "\(unread.lines.first.map { " (\($0))" } ?? "").")
    }
    for line in unread.lines { reading.remark("\(tree.path): \(line)") }
    sort()
    if let twins = namesInOtherCase {
      reading.remark(
        "\(tree.path): '\(twins.0)' and '\(twins.1)' are two classes, as letters differ in case; give "
          + "them one name if they are one")
    }
  }

  /// The first two classes whose names differ in the case of letters alone, which some systems take
  /// for one.
  private var namesInOtherCase: (String, String)? {
    var seen: [String: String] = [:]
    for name in categories.map(\.name) {
      if let other = seen.updateValue(name, forKey: name.lowercased()) { return (other, name) }
    }
    return nil
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
}

/// Pictures that are there and not read, gathered for a line of each kind.
private struct UnreadPictures {
  private var ofOtherKinds: [String] = []
  private var deeper: [String] = []
  private var beside: [String] = []
  private var lost: [String] = []
  private var misnamed: [String] = []

  /// Whether a file is a picture that is not read; its depth is 2 in the folder of a class.
  mutating func takes(_ name: String, depth: Int) -> Bool {
    let isRead = PictureReader.isPictureName(name)
    guard isRead || PictureReader.isUnreadPictureName(name) else { return false }
    switch depth {
    case 2 where isRead: return false
    case 2: ofOtherKinds.append(name)
    case 1: beside.append(name)
    default: deeper.append(name)
    }
    return true
  }

  /// Takes up what cannot be looked at; throws where that is a class, or a picture of one.
  mutating func take(
    _ unreadable: [FolderListing.Unreadable], below prefix: String, _ reading: Reading
  ) throws(ReadError) {
    let depth = pathParts(prefix).count
    for item in unreadable where item.name.utf8.starts(with: prefix.utf8) {
      if item.isMisnamed {
        misnamed.append(item.name)
        continue
      }
      let level = pathParts(item.name).count - depth
      let isPicture = level == 2 && PictureReader.isPictureName(item.name)
      let isClass = level == 1 && item.error.kind == .inaccessible
      if isClass || isPicture && !reading.skipsDamaged { throw item.error }
      if isPicture || level == 1 { lost.append(item.name) }
    }
  }

  /// What to say of them, a line for each kind that there is.
  var lines: [String] {
    let package = ofOtherKinds.lazy.compactMap(PictureReader.missingPackage).first
    return [
      line(ofOtherKinds, "is of a kind that is not read", "convert", "to PNG or JPEG").map {
        $0 + (package.map { ", or install \($0)" } ?? "")
      },
      line(deeper, "lies deeper than in the folder of a class", "move", "up"),
      line(beside, "lies beside the folders of the classes", "move", "into one of them"),
      leftOut(lost, "link", lost.count == 1 ? "as it leads nowhere" : "as they lead nowhere"),
      leftOut(misnamed, "name", "not in UTF-8").map { $0 + "; rename what has it" },
    ].compactMap(\.self)
  }

  private func leftOut(_ names: [String], _ noun: String, _ reason: String) -> String? {
    names.first.map { "\(counted(names.count, noun)) left out, \(reason), the first '\($0)'" }
  }

  private func line(
    _ names: [String], _ fault: String, _ verb: String, _ target: String
  ) -> String? {
    guard let first = names.first else { return nil }
    return names.count == 1
      ? "1 picture \(fault), '\(first)'; \(verb) it \(target)"
      : "\(names.count) pictures are not read, as each \(fault), the first '\(first)'; \(verb) "
        + "them \(target)"
  }
}
