import TestMaterial
import Foundation
import MetaTasks
import Tensors
import Testing

@Suite struct IDXReaderTests {
  private func idx(_ dimensions: [Int], _ elements: [UInt8], type: UInt8 = 8) -> [UInt8] {
    [0, 0, type, UInt8(dimensions.count)] + dimensions.flatMap(big32) + elements
  }

  @Test func `arrays are read plain and compressed`() throws {
    let folder = try TemporaryFolder()
    let bytes = idx([2, 3], [1, 2, 3, 4, 5, 6])
    for (name, content) in [("plain", bytes), ("a.gz", deflated(bytes, windowBits: 31))] {
      let contents = try IDXReader.contents(of: try folder.write(content, to: name))
      #expect(contents.dimensions == [2, 3] && contents.elements == [1, 2, 3, 4, 5, 6])
    }
  }

  @Test func `what is wrong with an array is told`() {
    let cases: [([UInt8], String)] = [
      ([], "not an idx"), ([1, 2, 3, 4], "not an idx"), ([0, 0, 8, 0], "not an idx"),
      (idx([1], [0, 0, 0, 0], type: 13), "unsigned bytes"), (idx([2, 3], [1]), "ask for 6"),
      (idx([2], [1, 2, 3]), "ask for 2"), ([0, 0, 8, 3, 0, 0], "cut short"),
      (idx([0], []), "cut short"),
      (idx(Array(repeating: 0xFFFF_FFFF, count: 3), []), "no file has"),
      (idx([60_000, 28, 28], []), "ask for 47040000"),
    ]
    for (bytes, part) in cases {
      let error = #expect(throws: ReadError.self) { try IDXReader.contents(in: bytes, name: "i") }
      #expect(error?.problem.contains(part) == true, "\(String(describing: error)) \(part)")
    }
  }

  @Test func `gzip members follow one another, and damage is told`() throws {
    let (one, two) = (deflated([1, 2], windowBits: 31), deflated([3], windowBits: 31))
    #expect(try GzipReader.bytes(in: one + two, name: "g") == [1, 2, 3])
    let zeros = deflated([UInt8](repeating: 0, count: 1 << 20), windowBits: 31)
    #expect(try GzipReader.bytes(in: zeros, name: "g", limit: 1 << 20).count == 1 << 20)
    var wrong = one
    wrong[wrong.count - 5] ^= 1
    for (bytes, limit) in [
      (Array(one.dropLast(3)), 100), (one + [7, 7, 7], 100), (zeros, 1 << 19), (wrong, 100),
      ([0x1F], 100), ([], 100),
    ] {
      #expect(throws: ReadError.self) { try GzipReader.bytes(in: bytes, name: "g", limit: limit) }
    }
  }

  @Test func `pairs of files become classes divided by digest`() throws {
    let folder = try TemporaryFolder()
    let labels = (0..<120).map { UInt8($0 % 12) }
    let pictures = (0..<120).flatMap { Array(repeating: UInt8($0), count: 12) }
    let testLabels = [UInt8](repeating: 3, count: 2)
    try folder.write(idx([120, 3, 4], pictures), to: "train-images-idx3-ubyte")
    try folder.write(idx([120], labels), to: "train-labels-idx1-ubyte")
    try folder.write(
      deflated(idx([2, 3, 4], Array(repeating: 200, count: 24)), windowBits: 31),
      to: "t10k-images-idx3-ubyte.gz")
    try folder.write(
      deflated(idx([2], testLabels), windowBits: 31), to: "t10k-labels-idx1-ubyte.gz")
    let sets = DataSets(folders: [folder.url], cache: DataCache(folder: folder.url))
    let set = try sets.load("idx")
    #expect(set.inputShape == [3, 4, 1])
    #expect(Split.allCases.map { set.count($0)?.classes } == [8, 2, 2])
    #expect(Split.allCases.compactMap { set.count($0)?.examples }.reduce(0, +) == 122)
    for split in Split.allCases {
      for category in set.pictureTasks(split)?.pictures.categories ?? [] {
        #expect(category.pictures.count == (category.name == "3" ? 12 : 10))
        for number in category.pictures {
          let sample = Int(set.pictureTasks(split)?.pictures.picture(number).first ?? 0)
          #expect(sample == 200 ? category.name == "3" : "\(sample % 12)" == category.name)
        }
      }
    }
    let scaled = try IDXPictures.load(from: folder.url, options: .init(size: 6))
    #expect(scaled.inputShape == [6, 6, 1])
  }

  @Test func `files that do not go together are told`() throws {
    let folder = try TemporaryFolder()
    let sets = DataSets(folders: [folder.url], cache: nil)
    #expect(throws: ReadError.self) { try sets.load("idx") }
    try folder.write(idx([2, 2, 2], Array(repeating: 1, count: 8)), to: "train-images-idx3-ubyte")
    let alone = #expect(throws: ReadError.self) { try sets.load("idx") }
    #expect(alone?.kind == .missing)
    try folder.write(idx([3], [1, 2, 3]), to: "train-labels-idx1-ubyte")
    let uneven = #expect(throws: ReadError.self) { try sets.load("idx") }
    #expect(uneven?.kind == .damaged)
  }
}
