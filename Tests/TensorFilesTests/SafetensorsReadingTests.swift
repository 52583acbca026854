import Foundation
import Runs
import TensorFiles
import Tensors
import TestMaterial
import Testing

@Suite struct SafetensorsReadingTests {
  @Test(arguments: MalformedSafetensors.all)
  func `each malformed kind meets its own error`(_ row: MalformedSafetensors) {
    let error = #expect(throws: SafetensorsError.self) {
      try Safetensors.decode(row.bytes, file: "weights.safetensors")
    }
    #expect(error?.kind == row.kind)
    #expect(error?.exitStatus == .badData)
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(row.text))
    #expect(text.hasPrefix("weights.safetensors ") && !text.contains("\n"))
  }

  @Test func `no malformed kind is left out, and no two share a text`() {
    #expect(Set(MalformedSafetensors.all.map(\.number)) == Set(1...51))
    for row in MalformedSafetensors.all {
      let others = MalformedSafetensors.all.filter { $0.number != row.number }
      for other in others {
        let error = #expect(throws: SafetensorsError.self) {
          try Safetensors.decode(other.bytes, file: "f")
        }
        #expect(!"\(error, default: "")".contains(row.text))
      }
    }
  }

  @Test(arguments: MalformedSafetensors.all)
  func `files and memory are read alike`(_ row: MalformedSafetensors) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "weights.safetensors")
    try Data(row.bytes).write(to: url)
    let error = #expect(throws: SafetensorsError.self) { try Safetensors.read(url) }
    #expect(error?.kind == row.kind)
  }

  @Test(arguments: [
    "{\(entry("a", "[1]", 0, 4))}\n\t ", "{ \"__metadata__\" : null , \(entry("a", "[1]", 0, 4))}",
    "{\"a\":{\"dtype\":\"F32\",\"note\":[{\"x\":-1.5e+3},null,true],\"shape\":[1],\"data_offsets\":[0,4]}}",
    "{\(entry("", "[1]", 0, 4))}", "{\(entry("a", "[]", 0, 4))}",
    "{\(entry("a", "[1]", 0, 4)),\(entry("b", "[3,0]", 4, 4)),\(entry("c", "[0]", 0, 0))}",
    "{\(entry("\\u00e9\\ud83d\\ude00", "[1]", 0, 4))}",
  ])
  func `harmless oddities are read`(_ header: String) throws {
    let file = try Safetensors.decode(safetensors(header, data: 4), file: "odd")
    let name = try #require(file.names.first { $0 != "c" })
    #expect(try file.value(name).floats == [0])
  }

  @Test(arguments: [
    (" {\(entry("a", "[1]", 0, 4))}", "byte 0x20"),
    ("{\"a\":[\"F32\",[1],[0,4]]}", "tensor `a` is an array"),
    (
      "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"},\(entry("a", "[1]", 0, 4))}",
      "`k` is there twice"
    ),
    ("{\(entry("a", "[1]", 0, 4)),\(entry("a", "[1]", 0, 4))}", "`a` is there twice"),
    (
      "{\(entry("a", "[\(String(repeating: "1,", count: 32))1]", 0, 4))}", "more than 32 dimensions"
    ),
    ("{\(entry(String(repeating: "x", count: 1025), "[1]", 0, 4))}", "longer than 1024 bytes"),
  ])
  func `what others tolerate and could mean two things is refused`(_ header: String, _ text: String)
  {
    let error = #expect(throws: SafetensorsError.self) {
      try Safetensors.decode(safetensors(header, data: 4), file: "odd")
    }
    #expect("\(error, default: "")".contains(text))
  }

  @Test func `a truth value is 0 or 1`() throws {
    let header = "{\(entry("a", "[4]", 0, 4, type: "BOOL"))}"
    var bytes = safetensors(header, data: 4)
    bytes[bytes.count - 2] = 1
    #expect(try Safetensors.decode(bytes, file: "masks").value("a").floats == [0, 0, 1, 0])
    bytes[bytes.count - 1] = 2
    let error = #expect(throws: SafetensorsError.self) {
      try Safetensors.decode(bytes, file: "masks")
    }
    #expect(error?.kind == .invalidBoolean)
  }

  @Test func `a shape that would overflow later arithmetic is not made a value`() throws {
    let header = "{\(entry("a", "[0,4611686018427387904,4611686018427387904]", 0, 0))}"
    let file = try Safetensors.decode(safetensors(header, data: 0), file: "empty")
    #expect(file.tensors.count == 1)
    #expect(throws: SafetensorsError.self) { try file.value("a") }
  }

  @Test func `a tensor that is not there is named with the nearest that is`() throws {
    let header = "{\(entry("block1.weight", "[1]", 0, 4))}"
    let file = try Safetensors.decode(safetensors(header, data: 4), file: "model.safetensors")
    let error = #expect(throws: SafetensorsError.self) { try file.value("block1.wieght") }
    #expect("\(error, default: "")".contains("did you mean 'block1.weight'?"))
  }

  @Test(arguments: [
    ("absent.safetensors", Runs.ExitStatus.missingInput), ("", .inputOutput),
  ])
  func `what cannot be opened has its own exit code`(_ name: String, _ status: Runs.ExitStatus)
    throws
  {
    let folder = try TemporaryFolder()
    let error = #expect(throws: SafetensorsError.self) {
      try Safetensors.read(folder.url.appending(path: name))
    }
    #expect(error?.exitStatus == status)
  }
}
