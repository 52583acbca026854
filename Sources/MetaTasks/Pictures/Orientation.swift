/// How a stored picture is to be turned and mirrored for people to see it upright, as cameras note
/// it beside the picture: the values of the EXIF tag 0x0112 (Exif 2.32, section 4.6.4).
enum Orientation: Int, Sendable {
  case upright = 1
  case mirrored, upsideDown, flipped
  case transposed, turnedLeft, transversed, turnedRight

  /// Whether rows become columns.
  var exchangesAxes: Bool { rawValue >= Orientation.transposed.rawValue }

  /// Where the pixel at a row and column of the upright picture is stored, in a picture of so many
  /// stored rows and columns.
  fileprivate func source(
    row: Int, column: Int, rows: Int, columns: Int
  ) -> (row: Int, column: Int) {
    switch self {
    case .upright: (row, column)
    case .mirrored: (row, columns - 1 - column)
    case .upsideDown: (rows - 1 - row, columns - 1 - column)
    case .flipped: (rows - 1 - row, column)
    case .transposed: (column, row)
    case .turnedLeft: (rows - 1 - column, row)
    case .transversed: (rows - 1 - column, columns - 1 - row)
    case .turnedRight: (column, columns - 1 - row)
    }
  }

  /// The orientation in the bytes of EXIF data, which begin with their byte order; upright where
  /// they say nothing or are damaged, as all common readers have it.
  init(exif bytes: ArraySlice<UInt8>) {
    self = Orientation.value(in: Array(bytes)).flatMap(Orientation.init) ?? .upright
  }

  private static let tag = 0x0112

  private static func value(in bytes: [UInt8]) -> Int? {
    let isLittleEndian = bytes.starts(with: "II".utf8)
    guard isLittleEndian || bytes.starts(with: "MM".utf8) else { return nil }
    func number16(at position: Int) -> Int? {
      isLittleEndian ? bytes.littleEndian16(at: position) : bytes.bigEndian16(at: position)
    }
    func number32(at position: Int) -> Int? {
      isLittleEndian ? bytes.littleEndian32(at: position) : bytes.bigEndian32(at: position)
    }
    guard number16(at: 2) == 42, let directory = number32(at: 4),
      let count = number16(at: directory)
    else { return nil }
    for entry in 0..<count {
      let position = directory + 2 + 12 * entry
      guard let found = number16(at: position) else { return nil }
      if found == tag { return number16(at: position + 8) }
    }
    return nil
  }
}

extension Picture {
  /// The picture as people see it, of one that is stored in an orientation.
  func upright(from orientation: Orientation) -> Picture {
    if orientation == .upright { return self }
    let (newHeight, newWidth) = orientation.exchangesAxes ? (width, height) : (height, width)
    var turned = [UInt8](repeating: 0, count: samples.count)
    for row in 0..<newHeight {
      for column in 0..<newWidth {
        let source = orientation.source(row: row, column: column, rows: height, columns: width)
        let (from, to) = (source.row * width + source.column, row * newWidth + column)
        for channel in 0..<channels {
          turned[to * channels + channel] = samples[from * channels + channel]
        }
      }
    }
    return Picture(height: newHeight, width: newWidth, channels: channels, samples: turned)
  }
}
