import Foundation
import MetaTasks
import Testing

/// Pictures of the kinds that gdk-pixbuf reads, each made of the same samples.
enum PixbufSamples {
  static let (height, width) = (9, 14)

  /// The grey of a pixel.
  static func grey(_ row: Int, _ column: Int) -> UInt8 { UInt8(2 * (7 * row + 3 * column)) }

  /// The samples as grey.
  static let samples = (0..<height).flatMap { row in (0..<width).map { grey(row, $0) } }

  /// Windows' kind, 24 bits a pixel, rows from the bottom.
  static let bmp: [UInt8] = {
    let rows = (0..<height).reversed().flatMap { row in
      (0..<width).flatMap { [UInt8](repeating: grey(row, $0), count: 3) }
        + [UInt8](repeating: 0, count: 2)
    }
    let header = [54 + rows.count, 0, 54, 40, width, height].flatMap(little32)
    let format = little16(1) + little16(24) + [0, rows.count, 0, 0, 0, 0].flatMap(little32)
    return Array("BM".utf8) + header + format + rows
  }()

  /// Two frames of 128 greys, of which the second is white.
  static let gif: [UInt8] = {
    let palette = (0..<128).flatMap { [UInt8](repeating: UInt8(2 * $0), count: 3) }
    let header = Array("GIF89a".utf8) + little16(width) + little16(height) + [0xF6, 0, 0]
    let white = frame(of: [UInt8](repeating: 127, count: samples.count))
    return header + palette + frame(of: samples.map { $0 / 2 }) + white + [0x3B]
  }()

  /// Codes of eight bits that are never packed: the table is cleared before it grows.
  private static func frame(of colours: [UInt8]) -> [UInt8] {
    var codes: [UInt8] = []
    for (position, colour) in colours.enumerated() {
      if position % 100 == 0 { codes.append(128) }
      codes.append(colour)
    }
    codes.append(129)
    let place = [0, 0, width, height].flatMap(little16)
    return [0x2C] + place + [0, 7, UInt8(codes.count)] + codes + [0]
  }

  /// A grey picture in one strip, with a note of how to turn it.
  static func tiff(orientation: Int = 1) -> [UInt8] {
    let entries = [
      (256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (274, orientation),
      (277, 1), (278, height), (279, samples.count),
    ]
    let header = Array("II".utf8) + little16(42) + little32(8 + samples.count)
    let directory = entries.flatMap { tag, value in
      little16(tag) + little16(4) + little32(1) + little32(value)
    }
    return header + samples + little16(entries.count) + directory + little32(0)
  }
}

@Suite struct PixbufReaderTests {
  private static func isRead(_ kind: PixbufReader.Kind) -> Bool {
    PixbufReader.installed?.kinds.contains(kind) == true
  }

  @Test(
    .enabled(
      if: isRead(.bmp) && isRead(.gif) && isRead(.tiff), "gdk-pixbuf is not installed"),
    arguments: [PixbufSamples.bmp, PixbufSamples.gif, PixbufSamples.tiff()])
  func `the samples of a file are those that were written`(bytes: [UInt8]) throws {
    let grey = try PictureReader.picture(bytes, channels: 1, name: "p")
    #expect((grey.height, grey.width) == (PixbufSamples.height, PixbufSamples.width))
    #expect(grey.samples == PixbufSamples.samples)
    let colour = try PictureReader.picture(bytes, channels: 3, name: "p")
    #expect(colour.samples == PixbufSamples.samples.flatMap { [$0, $0, $0] })
  }

  @Test(.enabled(if: isRead(.tiff), "gdk-pixbuf is not installed"))
  func `a note of orientation is followed`() throws {
    let turned = try PictureReader.picture(
      PixbufSamples.tiff(orientation: 6), channels: 1, name: "p")
    #expect((turned.height, turned.width) == (PixbufSamples.width, PixbufSamples.height))
    #expect(turned.samples[0] == PixbufSamples.grey(PixbufSamples.height - 1, 0))
  }

  @Test func `a file that is no picture, or cannot be read here, is told`() {
    for (text, kind) in [
      ("GIF89a", PixbufReader.Kind.gif), ("RIFF1234WEBPVP8 ", .webp), ("II*\0", .tiff),
      ("BM", .bmp),
    ] {
      let error = #expect(throws: ReadError.self) {
        try PictureReader.picture(Array(text.utf8), channels: 3, name: "p")
      }
      let says =
        Self.isRead(kind)
        ? "damaged or cut short" : "in \(kind.title), which is read where \(kind.package)"
      #expect(error?.description.contains(says) == true, "\(String(describing: error))")
    }
  }

  @Test(.enabled(if: isRead(.bmp), "gdk-pixbuf is not installed"))
  func `an extent that a file merely claims is refused`() {
    var huge = PixbufSamples.bmp
    huge.replaceSubrange(18..<26, with: little32(60_000) + little32(60_000))
    let error = #expect(throws: ReadError.self) {
      try PictureReader.picture(huge, channels: 1, name: "p")
    }
    #expect(error?.problem.contains("60000x60000") == true, "\(String(describing: error))")
  }
}
