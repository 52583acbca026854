/// What is known of all arms of a bandit, whichever arm it is known of; for up to 16 pulls.
struct BanditState: Hashable {
  /// A number for each record of an arm that was pulled, the largest first, then zeros.
  private var numbers = SIMD16<UInt8>()

  /// The state before the first pull.
  init() {}

  /// The state of arms with these records; nil for more pulls than it holds.
  init?(_ records: [ArmRecord]) {
    let pulled = records.filter { $0.pulls > 0 }
    guard pulled.reduce(0, { $0 + $1.pulls }) <= numbers.scalarCount else { return nil }
    for (position, number) in pulled.map(Self.number).sorted(by: >).enumerated() {
      numbers[position] = number
    }
  }

  /// The records among which a pull chooses, each once, as arms of one record are alike.
  func differentRecords(arms: Int) -> [ArmRecord] {
    var records: [ArmRecord] = []
    var previous: UInt8 = 0
    for position in 0..<min(arms, numbers.scalarCount) {
      let number = numbers[position]
      if position == 0 || number != previous { records.append(Self.record(number)) }
      guard number > 0 else { break }
      previous = number
    }
    return records
  }

  /// The state after a pull of an arm with a record, which paid or did not.
  func pulling(_ record: ArmRecord, pays: Bool) -> BanditState {
    let number = Self.number(record)
    guard var position = (0..<numbers.scalarCount).first(where: { numbers[$0] == number }) else {
      fatalError("No arm of such a record.")
    }
    var record = record
    record.add(pays ? 1 : 0)
    // A pull makes the number larger: it moves towards the front.
    let next = Self.number(record)
    var state = self
    while position > 0, state.numbers[position - 1] < next {
      state.numbers[position] = state.numbers[position - 1]
      position -= 1
    }
    state.numbers[position] = next
    return state
  }

  /// Records are counted by pulls, then by successes; 0 is that of an arm nobody pulled.
  private static func number(_ record: ArmRecord) -> UInt8 {
    UInt8(record.pulls * (record.pulls + 1) / 2 + record.successes)
  }

  private static func record(_ number: UInt8) -> ArmRecord {
    var (pulls, first) = (0, 0)
    while first + pulls < number {
      first += pulls + 1
      pulls += 1
    }
    let successes = Int(number) - first
    return ArmRecord(successes: successes, failures: pulls - successes)
  }
}
