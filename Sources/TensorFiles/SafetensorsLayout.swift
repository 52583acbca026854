/// Checks that the tensors of a header cover the data that follows it, each byte once.
struct SafetensorsLayout {
  /// The name that errors give the file.
  let file: String
  /// The number of bytes after the header.
  let dataByteCount: Int

  /// The entries in the order of their bytes, after all checks.
  func checked(
    _ entries: [SafetensorsHeader.Entry]
  ) throws(SafetensorsError) -> [SafetensorsHeader.Entry] {
    let sorted = entries.sorted { ($0.begin, $0.end) < ($1.begin, $1.end) }
    var previous: SafetensorsHeader.Entry?
    for entry in sorted {
      try checkOffsets(entry, after: previous)
      try checkSize(entry)
      previous = entry
    }
    try checkEnd(previous?.end)
    return sorted
  }

  private func checkOffsets(
    _ entry: SafetensorsHeader.Entry, after previous: SafetensorsHeader.Entry?
  ) throws(SafetensorsError) {
    let end = previous?.end ?? 0
    if entry.begin != end {
      throw error(.invalidOffset, entry, misplacement(of: entry, after: previous))
    }
    guard entry.end >= entry.begin else {
      throw error(.invalidOffset, entry, "it ends at \(entry.end), before its begin \(entry.begin)")
    }
  }

  private func misplacement(
    of entry: SafetensorsHeader.Entry, after previous: SafetensorsHeader.Entry?
  ) -> String {
    guard let previous else {
      return "it begins at \(entry.begin), but is the first and must begin at 0"
    }
    let other = SafetensorsHeader.quoted(previous.name)
    if entry.begin > previous.end {
      return "\(entry.begin - previous.end) bytes lie unused between \(other) and it"
    }
    if entry.begin == entry.end { return "it is empty, but its offset lies inside \(other)" }
    if entry.begin == previous.begin { return "its bytes are also those of \(other)" }
    return "its first bytes are also the last of \(other)"
  }

  private func checkSize(_ entry: SafetensorsHeader.Entry) throws(SafetensorsError) {
    var elementCount: UInt64 = 1
    for dimension in entry.shape {
      let product = elementCount.multipliedReportingOverflow(by: dimension)
      guard !product.overflow, Int(exactly: dimension) != nil else {
        throw error(.validationOverflow, entry, "the shape \(entry.shape) has too many elements")
      }
      elementCount = product.partialValue
    }
    let bits = elementCount.multipliedReportingOverflow(by: UInt64(entry.elementType.bitCount))
    let size = "\(elementCount) elements of \(entry.elementType.rawValue)"
    guard !bits.overflow else {
      throw error(.validationOverflow, entry, "\(size) have too many bits")
    }
    guard bits.partialValue % 8 == 0 else {
      throw error(.misalignedSlice, entry, "\(size) are \(bits.partialValue) bits")
    }
    let needed = bits.partialValue / 8
    guard entry.end - entry.begin == needed else {
      throw error(
        .tensorInvalidInfo, entry, "\(size) are \(needed) bytes, not \(entry.end - entry.begin)")
    }
  }

  private func checkEnd(_ end: UInt64?) throws(SafetensorsError) {
    let present = UInt64(dataByteCount)
    guard (end ?? 0) != present else { return }
    let detail =
      if let end {
        end > present
          ? "\(end - present) of \(end) bytes of data are missing; was the file cut?"
          : "\(present - end) bytes of data belong to no tensor"
      } else {
        "there are \(present) bytes of data but no tensors"
      }
    throw SafetensorsError(.metadataIncompleteBuffer, file: file, detail)
  }

  private func error(
    _ kind: SafetensorsError.Kind, _ entry: SafetensorsHeader.Entry, _ detail: String
  ) -> SafetensorsError {
    SafetensorsError(kind, file: file, "\(SafetensorsHeader.quoted(entry.name)): \(detail)")
  }
}
