import Files

/// Pictures of a listing as they were read.
struct ListedPictures: Sendable {
  let pictures: LabelledPictures
  /// SHA-256 of the contents of the files and their classes, whatever the files are called.
  let digest: String
  /// What was passed over.
  let remarks: [String]
}

extension PictureListing {
  /// One file that was decoded.
  private struct Decoded: Sendable {
    let samples: [UInt8]
    let digest: String
    let fault: String?
  }

  /// How the pictures of a class follow one another.
  enum PictureOrder {
    /// By the names of their files.
    case byName
    /// By the digests of their contents, so that names mean nothing.
    case byContent
  }

  /// Decodes all files.
  ///
  /// Throws at the first, in the order of the list, that is damaged, where such files are not to be
  /// left out, and where reading is stopped.
  func pictures(
    prepared preparation: PicturePreparation, order: PictureOrder = .byName,
    _ reading: Reading = .plain
  ) throws(ReadError) -> ListedPictures {
    let files = categories.flatMap(\.files)
    try Self.checkMemory(for: files, preparation)
    var results = try reading.results(of: files, size: \.entry.size) {
      (file) throws(ReadError) in
      try Self.decoded(file, preparation)
    }[...]
    var damaged: [(name: String, error: ReadError)] = []
    var faults: [(name: String, fault: String)] = []
    var classes: [(name: String, pictures: [Decoded])] = []
    for category in categories {
      var pictures: [Decoded] = []
      for (file, result) in zip(category.files, results) {
        switch result {
        case .success(let decoded):
          pictures.append(decoded)
          if let fault = decoded.fault { faults.append((file.shownName, fault)) }
        case .failure(let error): damaged.append((file.shownName, error))
        }
      }
      results = results.dropFirst(category.files.count)
      if order == .byContent { pictures.sort { $0.digest < $1.digest } }
      if !pictures.isEmpty { classes.append((category.name, pictures)) }
    }
    if let first = damaged.first(where: { !reading.skipsDamaged || $0.error.kind != .damaged }) {
      throw first.error.offeringToSkip(of: files.count)
    }
    return ListedPictures(
      pictures: Self.joined(classes, preparation), digest: Self.digest(classes),
      remarks: Self.remarks(damaged: damaged, faults: faults))
  }

  /// Throws where decoded pictures would not fit in memory, in which they are twice for a moment.
  private static func checkMemory(
    for files: [File], _ preparation: PicturePreparation
  ) throws(ReadError) {
    let (height, width) = (preparation.height, preparation.width)
    let needed = 2 * files.count * height * width * preparation.channels
    guard let first = files.first, let available = SystemMemory.available, needed > available else {
      return
    }
    throw ReadError(
      .tooLarge, file: first.tree.path,
      "\(counted(files.count, "picture")) of \(height)x\(width) need "
        + "\(SystemMemory.gigabytes(needed)) of memory, and "
        + "\(SystemMemory.gigabytes(available)) are left; lower task.size and task.width.")
  }

  private static func decoded(
    _ file: File, _ preparation: PicturePreparation
  ) throws(ReadError) -> Decoded {
    let bytes = try file.tree.bytes(of: file.entry.name)
    let place = file.tree.place(of: file.entry.name)
    var fault: String?
    let picture = try PictureReader.picture(
      bytes, channels: preparation.channels, fitting: preparation.extent, name: place.file,
      member: place.member, remark: { fault = $0 })
    return Decoded(
      samples: preparation.samples(of: picture), digest: Digest.hexadecimal(bytes), fault: fault)
  }

  private static func joined(
    _ classes: [(name: String, pictures: [Decoded])], _ preparation: PicturePreparation
  ) -> LabelledPictures {
    var samples: [UInt8] = []
    samples.reserveCapacity(
      classes.reduce(0) { $0 + $1.pictures.count }
        * preparation.height * preparation.width * preparation.channels)
    var categories: [LabelledPictures.Category] = []
    var first = 0
    for (name, pictures) in classes {
      for picture in pictures { samples.append(contentsOf: picture.samples) }
      categories.append(.init(name: name, pictures: first..<first + pictures.count))
      first += pictures.count
    }
    return LabelledPictures(
      samples: samples, height: preparation.height, width: preparation.width,
      channels: preparation.channels, categories: categories)
  }

  private static func digest(_ classes: [(name: String, pictures: [Decoded])]) -> String {
    Digest.hexadecimal(
      ofLines: classes.flatMap { category in
        category.pictures.map(\.digest).sorted().map { "\($0)  \(category.name)" }
      })
  }

  private static func remarks(
    damaged: [(name: String, error: ReadError)], faults: [(name: String, fault: String)]
  ) -> [String] {
    var remarks: [String] = []
    if let (_, error) = damaged.first {
      remarks.append("\(counted(damaged.count, "damaged file")) left out, the first \(error)")
    }
    if let (name, fault) = faults.first {
      remarks.append(
        "\(counted(faults.count, "picture")) read in spite of a fault, the first \(name): \(fault)")
    }
    return remarks
  }
}

extension PictureListing {
  /// The pictures in a preparation, in the order of their contents, and their digest.
  ///
  /// They come from the cache where it has them. What was passed over is told.
  func prepared(
    named name: String, _ preparation: PicturePreparation, cache: DataCache?, _ reading: Reading
  ) throws(ReadError) -> (pictures: LabelledPictures, digest: String) {
    func read() throws(ReadError) -> ListedPictures {
      try pictures(prepared: preparation, order: .byContent, reading)
    }
    func told(_ remarks: [String]) { for remark in remarks { reading.remark(remark) } }
    guard let cache else {
      let result = try read()
      told(result.remarks)
      return (result.pictures, result.digest)
    }
    let state = state(reading)
    if let known = cache.known(state), let digest = known["digest"]?.string {
      told(known["remarks"]?.elements(\.string) ?? [])
      let key = preparation.cacheKey(name, of: [digest])
      return (
        try cache.pictures(named: name, digest: key) { () throws(ReadError) in
          try read().pictures
        }, digest
      )
    }
    let result = try read()
    told(result.remarks)
    cache.remember(
      state,
      [
        "digest": .string(result.digest),
        "remarks": .array(result.remarks.map(JSONValue.string)),
      ])
    let key = preparation.cacheKey(name, of: [result.digest])
    return (try cache.pictures(named: name, digest: key) { result.pictures }, result.digest)
  }

  /// Tells whether any file that is read has changed, without reading it.
  private func state(_ reading: Reading) -> String {
    Digest.hexadecimal(
      ofLines: [
        "listing \(PicturePreparation.version)",
        reading.skipsDamaged ? "without damaged files" : "all files",
      ]
        + categories.flatMap { category in
          category.files.map { file in
            "\(file.tree.path) \(file.entry.size) \(file.entry.modified) \(file.entry.name)"
          }
        })
  }
}

extension ReadError {
  /// The error about one damaged file of several, with the way to do without it.
  fileprivate func offeringToSkip(of count: Int) -> ReadError {
    guard kind == .damaged, count > 1 else { return self }
    return ReadError(
      kind, file: file, member: member,
      "\(problem) Mend it or take it away, or leave such files out with --skip-damaged.")
  }
}
