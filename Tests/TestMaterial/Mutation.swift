/// Changes, removes, repeats or inserts some bytes.
package func mutate(_ bytes: inout [UInt8], _ random: inout Counter) {
  for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
    let position = Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[position] = .random(in: 0 ... .max, using: &random)
    case 2: bytes.removeSubrange(position...)
    case 3: bytes.remove(at: position)
    case 4: bytes.insert(.random(in: 0 ... .max, using: &random), at: position)
    default:
      let end = min(bytes.count, position + Int.random(in: 1...16, using: &random))
      bytes.insert(contentsOf: Array(bytes[position..<end]), at: position)
    }
  }
}
