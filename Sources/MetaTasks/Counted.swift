/// A number with its noun, such as `1 picture` and `3 classes`.
package func counted(_ count: Int, _ noun: String) -> String {
  if count == 1 { return "1 \(noun)" }
  let ending = noun.hasSuffix("s") ? "es" : "s"
  return "\(count) \(noun)\(ending)"
}
