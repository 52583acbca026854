import Foundation
import MetaTasks
import Testing

@Suite struct PNGReaderTests {
  private func read(_ bytes: [UInt8], channels: Int = 1) throws -> Picture {
    try PNGReader.picture(bytes, channels: channels, name: "p.png")
  }

  @Test func `one bit, grey, colour, palette, alpha and 16 bits all become 8 bits`() throws {
    let bits = try read(
      pngFile(width: 10, height: 2, depth: 1, colourType: 0, rows: [[0b1010_1010, 0xFF], [0, 0]]))
    #expect(
      bits.samples == [255, 0, 255, 0, 255, 0, 255, 0, 255, 255] + Array(repeating: 0, count: 10))
    let grey = try read(pngFile(width: 3, height: 1, depth: 8, colourType: 0, rows: [[1, 2, 250]]))
    #expect(grey.samples == [1, 2, 250])
    #expect(grey.height == 1 && grey.width == 3 && grey.channels == 1)
    let greyAsColour = try read(
      pngFile(width: 2, height: 1, depth: 8, colourType: 0, rows: [[9, 8]]), channels: 3)
    #expect(greyAsColour.samples == [9, 9, 9, 8, 8, 8])
    let colour = pngFile(width: 2, height: 1, depth: 8, colourType: 2, rows: [[1, 2, 3, 7, 7, 7]])
    #expect(try read(colour, channels: 3).samples == [1, 2, 3, 7, 7, 7])
    #expect(try read(colour).samples.last == 7)
    let palette = pngFile(
      width: 4, height: 1, depth: 2, colourType: 3, rows: [[0b00_01_10_00]],
      extra: [Array("PLTE".utf8) + [1, 2, 3, 40, 50, 60, 255, 0, 0]])
    #expect(try read(palette, channels: 3).samples == [1, 2, 3, 40, 50, 60, 255, 0, 0, 1, 2, 3])
    let alpha = pngFile(
      width: 2, height: 1, depth: 8, colourType: 6, rows: [[9, 8, 7, 255, 9, 8, 7, 0]])
    #expect(try read(alpha, channels: 3).samples == [9, 8, 7, 255, 255, 255])
    let deep = pngFile(
      width: 3, height: 1, depth: 16, colourType: 0, rows: [[0, 0, 100, 100, 255, 255]])
    #expect(try read(deep).samples == [0, 100, 255])
    let deepColour = pngFile(
      width: 1, height: 1, depth: 16, colourType: 2, rows: [[10, 10, 100, 100, 200, 200]])
    #expect(try read(deepColour, channels: 3).samples == [10, 100, 200])
  }

  @Test func `all that is wrong with a picture is told`() throws {
    let good = pngFile(
      width: 9, height: 9, depth: 8, colourType: 0, rows: Array(repeating: Array(1...9), count: 9))
    #expect(throws: Never.self) { try read(good) }
    var huge = good
    huge.replaceSubrange(16..<24, with: big32(100_000) + big32(100_000))
    var wide = good
    wide.replaceSubrange(16..<24, with: big32(8000) + big32(8000))
    var flipped = good
    flipped[50] ^= 1
    let cases: [([UInt8], String)] = [
      ([], "not a PNG"), (Array("GIF89a".utf8), "not a PNG"), (Array(good.prefix(20)), "cut short"),
      (Array(good.prefix(60)), "cut short"), (huge, "100000x100000"), (wide, "do not fit"),
      (flipped, "damaged"),
      (pngFile(width: 0, height: 9, depth: 8, colourType: 0, rows: []), "0x9"),
    ]
    for (bytes, part) in cases {
      let error = #expect(throws: ReadError.self) { try read(bytes) }
      #expect(error?.description.contains(part) == true, "\(String(describing: error)) \(part)")
      #expect(error?.description.hasPrefix("p.png: ") == true)
    }
  }
}

@Suite struct PictureScalingTests {
  /// The mean of a continuous picture over a rectangle, in floating point.
  private func mean(_ picture: Picture, _ row: Int, _ column: Int, _ height: Int, _ width: Int)
    -> Double
  {
    var sum = 0.0
    let (down, across) = (
      Double(picture.height) / Double(height), Double(picture.width) / Double(width)
    )
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        let rows = min(Double(y + 1), Double(row + 1) * down) - max(Double(y), Double(row) * down)
        let columns =
          min(Double(x + 1), Double(column + 1) * across) - max(Double(x), Double(column) * across)
        if rows > 0, columns > 0 {
          sum += rows * columns * Double(picture.samples[y * picture.width + x])
        }
      }
    }
    return sum / down / across
  }

  @Test(arguments: [(15, 15, 4, 4), (105, 105, 28, 28), (9, 14, 3, 5), (7, 7, 7, 2), (5, 6, 1, 1)])
  func `a smaller picture holds the means of areas`(from: (Int, Int, Int, Int)) {
    let (height, width, newHeight, newWidth) = from
    let samples = (0..<height * width).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
    let picture = Picture(height: height, width: width, channels: 1, samples: samples)
    let scaled = picture.scaled(height: newHeight, width: newWidth)
    for row in 0..<newHeight {
      for column in 0..<newWidth {
        let expected = mean(picture, row, column, newHeight, newWidth)
        let found = Double(scaled.samples[row * newWidth + column])
        #expect(abs(found - expected) <= 0.5 + 1e-9)
      }
    }
  }

  @Test func `a larger picture is interpolated and keeps its channels apart`() {
    let picture = Picture(height: 1, width: 2, channels: 3, samples: [0, 100, 7, 200, 100, 9])
    let scaled = picture.scaled(height: 2, width: 4)
    let row: [UInt8] = [0, 100, 7, 50, 100, 8, 150, 100, 9, 200, 100, 9]
    #expect(scaled.samples == row + row)
    #expect(picture.scaled(height: 1, width: 2) == picture)
    let flat = Picture(height: 2, width: 2, channels: 1, samples: [77, 77, 77, 77])
    #expect(flat.scaled(height: 31, width: 5).samples.allSatisfy { $0 == 77 })
  }
}
