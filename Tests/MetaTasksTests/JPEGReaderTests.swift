import Foundation
import MetaTasks
import Testing

/// Small JPEG files: 16x16 pixels in four squares of red and green at 250 or 10 and 240 or 20, blue
/// 30.
enum JPEGSamples {
  static let baseline = decoded(
    """
    /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsL\
    EBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU\
    FBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAAQABADAREAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcI\
    CQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRol\
    JicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ip\
    qrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAA\
    AAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLR\
    ChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaX\
    mJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEA\
    PwD7zr/OI+7Pj+v20/y/Pmev1U/6NT4/r9uP8vz/2Q==
    """)
  static let progressive = decoded(
    """
    /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsL\
    EBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU\
    FBQUFBQUFBQUFBQUFBQUFBQUFBT/wgARCAAQABADAREAAhEBAxEB/8QAFAABAAAAAAAAAAAAAAAAAAAAB//EABcBAAMB\
    AAAAAAAAAAAAAAAAAAUGCAn/2gAMAwEAAhADEAAAAXmcDo+7y+ZtWjY+7y//AP/EABQQAQAAAAAAAAAAAAAAAAAAACD/\
    2gAIAQEAAQUCH//EABQRAQAAAAAAAAAAAAAAAAAAACD/2gAIAQMBAT8BH//EABQRAQAAAAAAAAAAAAAAAAAAACD/2gAI\
    AQIBAT8BH//EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEABj8CH//EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEA\
    AT8hH//aAAwDAQACAAMAAAAQ92//xAAUEQEAAAAAAAAAAAAAAAAAAAAg/9oACAEDAQE/EB//xAAUEQEAAAAAAAAAAAAA\
    AAAAAAAg/9oACAECAQE/EB//xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9oACAEBAAE/EB//2Q==
    """)
  /// The first as a phone stores it that lies on its side, with bytes that belong to nothing.
  static let lying: [UInt8] = {
    let exif =
      Array("Exif\0\0II*\0".utf8) + [8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]
    let segment: [UInt8] = [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif + [7, 7]
    return Array(baseline[..<2]) + segment + Array(baseline[2...])
  }()

  /// The same squares in the inks of print, as paper that shows through: cyan 250 or 10, magenta 240
  /// or 20, yellow 30, black 255 or 128.
  static let printColours = decoded(
    """
    /9j/7gAOQWRvYmUAZAAAAAAC/9sAQwAFAwQEBAMFBAQEBQUFBgcMCAcHBwcPCwsJDBEPEhIRDxERExYcFxMUGhURERghGBod\
    HR8fHxMXIiQiHiQcHh8e/9sAQwEFBQUHBgcOCAgOHhQRFB4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4e\
    Hh4eHh4eHh4eHh4e/8AAFAgAEAAQBAERAAIRAQMRAQQRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQ\
    AAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5\
    OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TF\
    xsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/EAB8BAAMBAQEBAQEBAQEAAAAAAAABAgMEBQYHCAkKC//EALUR\
    AAIBAgQEAwQHBQQEAAECdwABAgMRBAUhMQYSQVEHYXETIjKBCBRCkaGxwQkjM1LwFWJy0QoWJDThJfEXGBkaJicoKSo1Njc4\
    OTpDREVGR0hJSlNUVVZXWFlaY2RlZmdoaWpzdHV2d3h5eoKDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLD\
    xMXGx8jJytLT1NXW19jZ2uLj5OXm5+jp6vLz9PX29/j5+v/aAA4EAQACEQMRBAAAPwD5sr+qz5w+y69zr8+P7APjSvW6+LP8\
    rD7Lr3Ovz4/sA+NK/9k=
    """)

  private static func decoded(_ text: String) -> [UInt8] {
    Array(Data(base64Encoded: text) ?? Data())
  }
}

@Suite struct JPEGReaderTests {
  @Test(arguments: [JPEGSamples.baseline, JPEGSamples.progressive])
  func `baseline and progressive files become colour or grey`(bytes: [UInt8]) throws {
    let colour = try JPEGReader.picture(bytes, channels: 3, name: "p.jpg")
    #expect(colour.height == 16 && colour.width == 16 && colour.channels == 3)
    for (row, column, expected) in [
      (2, 2, [250, 240, 30]), (13, 3, [250, 20, 30]), (12, 13, [10, 20, 30]),
    ] {
      let first = (row * 16 + column) * 3
      for channel in 0..<3 {
        #expect(abs(Int(colour.samples[first + channel]) - expected[channel]) <= 10)
      }
    }
    let grey = try JPEGReader.picture(bytes, channels: 1, name: "p.jpg")
    #expect(abs(Int(grey.samples[2 * 16 + 2]) - 219) <= 10)
    #expect(try PictureReader.picture(bytes, channels: 1, name: "p.jpg") == grey)
  }

