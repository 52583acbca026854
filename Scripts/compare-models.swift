// Compares the tensors of two safetensors files byte by byte:
//
//     swift Scripts/compare-models.swift before/model.safetensors after/model.safetensors
//
// File headers and the subtrees that names stand in (`network/`) may differ, names within and bytes may
// not. Ends with 0 where all tensors are the same, with 1 where one is not.
import Foundation

func tensors(_ path: String) -> [String: Data] {
  guard let file = FileManager.default.contents(atPath: path), file.count > 8 else {
    fatalError("\(path): no such file, or too short to be one of tensors")
  }
  let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
  let header = file.dropFirst(8).prefix(length)
  guard let json = try? JSONSerialization.jsonObject(with: header) as? [String: Any] else {
    fatalError("\(path): its header is not JSON")
  }
  let data = file.dropFirst(8 + length)
  var found: [String: Data] = [:]
  for (name, value) in json where name != "__metadata__" {
    guard let entry = value as? [String: Any], let ends = entry["data_offsets"] as? [Int] else {
      continue
    }
    found[plain(name)] = data.dropFirst(ends[0]).prefix(ends[1] - ends[0])
  }
  return found
}

/// A name without the subtrees that were added or renamed.
func plain(_ name: String) -> String {
  name.replacingOccurrences(of: "network/", with: "")
    .replacingOccurrences(of: "innerRates.", with: "rates/")
    .replacingOccurrences(of: "innerOptimizer.", with: "innerOptimizer/")
}

guard CommandLine.arguments.count == 3 else {
  fatalError("Two files are compared: swift Scripts/compare-models.swift FIRST SECOND")
}
let (first, second) = (tensors(CommandLine.arguments[1]), tensors(CommandLine.arguments[2]))
let differing = Set(first.keys).union(second.keys).filter { first[$0] != second[$0] }.sorted()
if differing.isEmpty {
  print("\(first.count) tensors, all the same")
} else {
  print("\(differing.count) of \(first.count) tensors differ: \(differing.joined(separator: ", "))")
  exit(1)
}
