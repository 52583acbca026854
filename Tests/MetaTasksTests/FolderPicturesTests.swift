import TestMaterial
import Files
import Foundation
import MetaTasks
import Settings
import Synchronization
import Tensors
import Testing

@Suite struct FolderPicturesTests {
  private func grey(_ sample: Int) -> [UInt8] {
    let row = [UInt8](repeating: UInt8(sample), count: 6)
    return pngFile(
      width: 6, height: 5, depth: 8, colourType: 0, rows: Array(repeating: row, count: 5))
  }

  private func fill(_ folder: TemporaryFolder, _ classes: [String], each: Int = 3) throws {
    for (number, name) in classes.enumerated() {
      for picture in 0..<each {
        try folder.write(grey(number * 10 + picture), to: "\(name)/p\(picture).png")
      }
    }
  }

  private func load(
    _ folder: TemporaryFolder, _ options: PictureOptions = .init(size: 8, channels: 1),
    cache: DataCache? = nil
  ) throws -> LoadedDataSet {
    try FolderPictures.load(from: folder.url, options: options, cache: cache)
  }

  @Test func `classes in one folder are divided by their names alone`() throws {
    let folder = try TemporaryFolder()
    let names = (0..<15).map { "part \($0)" }
    try fill(folder, names)
    try folder.write(JPEGSamples.baseline, to: "part 0/photo.JPG")
    try folder.write(Array("notes".utf8), to: "part 0/notes.txt")
    try folder.write(grey(1), to: ".hidden/p.png")
    let set = try load(folder)
    #expect(Split.allCases.map { set.count($0)?.classes } == [9, 3, 3])
    #expect(Split.allCases.compactMap { set.count($0)?.examples }.reduce(0, +) == 46)
    let classes = Split.allCases.flatMap { set.pictureTasks($0)?.pictures.categories ?? [] }
    #expect(Set(classes.map(\.name)) == Set(names))
    let test = set.pictureTasks(.test)?.pictures
    for category in test?.categories ?? [] {
      let number = names.firstIndex(of: category.name) ?? -1
      let samples = category.pictures.compactMap { test?.picture($0).first }
      #expect(Set(samples).isSuperset(of: (0..<3).map { UInt8(number * 10 + $0) }))
    }
    let other = try TemporaryFolder()
    try fill(other, names.reversed(), each: 1)
    let names2 = try load(other).pictureTasks(.test)?.pictures.categories.map(\.name)
    #expect(names2 == test?.categories.map(\.name))
    let byPath = try DataSets(folders: [], cache: nil).load(folder.url.path)
    #expect(byPath.inputShape == [32, 32, 3])
  }

  @Test func `names are told apart by their bytes`() throws {
    // Two that Swift finds equal, and marks that it joins with the slash before them.
    let names = ["z\u{E9}", "ze\u{301}", "\u{93F}", "\u{940}"] + (0..<6).map { "\($0)" }
    let folder = try TemporaryFolder()
    try fill(folder, names)
    try folder.write(grey(200), to: "0/\u{93F}.png")
    let set = try load(folder)
    #expect(Split.allCases.compactMap { set.count($0)?.classes }.reduce(0, +) == names.count)
    #expect(Split.allCases.compactMap { set.count($0)?.examples }.reduce(0, +) == 31)
    let reading = try #require(set.preparation as? PicturePreparation)
    #expect(try reading.classes(at: folder.url).classes.count == names.count)
  }