  @Test func `what is wrong with a file is told`() throws {
    let good = JPEGSamples.baseline
    let frame = try #require(
      (0..<good.count - 1).first { good[$0] == 0xFF && good[$0 + 1] == 0xC0 })
    var huge = good
    huge.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
    var wide = good
    wide.replaceSubrange(frame + 5..<frame + 9, with: [0x1F, 0x40, 0x1F, 0x40])
    let cases: [([UInt8], String)] = [
      (Array(good.prefix(2)), "not a JPEG"), (Array(good.prefix(40)), "cut short"),
      (Array(good.dropLast(20)), "cut short"), (huge, "65500x65500"), (wide, "do not fit"),
      (Array(JPEGSamples.progressive.dropLast(60)), "cut short"), ([], "not a JPEG"),
    ]
    for (bytes, part) in cases {
      let error = #expect(throws: ReadError.self) {
        try JPEGReader.picture(bytes, channels: 3, name: "p.jpg")
      }
      #expect(error?.problem.contains(part) == true, "\(String(describing: error)) \(part)")
    }
    for (text, part) in [
      ("\0\0\0\u{18}ftypheic", "in HEIC, which is not read; convert it to PNG or JPEG"),
      ("\0\0\0\u{18}ftypavif", "in AVIF"), ("hello", "not a picture in PNG or JPEG"),
    ] {
      let error = #expect(throws: ReadError.self) {
        try PictureReader.picture(Array(text.utf8), channels: 3, name: "p")
      }
      #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    }
  }

  @Test func `inks of print become colours of light`() throws {
    let picture = try JPEGReader.picture(JPEGSamples.printColours, channels: 3, name: "p.jpg")
    let grey = try JPEGReader.picture(JPEGSamples.printColours, channels: 1, name: "p.jpg")
    #expect((picture.height, picture.width) == (16, 16))
    for (row, column, expected) in [
      (2, 2, [250, 240, 30]), (13, 3, [250, 20, 30]), (12, 13, [5, 10, 15]),
    ] {
      for channel in 0..<3 {
        let sample = Int(picture.samples[(row * 16 + column) * 3 + channel])
        #expect(abs(sample - expected[channel]) <= 8)
      }
    }
    for pixel in 0..<256 {
      let (red, green, blue) = (
        Int(picture.samples[3 * pixel]), Int(picture.samples[3 * pixel + 1]),
        Int(picture.samples[3 * pixel + 2])
      )
      #expect(
        abs(Int(grey.samples[pixel]) - (299 * red + 587 * green + 114 * blue) / 1000) <= 1)
    }
  }

  @Test(arguments: [JPEGSamples.baseline, JPEGSamples.progressive])
  func `faults that no sample suffers from are passed over and told`(bytes: [UInt8]) throws {
    let whole = try JPEGReader.picture(bytes, channels: 3, name: "p.jpg")
    var stray = bytes
    stray.insert(contentsOf: [1, 2, 3], at: 20)
    for faulty in [stray, Array(bytes.dropLast(2)), stray.dropLast(1)] {
      var remarks: [String] = []
      let read = try JPEGReader.picture(
        faulty, channels: 3, name: "p.jpg", remark: { remarks.append($0) })
      #expect(read == whole)
      #expect(remarks.count == 1)
    }
    #expect(
      try JPEGReader.picture(bytes, channels: 3, name: "p", remark: { _ in Issue.record() })
        == whole)
  }

  @Test(arguments: 1...8)
  func `what a camera notes turns a picture upright`(_ orientation: Int) throws {
    // Stored pixels 1 to 6 in two rows of three, as EXIF says people are to see them.
    let upright = [
      [[1, 2, 3], [4, 5, 6]], [[3, 2, 1], [6, 5, 4]], [[6, 5, 4], [3, 2, 1]],
      [[4, 5, 6], [1, 2, 3]], [[1, 4], [2, 5], [3, 6]], [[4, 1], [5, 2], [6, 3]],
      [[6, 3], [5, 2], [4, 1]], [[3, 6], [2, 5], [1, 4]],
    ][orientation - 1]
    for isLittleEndian in [true, false] {
      func number(_ value: Int, _ count: Int) -> [UInt8] {
        let bytes = (0..<count).map { UInt8(value >> (8 * $0) & 255) }
        return isLittleEndian ? bytes : bytes.reversed()
      }
      let exif =
        Array((isLittleEndian ? "II" : "MM").utf8) + number(42, 2) + number(8, 4) + number(1, 2)
        + number(0x0112, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + [0, 0]
      let png = pngFile(
        width: 3, height: 2, depth: 8, colourType: 0, rows: [[1, 2, 3], [4, 5, 6]],
        extra: [Array("eXIf".utf8) + exif])
      let picture = try PictureReader.picture(png, channels: 1, name: "p.png")
      #expect(picture.samples == upright.flatMap { $0.map(UInt8.init) })
      #expect((picture.height, picture.width) == (upright.count, upright[0].count))
      let content = Array("Exif\0\0".utf8) + exif
      var jpeg = JPEGSamples.baseline
      jpeg.insert(
        contentsOf: [0xFF, 0xE1, 0, UInt8(content.count + 2)] + content, at: 2)
      let turned = try JPEGReader.picture(jpeg, channels: 1, name: "p.jpg")
      let stored = try JPEGReader.picture(JPEGSamples.baseline, channels: 1, name: "p.jpg")
      // The corners say which way it was turned.
      func corners(_ picture: Picture) -> [[UInt8]] {
        [[picture.samples[0], picture.samples[15]], [picture.samples[240], picture.samples[255]]]
      }
      let (before, after) = (corners(stored), corners(turned))
      let expected = [
        before, before.map { $0.reversed() }, before.reversed().map { $0.reversed() },
        before.reversed(), [[before[0][0], before[1][0]], [before[0][1], before[1][1]]],
        [[before[1][0], before[0][0]], [before[1][1], before[0][1]]],
        [[before[1][1], before[0][1]], [before[1][0], before[0][0]]],
        [[before[0][1], before[1][1]], [before[0][0], before[1][0]]],
      ][orientation - 1]
      #expect(after == expected)
    }
  }

  @Test func `a picture that is far too large is decoded at a part of its size`() throws {
    let bytes = JPEGSamples.baseline
    let extents = [1, 2, 3, 4, 8, 9].map { PictureExtent(height: $0, width: 1) }
    let heights = try extents.map {
      try JPEGReader.picture(bytes, channels: 3, fitting: $0, name: "p.jpg").height
    }
    #expect(heights == [2, 4, 8, 8, 16, 16])
    let small = try JPEGReader.picture(
      bytes, channels: 1, fitting: PictureExtent(height: 2, width: 2), name: "p.jpg")
    #expect(abs(Int(small.samples[0]) - 219) <= 12)
  }
}
