import TensorFiles
import Tensors
import Testing

@Suite struct NumPyFileTests {
  /// A file as NumPy writes it, with a header of its own words.
  private func file(_ header: String, _ elements: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let text = Array(header.utf8) + [0x0A]
    let length = (0..<(version == 1 ? 2 : 4)).map {
      UInt8(truncatingIfNeeded: text.count >> (8 * $0))
    }
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + elements
  }

  private func header(_ type: String, _ shape: String, byColumns: Bool = false) -> String {
    "{'descr': '\(type)', 'fortran_order': \(byColumns ? "True" : "False"), 'shape': \(shape), }"
  }

  private func bytes(_ floats: [Float]) -> [UInt8] {
    floats.flatMap { float in
      (0..<4).map { UInt8(truncatingIfNeeded: float.bitPattern >> (8 * $0)) }
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt8])
  func `arrays of every version are read`(version: UInt8) throws {
    let rows: [Float] = [1, -2.5, 3, 4, 5, 6]
    let array = try NumPyFile(file(header("<f4", "(2, 3)"), bytes(rows), version: version))
    #expect(array.shape == [2, 3])
    #expect(try array.value() == TensorValue(rows, shape: [2, 3]))
    let scalar = try NumPyFile(file(header("<f4", "()"), bytes([7]), version: version))
    #expect(try scalar.value() == TensorValue(7))
  }

  @Test func `columns that stand one after the other become rows`() throws {
    let array = try NumPyFile(
      file(header("<f4", "(2, 3)", byColumns: true), bytes([1, 4, 2, 5, 3, 6])))
    #expect(try array.value() == TensorValue([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]))
  }

  @Test func `integers and other floating-point numbers are taken as they fit`() throws {
    let long = try NumPyFile(file(header("<i8", "(1,)"), [5, 0, 0, 0, 0, 0, 0, 0]))
    #expect(try long.value() == TensorValue([5] as [Int32], shape: [1]))
    let half = try NumPyFile(file(header("<f2", "(1,)"), [0, 0x3C]))
    #expect(try half.value() == TensorValue([1] as [Float], shape: [1]))
    let huge = try NumPyFile(file(header("<i8", "(1,)"), [0, 0, 0, 0, 1, 0, 0, 0]))
    #expect(throws: NumPyFile.Fault.self) { try huge.value() }
  }

  @Test(arguments: [
    ("<f4", "(2,)", 4, "asks for 8 bytes, and there are 4"), (">f4", "(1,)", 4, "kind '>f4'"),
    ("|O", "(1,)", 8, "kind '|O'"), ("<U7", "(1,)", 28, "kind '<U7'"),
    ("<f4", "(-1,)", 4, "no shape"), ("<f4", "(a,)", 4, "no shape"),
    ("<f4", "(4611686018427387904, 4611686018427387904)", 4, "asks for"),
  ])
  func `what is wrong is told`(type: String, shape: String, count: Int, part: String) {
    let error = #expect(throws: NumPyFile.Fault.self) {
      try NumPyFile(file(header(type, shape), [UInt8](repeating: 0, count: count)))
    }
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
  }

  @Test func `what is no array is refused`() {
    let whole = file(header("<f4", "(1,)"), bytes([1]))
    for count in 0..<whole.count {
      #expect(throws: NumPyFile.Fault.self) { try NumPyFile(Array(whole.prefix(count))) }
    }
    #expect(throws: NumPyFile.Fault.self) { try NumPyFile(file("{'descr': [('a', '<f4')]}", [])) }
    #expect(throws: NumPyFile.Fault.self) {
      try NumPyFile(file(header("<f4", "(1, 1, 1)", byColumns: true), bytes([1])))
    }
  }
}