  @Test(.timeLimit(.minutes(10)))
  func `pipes are passed by, classes without pictures are told`() throws {
    let folder = try TemporaryFolder()
    try fill(folder, ["a", "b"])
    #expect(unsafe mkfifo(folder.url.appending(path: "a/pipe.png").path, 0o600) == 0)
    let reading = PicturePreparation(height: 8, width: 8, channels: 1)
    #expect(try reading.classes(at: folder.url).count == 6)
    #expect(throws: ReadError.self) {
      try reading.values(of: [folder.url.appending(path: "a/pipe.png").path])
    }
    try folder.write(Array("notes".utf8), to: "empty/notes.txt")
    let error = #expect(throws: ReadError.self) { try reading.classes(at: folder.url) }
    #expect("\(error, default: "")".contains("empty: this class has no pictures"))
  }

  @Test func `a folder that becomes divided is read anew`() throws {
    let folder = try TemporaryFolder()
    let cache = DataCache(folder: folder.url.appending(path: ".cache"))
    try fill(folder, ["train", "a", "b", "c", "d", "e", "f"])
    #expect(try load(folder, cache: cache).classSplit != "by-folder")
    for name in ["val", "test"] {
      try FileManager.default.createDirectory(
        at: folder.url.appending(path: name), withIntermediateDirectories: true)
    }
    #expect(throws: ReadError.self) { try load(folder, cache: cache) }
  }

  @Test func `classes in train, val and test stay there`() throws {
    let folder = try TemporaryFolder()
    try fill(folder, ["train/a", "train/b", "train/c", "val/d", "val/e", "test/f", "test/g"])
    let set = try load(folder)
    #expect(Split.allCases.map { set.count($0)?.classes } == [3, 2, 2])
    #expect(set.pictureTasks(.test)?.pictures.categories.map(\.name) == ["test/f", "test/g"])
    let episode = set.examples(.test).episode(
      EpisodeShape(ways: 2, shots: 1, queries: 2), key: RandomKey(seed: 1))
    let samples = Set(episode.query.inputs.only.floats.map { Int(($0 * 255).rounded()) })
    #expect(samples.isSubset(of: [50, 51, 52, 60, 61, 62]) && samples.count == 4)
  }

  @Test func `a change of any file is seen, and a damaged cache is made again`() throws {
    let folder = try TemporaryFolder()
    let home = try TemporaryFolder()
    let cache = DataCache(folder: home.url)
    try fill(folder, (0..<6).map { "c\($0)" })
    func all(_ set: LoadedDataSet) -> [[UInt8]?] {
      Split.allCases.map { set.pictureTasks($0)?.pictures.samples }
    }
    func kept() throws -> [URL] {
      try FileManager.default.contentsOfDirectory(atPath: home.url.path)
        .filter { $0.hasSuffix(".pictures") }.map(home.url.appendingPathComponent)
    }
    let first = try load(folder, cache: cache)
    #expect(all(try load(folder, cache: cache)) == all(first))
    let file = try #require(try kept().first)
    let original = try Data(contentsOf: file)
    for position in [0, 21, 30, original.count / 2, original.count - 1] {
      var damaged = original
      damaged[position] ^= 4
      try damaged.write(to: file)
      #expect(all(try load(folder, cache: cache)) == all(first))
      #expect(try Data(contentsOf: file) == original)
    }
    try original.prefix(50).write(to: file)
    #expect(all(try load(folder, cache: cache)) == all(first))
    try Data("no".utf8).write(to: home.url.appendingPathComponent("digests.json"))
    #expect(all(try load(folder, cache: cache)) == all(first))
    try folder.write(grey(99), to: "c1/p1.png")
    #expect(all(try load(folder, cache: cache)) != all(first))
    #expect(try kept().count == 2)
    #expect(all(try load(folder, cache: DataCache(folder: file))) != all(first))
  }

  @Test func `what files are called, where they lie and what lies beside them is nothing`() throws {
    let home = try TemporaryFolder()
    let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
    let names = (0..<6).map { "c\($0)" }
    try fill(folder, names)
    for (number, name) in names.enumerated() {
      for picture in 0..<3 {
        try other.write(grey(number * 10 + picture), to: "\(name)/renamed \(9 - picture).PNG")
      }
      try other.write(Array("notes".utf8), to: "\(name)/Thumbs.db")
    }
    for cache in [nil, DataCache(folder: home.url)] {
      let (first, second) = (try load(folder, cache: cache), try load(other, cache: cache))
      #expect(first.checksums == second.checksums && first.identity == second.identity)
      for split in Split.allCases {
        #expect(first.pictureTasks(split)?.pictures == second.pictureTasks(split)?.pictures)
      }
    }
    let before = try load(folder, cache: DataCache(folder: home.url)).checksums
    try folder.write(grey(255), to: "c0/p0.png")
    #expect(try load(folder, cache: DataCache(folder: home.url)).checksums != before)
  }

  @Test func `pictures that are there and not read are told`() throws {
    let folder = try TemporaryFolder()
    try fill(folder, (0..<6).map { "c\($0)" })
    for name in ["c0/a.heic", "c1/b.SVG", "c0/more/a.png", "b.jpg", "c0/notes.txt"] {
      try folder.write(grey(1), to: name)
    }
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "none"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: folder.url.appending(path: "gone"), withDestinationURL: URL(fileURLWithPath: "/no/such"))
    try FileManager.default.createSymbolicLink(
      at: folder.url.appending(path: "c0/notes"), withDestinationURL: URL(fileURLWithPath: "/no"))
    let remarks = Mutex<[String]>([])
    let reading = Reading(remark: { remark in remarks.withLock { $0.append(remark) } })
    let set = try FolderPictures.load(
      from: folder.url, options: .init(size: 8, channels: 1), reading: reading)
    #expect(Split.allCases.compactMap { set.count($0)?.examples }.reduce(0, +) == 18)
    let told = remarks.withLock { $0 }
    for part in [
      "2 pictures are not read, as each is of a kind that is not read, the first 'c0/a.heic'",
      "1 picture lies deeper than in the folder of a class, 'c0/more/a.png'; move it up",
      "1 picture lies beside the folders of the classes, 'b.jpg'; move it into one of them",
      "1 link left out, as it leads nowhere, the first 'gone'",
      "1 folder without pictures left out, the first 'none'",
    ] {
      #expect(told.count { $0.contains(part) } == 1, "\(part): \(told)")
    }
    #expect(told.count == 5)
  }

  @Test func `classes whose names differ in case alone are told`() throws {
    let folder = try TemporaryFolder()
    let archive = zipArchive(
      ["Cat", "b", "c", "cat", "d", "e", "f"].map { .init(name: "\($0)/p.png", bytes: grey(1)) })
    try folder.write(archive, to: "set.zip")
    let remarks = Mutex<[String]>([])
    let reading = Reading(remark: { remark in remarks.withLock { $0.append(remark) } })
    let set = try FolderPictures.load(
      from: folder.url.appending(path: "set.zip"), options: .init(size: 8, channels: 1),
      reading: reading)
    #expect(Split.allCases.compactMap { set.count($0)?.classes }.reduce(0, +) == 7)
    #expect(remarks.withLock { $0.count { $0.contains("'Cat' and 'cat' are two classes") } } == 1)
  }

  @Test func `a damaged file is named, or left out and told`() throws {
    let folder = try TemporaryFolder()
    let home = try TemporaryFolder()
    try fill(folder, (0..<6).map { "c\($0)" })
    try folder.write(Array("no picture".utf8), to: "c3/x.png")
    let error = #expect(throws: ReadError.self) { try load(folder) }
    #expect(error?.description.contains("--skip-damaged") == true)
    try FileManager.default.createSymbolicLink(
      at: folder.url.appending(path: "c0/lost.png"), withDestinationURL: URL(fileURLWithPath: "/no")
    )
    let lost = #expect(throws: ReadError.self) { try load(folder) }
    #expect(lost?.file.hasSuffix("c0/lost.png") == true)
    let clean = try TemporaryFolder()
    try fill(clean, (0..<6).map { "c\($0)" })
    for cache in [nil, DataCache(folder: home.url), DataCache(folder: home.url)] {
      let remarks = Mutex<[String]>([])
      let reading = Reading(
        skipsDamaged: true, remark: { remark in remarks.withLock { $0.append(remark) } })
      let set = try FolderPictures.load(
        from: folder.url, options: .init(size: 8, channels: 1), cache: cache, reading: reading)
      #expect(set.checksums == (try load(clean).checksums))
      #expect(remarks.withLock { $0.contains { $0.contains("1 damaged file left out") } })
    }
  }

  @Test func `reading is reported, and ends where nobody wants it`() throws {
    let folder = try TemporaryFolder()
    try fill(folder, (0..<6).map { "c\($0)" })
    let reports = Mutex<[Reading.Progress]>([])
    let reading = Reading(report: { progress in reports.withLock { $0.append(progress) } })
    let options = PictureOptions(size: 8, channels: 1)
    _ = try FolderPictures.load(from: folder.url, options: options, reading: reading)
    let all = reports.withLock { $0 }
    #expect(all.map(\.files) == Array(1...18) && all.allSatisfy { $0.fileCount == 18 })
    #expect(all.last?.bytes == all.last?.byteCount && all[0].bytes < all[0].byteCount)
    let unwanted = Reading(
      report: { progress in reports.withLock { $0.append(progress) } },
      isWanted: { reports.withLock { $0.count < 25 } })
    let error = #expect(throws: ReadError.self) {
      try FolderPictures.load(from: folder.url, options: options, reading: unwanted)
    }
    #expect(error?.kind == .stopped)
    #expect(reports.withLock { $0.count } < 36)
  }

  @Test(arguments: [
    ["train", "val", "test"], ["Train", "Valid", "TEST"], ["training", "dev", "testing"],
    ["TRAIN", "Validation", "Test"],
  ])
  func `the folders of the splits have several names`(_ names: [String]) throws {
    let folder = try TemporaryFolder()
    try fill(folder, ["a", "b", "c"].map { names[0] + "/" + $0 })
    try fill(folder, ["d", "e"].map { names[1] + "/" + $0 })
    try fill(folder, ["f", "g"].map { names[2] + "/" + $0 } + ["extra/h"])
    let set = try load(folder)
    #expect(set.classSplit == "by-folder")
    #expect(Split.allCases.map { set.count($0)?.classes } == [3, 2, 2])
  }

  @Test func `a zip archive of classes is read like a folder`() throws {
    let folder = try TemporaryFolder()
    try fill(folder, (0..<6).map { "c\($0)" })
    let members = (0..<18).map { number in
      TestMember(
        name: "Photos/c\(number / 3)/\(number).png", bytes: grey(number / 3 * 10 + number % 3))
    }
    try folder.write(zipArchive(members), to: "photos.zip")
    let archive = try FolderPictures.load(
      from: folder.url.appending(path: "photos.zip"), options: .init(size: 8, channels: 1))
    try FileManager.default.removeItem(at: folder.url.appending(path: "photos.zip"))
    #expect(archive.checksums == (try load(folder).checksums))
  }

  @Test func `the cache stays within its limit`() throws {
    let folder = try TemporaryFolder()
    let home = try TemporaryFolder()
    try fill(folder, (0..<6).map { "c\($0)" })
    for size in 4..<10 {
      let cache = DataCache(folder: home.url, limit: 4000)
      _ = try load(folder, .init(size: size, channels: 1), cache: cache)
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: home.url.path)
      .filter { $0.hasSuffix(".pictures") }
    #expect((1...3).contains(files.count))
  }

  @Test func `what is wrong with a folder is told`() throws {
    let cases: [([String], String)] = [
      ([], "no pictures"), (["only"], "only one class"),
      (["a", "b", "c"], "3 classes are too few"),
      (["train/a", "train/b", "test/c"], "'val'"),
      (["train/a", "val/b", "test/a"], "'a' is in"),
      (["train/a", "val/b", "test/a/b"], "no pictures"),
    ]
    for (classes, part) in cases {
      let folder = try TemporaryFolder()
      try fill(folder, classes)
      let error = #expect(throws: ReadError.self) { try load(folder) }
      #expect(error?.problem.contains(part) == true, "\(String(describing: error)) \(part)")
    }
    let folder = try TemporaryFolder()
    try fill(folder, (0..<6).map { "c\($0)" })
    try folder.write(Array("no picture".utf8), to: "c3/x.png")
    let error = #expect(throws: ReadError.self) { try load(folder) }
    #expect(error?.file.hasSuffix("c3/x.png") == true)
    let missing = #expect(throws: ReadError.self) {
      try DataSets(folders: [], cache: nil).load("/no/such/folder")
    }
    #expect(missing?.kind == .missing)
  }

  @Test func `a preparation makes the same inputs of single files`() throws {
    let folder = try TemporaryFolder()
    try fill(folder, ["b", "a"])
    let preparation = PicturePreparation(
      height: 4, width: 4, channels: 1, darkInk: true,
      normalization: .standardized(mean: [0.5], deviation: [0.25]))
    let labelled = try preparation.classes(at: folder.url)
    #expect(labelled.classes.map(\.name) == ["a", "b"])
    let all = TensorValue.stacking([0, 3].map(labelled.inputs.only.slice))
    let files = ["a/p0.png", "b/p0.png"].map { folder.url.appendingPathComponent($0).path }
    #expect(try preparation.values(of: files).only == all)
    let first: Float = ((1 - 10.0 / 255) - 0.5) / 0.25
    #expect(abs(all.floats[0] - first) < 1e-5)
    #expect(
      try PicturePreparation(json: try JSONValue(parsing: "\(preparation.json)")) == preparation)
  }
}

