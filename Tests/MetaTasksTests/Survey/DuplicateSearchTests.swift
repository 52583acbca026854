import MetaTasks
import Tensors
import Testing

@Suite struct `A search for duplicates` {
  private let training = SurveyPictures(classes: 4, each: 5, seed: 1)
  private let test = SurveyPictures(classes: 3, each: 5, seed: 2)

  private func search(_ training: SurveyPictures, _ test: SurveyPictures) -> DuplicateSearch {
    DuplicateSearch([
      (.train, training.tasks("a")),
      (
        .validation,
        SurveyPictures(
          classes: 2, each: 3, seed: 3
        ).tasks("b")
      ), (.test, test.tasks("c")),
    ])
  }

  private func counts(_ search: DuplicateSearch) -> [Int] {
    [
      search.withinClasses, search.betweenClasses, search.acrossSplits, search.nearlyAcrossSplits,
    ]
  }

  @Test func `finds none where there are none`() {
    let search = search(training, test)
    #expect(counts(search) == [0, 0, 0, 0] && search.pairs.isEmpty)
    #expect(search.exampleCount == 41)
  }

  @Test func `finds a picture twice in a class, and in two classes`() {
    var training = training
    training.classes[0][3] = training.classes[0][1]
    training.classes[2][4] = training.classes[1][0]
    #expect(counts(search(training, test)) == [1, 1, 0, 0])
  }

  @Test func `finds a training picture among test pictures, and says where`() throws {
    var test = test
    test.classes[2][4] = training.classes[1][3]
    let search = search(training, test)
    #expect(counts(search) == [0, 0, 1, 0])
    let pair = try #require(search.pairs.first)
    #expect(pair.first.words == "train a1 number 3")
    #expect(pair.second.words == "test c2 number 4")
  }

  @Test(arguments: ["brighter", "noisy", "another"])
  func `finds a picture that was saved anew, and no other`(_ change: String) {
    var test = test
    let original = training.classes[1][3]
    let noise = RandomKey(seed: 7).uniform(count: original.count)
    test.classes[0][0] = zip(original, noise).map { sample, noise in
      switch change {
      case "brighter": UInt8(Float(sample) * 0.9) + 12
      case "noisy": UInt8(Float(sample) + noise * 6)
      // The same but for two blocks of sixteen.
      default: sample
      }
    }
    if change == "another" {
      for row in 0..<4 {
        for column in 0..<8 {
          let index = row * SurveyPictures.extent + column
          test.classes[0][0][index] = 255 - test.classes[0][0][index]
        }
      }
    }
    #expect(counts(search(training, test)) == [0, 0, 0, change == "another" ? 0 : 1])
  }

  @Test func `takes texts of the same words for nearly the same`() {
    func tasks(_ texts: [String]) -> TextTasks {
      TextTasks(
        name: "t",
        texts: LabelledTexts(
          [TextClass(name: "c", texts: texts)],
          preparation: TextPreparation(
            of: ["block my card", "block my card", "lost", "lost"], length: 6)))
    }
    let search = DuplicateSearch([
      (.train, tasks(["Block my card!", "lost"])),
      (.test, tasks(["my card: block", "lost", "block my lost card"])),
    ])
    #expect(counts(search) == [0, 0, 1, 1])
  }
}
