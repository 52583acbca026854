import Foundation
import MetaTasks
import TestMaterial
import Tensors
import Testing

/// Files of every format with mistakes of every kind: a reader returns or throws, and takes no
/// memory that a file only claims to need.
@Suite struct ReaderFuzzTests {
  struct Format: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let samples: [[UInt8]]
    /// Reads mutated bytes; throws a `ReadError` where they are bad.
    let read: @Sendable ([UInt8]) throws -> Void
    /// Makes checksums right again, so that a mistake reaches what lies behind them.
    var repair: @Sendable ([UInt8]) -> [UInt8] = { $0 }
  }

  private static let rows: [[UInt8]] = (0..<24).map { row in
    (0..<30).map { column in UInt8(truncatingIfNeeded: row * 9 + column * 3) }
  }
  private static let grey = pngFile(width: 30, height: 24, depth: 8, colourType: 0, rows: rows)
  private static let colour = pngFile(width: 10, height: 24, depth: 8, colourType: 2, rows: rows)
  private static let palette = pngFile(
    width: 30, height: 24, depth: 8, colourType: 3, rows: rows,
    extra: [
      Array("PLTE".utf8) + (0..<768).map { UInt8($0 & 255) }, Array("tRNS".utf8) + [1, 2, 3],
    ])
  private static let deep = pngFile(width: 15, height: 24, depth: 16, colourType: 0, rows: rows)
  private static let bits = pngFile(width: 240, height: 24, depth: 1, colourType: 0, rows: rows)
  private static let archive = zipArchive([
    .init(name: "a/one.png", bytes: grey), .init(name: "a/two.txt", bytes: grey, isDeflated: true),
    .init(name: "b/", bytes: []), .init(name: "b/three", bytes: [1, 2, 3], isDeflated: true),
  ])
  private static let idx: [UInt8] =
    [0, 0, 8, 3] + big32(20) + big32(5) + big32(6) + (0..<600).map { UInt8($0 & 255) }

  private static let table = Array(
    "text,label\r\n\"what, now?\",\"a \"\"b\"\"\"\r\n\"two\nlines\",b\r\nplain,c\r\n".utf8)
  private static let queries = Array(
    #"{"train": [["what now", "a"], ["tea\u00e9 \n", "b"]], "val": [["x", "a"]], "oos_val": [["y", "oos"]], "test": [["z", "b"]]}"#
      .utf8)

  static let formats: [Format] =
    [
      Format(
        testDescription: "PNG", samples: [grey, colour, palette, deep, bits],
        read: {
          for channels in [1, 3] { _ = try PNGReader.picture($0, channels: channels, name: "f") }
        }, repair: repairedPNG),
      Format(
        testDescription: "JPEG",
        samples: [
          JPEGSamples.baseline, JPEGSamples.progressive, JPEGSamples.printColours,
          JPEGSamples.lying,
        ],
        read: {
          for channels in [1, 3] { _ = try JPEGReader.picture($0, channels: channels, name: "f") }
        }),
      Format(
        testDescription: "zip", samples: [archive],
        read: { bytes in
          let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "metalearn-fuzz-\(UUID().uuidString).zip")
          defer { try? FileManager.default.removeItem(at: file) }
          try Data(bytes).write(to: file)
          let archive = try ZipReader(file)
          for member in archive.members { _ = try? archive.bytes(of: member) }
          for member in archive.members { _ = try archive.bytes(of: member) }
        }),
      Format(
        testDescription: "gzip",
        samples: [deflated(idx, windowBits: 31), deflated([], windowBits: 31)],
        read: { _ = try GzipReader.bytes(in: $0, name: "f") }),
      Format(
        testDescription: "idx", samples: [idx],
        read: { _ = try IDXReader.contents(in: $0, name: "f") }),
      Format(
        testDescription: "CSV", samples: [table, Array("query\tintent\na b\tc\nd\te\n".utf8)],
        read: { _ = try TextClassFiles.classes(inTable: $0, name: "f") }),
      Format(
        testDescription: "queries of CLINC150", samples: [queries],
        read: { _ = try CLINC150.intents(in: $0, name: "f") }),
    ] + PixbufReader.Kind.allCases.compactMap(pixbufFormat)

  /// A kind of picture that gdk-pixbuf reads here.
  private static func pixbufFormat(_ kind: PixbufReader.Kind) -> Format? {
    let samples: [PixbufReader.Kind: [UInt8]] = [
      .bmp: PixbufSamples.bmp, .gif: PixbufSamples.gif, .tiff: PixbufSamples.tiff(),
    ]
    guard let reader = PixbufReader.installed, reader.kinds.contains(kind),
      let sample = samples[kind]
    else { return nil }
    return Format(
      testDescription: kind.title, samples: [sample],
      read: { _ = try reader.picture($0, kind, channels: 3, name: "f") })
  }

  @Test(arguments: formats)
  func `a file with mistakes is read or refused`(format: Format) {
    let before = peakMemory()
    var refused = 0
    let rounds = fuzzRounds(usually: 1200) / format.samples.count
    for (position, sample) in format.samples.enumerated() {
      #expect((try? format.read(sample)) != nil || format.testDescription == "JPEG")
      for round in 0..<rounds {
        var numbers = RandomNumbers(RandomKey(seed: 11).folded(position).folded(round))
        var bytes = Self.mutated(sample, &numbers)
        if numbers.integer(below: 2) == 0 { bytes = format.repair(bytes) }
        do { try format.read(bytes) } catch {
          refused += 1
          #expect(error is ReadError, "\(error)")
          #expect(!"\(error)".contains("\n"))
        }
      }
    }
    #expect(refused > rounds * format.samples.count / 4)
    #expect(peakMemory() - before < 1 << 29)
  }

  @Test(arguments: formats)
  func `a file cut at any place is refused`(format: Format) {
    for sample in format.samples {
      for length in stride(from: 0, to: sample.count, by: 1 + sample.count / 200) {
        let isRead = (try? format.read(Array(sample.prefix(length)))) != nil
        // Only the mark at its end may be missing from a picture, only a line from a table.
        let spared = format.testDescription == "CSV" ? sample.count : 16
        #expect(!isRead || length > sample.count - spared)
      }
    }
  }

  @Test func `extents that a header merely claims take no memory`() {
    let before = peakMemory()
    for (width, height) in [
      (100_000, 100_000), (8000, 8000), (64_000_000, 1), (1, 64_000_000),
      (0xFFFF_FFFF, 0xFFFF_FFFF),
      (0x7FFF_FFFF, 2),
    ] {
      for sample in [Self.grey, Self.bits, Self.deep] {
        var bytes = sample
        bytes.replaceSubrange(16..<24, with: big32(width) + big32(height))
        #expect(throws: ReadError.self) {
          try PNGReader.picture(Self.repairedPNG(bytes), channels: 3, name: "f")
        }
      }
    }
    var idx = Self.idx
    idx.replaceSubrange(4..<16, with: big32(0x7FFF_FFFF) + big32(2) + big32(2))
    #expect(throws: ReadError.self) { try IDXReader.contents(in: idx, name: "f") }
    #expect(peakMemory() - before < 1 << 29)
  }

  /// The most memory that this process has had, in bytes.
  private func peakMemory() -> Int {
    var usage = rusage()
    #if canImport(Darwin)
      unsafe getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #else
      unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #endif
  }

  /// One to three mistakes: flipped bits, changed bytes, numbers out of range, bytes put in, left
  /// out, repeated or cut off.
  private static func mutated(_ sample: [UInt8], _ numbers: inout RandomNumbers) -> [UInt8] {
    var bytes = sample
    for _ in 0...numbers.integer(below: 3) {
      guard bytes.count > 8 else { break }
      // Headers and directories lie at the ends.
      let reach = numbers.integer(below: 2) == 0 ? bytes.count : min(bytes.count, 64)
      let offset = numbers.integer(below: reach)
      let position = numbers.integer(below: 3) == 0 ? bytes.count - 1 - offset : offset
      let end = min(bytes.count, position + 1 + numbers.integer(below: 16))
      switch numbers.integer(below: 7) {
      case 0: bytes[position] ^= 1 << UInt8(numbers.integer(below: 8))
      case 1: bytes[position] = UInt8(numbers.integer(below: 256))
      case 2:
        let claims = [0xFFFF_FFFF, 0x7FFF_FFFF, 100_000, 0, 1, 65_535, 1 << 30]
        let claim = claims[numbers.integer(below: claims.count)]
        let field = numbers.integer(below: 2) == 0 ? little32(claim) : big32(claim)
        let start = min(position, bytes.count - 4)
        bytes.replaceSubrange(start..<start + 4, with: field)
      case 3: bytes.insert(contentsOf: bytes[position..<end], at: position)
      case 4: bytes.removeSubrange(position..<end)
      case 5:
        let added = (0..<1 + numbers.integer(below: 20)).map { _ in
          UInt8(numbers.integer(below: 256))
        }
        bytes.insert(contentsOf: added, at: position)
      default: bytes.removeSubrange(position...)
      }
    }
    return bytes
  }

  /// The chunks of a PNG file with their checksums made right.
  @Sendable private static func repairedPNG(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var position = 8
    while position + 12 <= bytes.count {
      let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - position - 12 else { break }
      let end = position + 8 + length
      bytes.replaceSubrange(end..<end + 4, with: big32(checksum(Array(bytes[position + 4..<end]))))
      position = end + 4
    }
    return bytes
  }
}
