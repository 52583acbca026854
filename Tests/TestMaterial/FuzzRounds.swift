import Foundation

/// How many mutated inputs to try: as many as are usual, or as METALEARN_FUZZ_ROUNDS says
/// (`make fuzz`).
package func fuzzRounds(usually rounds: Int) -> Int {
  ProcessInfo.processInfo.environment["METALEARN_FUZZ_ROUNDS"].flatMap(Int.init) ?? rounds
}
