import Foundation
import TensorFiles
import Tensors
import TestMaterial
import Testing

@Suite struct SafetensorsWritingTests {
  @Test func `the bytes are those of the format`() throws {
    let bytes = try Safetensors.encode(
      [
        ("b", TensorValue([1, 2] as [UInt8], shape: [2])), ("a/é", TensorValue(1)),
        ("a", TensorValue([-1] as [Int32], shape: [1, 1])),
        ("Z", TensorValue([0.5] as [Float], shape: [1])),
      ], metadata: ["z": "line\n\u{1}", "a": "\"\\/"], file: "f")
    let header =
      #"{"__metadata__":{"a":"\"\\/","z":"line\n\u0001"},"#
      + #""Z":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
      + #""a/é":{"dtype":"F32","shape":[],"data_offsets":[4,8]},"#
      + #""a":{"dtype":"I32","shape":[1,1],"data_offsets":[8,12]},"#
      + #""b":{"dtype":"U8","shape":[2],"data_offsets":[12,14]}}"#
    let padding = (8 - header.utf8.count % 8) % 8
    let expected =
      safetensors(header + String(repeating: " ", count: padding), data: 0)
      + [0, 0, 0, 0x3F, 0, 0, 0x80, 0x3F, 255, 255, 255, 255, 1, 2]
    #expect(bytes == expected)
  }

  @Test func `the order given does not show in the bytes`() throws {
    var random = Counter(seed: 5)
    let tensors = randomTensors(&random)
    let bytes = try Safetensors.encode(tensors, file: "f")
    for _ in 0..<5 {
      #expect(try Safetensors.encode(tensors.shuffled(using: &random), file: "f") == bytes)
    }
  }

  @Test(arguments: 0..<200)
  func `what is written is read back`(_ seed: UInt64) throws {
    var random = Counter(seed: seed)
    let tensors = randomTensors(&random)
    let metadata = Dictionary(
      (0..<Int.random(in: 0...3, using: &random)).map { _ in
        (randomText(&random), randomText(&random))
      }, uniquingKeysWith: { first, _ in first })
    let bytes = try Safetensors.encode(tensors, metadata: metadata, file: "f")
    let file = try Safetensors.decode(bytes, file: "f")
    #expect(file.metadata == metadata)
    #expect(file.tensors.count == tensors.count)
    for (name, value) in tensors { #expect(try file.value(name) == value) }
    for tensor in file.tensors where tensor.elementType.bitCount == 32 {
      #expect(tensor.bytes.startIndex % 4 == 0)
    }
  }

  @Test func `a file is written whole and replaces the one before`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "model.safetensors")
    for number in [Float(1), 2] {
      try Safetensors.write([("a", TensorValue(number))], metadata: ["k": "v"], to: url)
      #expect(try Safetensors.read(url).value("a").scalar == number)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 1)
    }
  }

  @Test(arguments: [["__metadata__"], ["a", "a"], [String(repeating: "n", count: 1025)]])
  func `names that cannot stand in a file are refused`(_ names: [String]) {
    let error = #expect(throws: SafetensorsError.self) {
      try Safetensors.encode(names.map { ($0, TensorValue(0)) }, file: "f")
    }
    #expect(error?.kind == .invalidTensorName)
  }

  @Test func `mutated files are read or refused, never worse`() throws {
    var random = Counter(seed: 11)
    var accepted = 0
    let rounds = fuzzRounds(usually: 4000)
    for round in 0..<rounds {
      var bytes: [UInt8]
      if round % 2 == 0 {
        bytes = try Safetensors.encode(randomTensors(&random), metadata: ["k": "v"], file: "f")
      } else {
        bytes = try #require(MalformedSafetensors.all.randomElement(using: &random)).bytes
      }
      mutate(&bytes, &random)
      do throws(SafetensorsError) {
        let file = try Safetensors.decode(bytes, file: "f")
        accepted += 1
        for name in file.names {
          _ = try? file.value(name)
          _ = try? file.doubles(name)
        }
      } catch {
        #expect(!"\(error)".contains { $0.isNewline })
      }
    }
    #expect((rounds / 200..<rounds * 39 / 40).contains(accepted))
  }
}

/// Up to six tensors of random shapes, element types and bit patterns other than NaN.
private func randomTensors(_ random: inout Counter) -> [(String, TensorValue)] {
  (0..<Int.random(in: 0...6, using: &random)).map { position in
    let shape = Shape(
      (0..<Int.random(in: 0...4, using: &random)).map { _ in Int.random(in: 0...4, using: &random) }
    )
    let bits = (0..<shape.elementCount).map { _ in UInt32.random(in: 0 ... .max, using: &random) }
    let value =
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        TensorValue(
          bits.map { Float(bitPattern: $0) }.map { $0.isNaN ? -0.0 : $0 }, shape: shape)
      case 1: TensorValue(bits.map { Int32(bitPattern: $0) }, shape: shape)
      case 2: TensorValue(bits, shape: shape)
      default: TensorValue(bits.map { UInt8(truncatingIfNeeded: $0) }, shape: shape)
      }
    return ("\(position)\(randomText(&random))", value)
  }
}

private func randomText(_ random: inout Counter) -> String {
  let scalars: [Unicode.Scalar] = [
    "a", "é", "\"", "\\", "\n", "\u{0}", "\u{1F}", "😀", "/", "\u{7F}",
  ]
  let text = (0..<Int.random(in: 0...8, using: &random)).compactMap { _ in
    scalars.randomElement(using: &random)
  }
  return String(String.UnicodeScalarView(text))
}