@Suite struct DataSetsTests {
  @Test func `built-in sets need no files`() throws {
    let sets = DataSets(folders: [], cache: nil)
    for entry in DataSetCatalogue.standard.items where entry.origin == .builtIn {
      let set = try sets.load(entry.name)
      #expect(set.name == entry.name)
      #expect((set.signature.target == .classes) == (entry.name == "characters"))
    }
  }

  @Test func `a name that is not known is told`() {
    let error = #expect(throws: TaskError.self) {
      try DataSets(folders: [], cache: nil).load("omniglott")
    }
    #expect(error?.description.contains("did you mean 'omniglot'?") == true)
  }

  @Test(arguments: [
    ("omniglot", "split", "vinyal", "did you mean 'vinyals'?"),
    ("folder", "size", "2", "between 16 and 1024"),
    ("folder", "channels", "4", "between 1 and 3"),
    ("characters", "size", "28", "unknown key 'size'"),
    ("characters", "augmentation.scaling", "2", "'augmentation.scaling' must be between"),
    ("sinusoid", "tasks", "0", "between 1 and"),
    ("gaussian-process", "kernel", "matern", "did you mean 'matern52'?"),
    ("gaussian-process", "noise", "0", "between 0.001 and 1"),
    ("clinc150", "length", "0", "between 1 and 1024"),
    ("banking77", "lenght", "8", "did you mean 'length'?"),
  ])
  func `a setting that is not known is told`(
    name: String, key: String, value: String, part: String
  ) {
    let error = #expect(throws: SettingsError.self) {
      try DataSets(folders: [], cache: nil).load(name, [key: value])
    }
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
  }

  @Test(arguments: [
    (PictureOptions(size: 2), "4...1024"), (PictureOptions(channels: 2), "2 channels"),
    (PictureOptions(augmentation: .init(scaling: 2)), "scaling"),
  ])
  func `options out of range are refused`(options: PictureOptions, part: String) {
    let error = #expect(throws: TaskError.self) { try options.validate() }
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
  }

  @Test func `a set that is not there names the folders searched and the way to it`() throws {
    let folder = try TemporaryFolder()
    let sets = DataSets(folders: [folder.url], cache: nil)
    let error = #expect(throws: ReadError.self) { try sets.load("omniglot") }
    #expect(error?.kind == .missing)
    #expect(error?.description.contains(folder.url.path) == true)
    #expect(error?.description.contains("data fetch omniglot") == true)
    try folder.write(zipArchive([]), to: "omniglot/images_background.zip")
    let half = #expect(throws: ReadError.self) { try sets.load("omniglot") }
    #expect(half?.description.contains("images_evaluation.zip") == true)
    try folder.write(zipArchive([]), to: "omniglot/images_evaluation.zip")
    let other = #expect(throws: ReadError.self) { try sets.load("omniglot") }
    #expect(other?.description.contains("not the 1,623") == true)
  }

  @Test func `folders follow the environment`() {
    let own = UserFolders(environment: ["METALEARN_HOME": "/m", "XDG_CACHE_HOME": "/x"])
    #expect(own.cache?.path == "/m/cache" && own.data?.path == "/m/data")
    let named = UserFolders(environment: [
      "XDG_CACHE_HOME": "/x", "XDG_DATA_HOME": "y", "HOME": "/h",
    ])
    #expect(named.cache?.path == "/x/metalearn" && named.data?.path == "/h/.local/share/metalearn")
    let plain = UserFolders(environment: ["HOME": "/h", "METALEARN_DATA": "/d"])
    #expect(plain.cache?.path == "/h/.cache/metalearn")
    #expect(plain.dataFolders().map(\.path) == ["/d", "/h/.local/share/metalearn"])
    #expect(plain.dataFolders(explicit: URL(fileURLWithPath: "/e")).map(\.path) == ["/e"])
    #expect(UserFolders(environment: [:]).cache == nil)
  }
}
