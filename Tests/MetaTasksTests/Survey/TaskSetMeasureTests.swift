import MetaTasks
import Tensors
import Testing

@Suite struct `Measures of a task set` {
  /// A task of two classes with one number for each example.
  private func episode(
    _ support: [Float], _ query: [Float], identities: [Int32] = [0, 1]
  ) -> EpisodeValues {
    func examples(_ numbers: [Float]) -> ExampleValues {
      let labels = numbers.indices.map { Int32($0 * 2 / numbers.count) }
      return ExampleValues(
        inputs: NamedTree(["x": TensorValue(numbers, shape: [numbers.count, 1])]),
        targets: TensorValue(labels, shape: [numbers.count]),
        identities: TensorValue(
          labels.map { identities[Int($0)] }, shape: [numbers.count]), target: .classes(2))
    }
    return EpisodeValues(support: examples(support), query: examples(query))
  }

  @Test func `variance is divided among tasks, classes and examples`() throws {
    // Means of tasks 0 and 8; classes at -2 and 2 of them; examples at -1 and 1 of these.
    let episodes = [Float(0), 8].map { mean in
      episode([mean - 3, mean + 1], [mean - 1, mean + 3])
    }
    let variance = try #require(InputVariance(of: episodes))
    #expect(abs(variance.betweenTasks - 16.0 / 21) < 1e-9)
    #expect(abs(variance.betweenClasses - 4.0 / 21) < 1e-9)
    #expect(abs(variance.within - 1.0 / 21) < 1e-9)
    #expect(InputVariance(of: [episode([1, 1], [1, 1])]) == nil)
  }

  @Test func `coverage counts the tasks that show each class`() throws {
    let episodes = [[0, 1], [0, 2], [0, 1]].map { episode([1, 2], [1, 2], identities: $0) }
    let coverage = try #require(ClassCoverage(of: episodes, classCount: 4))
    #expect(coverage.seenCount == 3 && coverage.part == 0.75 && coverage.taskCount == 3)
    #expect(coverage.tasksOfClass == 0...3)
    #expect(coverage.evenness > 0.7 && coverage.evenness < 0.75)
    let even = ClassCoverage(
      of: [[0, 1], [2, 3]].map { episode([1, 2], [1, 2], identities: $0) }, classCount: 4)
    #expect(abs((even?.evenness ?? 0) - 1) < 1e-9)
  }

  /// Pictures of noise whose class shows in one way, or in none.
  private func episodes(_ change: @escaping (inout [Float], Int) -> Void) -> [EpisodeValues] {
    (0..<40).map { number in
      func examples(_ each: Int, _ key: RandomKey) -> ExampleValues {
        let labels = (0..<4 * each).map { $0 / each }
        let pictures = labels.enumerated().map { index, label in
          var picture = key.folded(index).normal(count: 25)
          change(&picture, label)
          return picture
        }
        return ExampleValues(
          inputs: NamedTree([
            "x": TensorValue(pictures.flatMap { $0 }, shape: [labels.count, 5, 5, 1])
          ]), targets: TensorValue(labels.map(Int32.init), shape: [labels.count]),
          target: .classes(4))
      }
      let key = RandomKey(seed: 3).folded(number)
      return EpisodeValues(
        support: examples(3, key.folded("support")), query: examples(5, key.folded("query")))
    }
  }

  @Test(arguments: ["nothing", "brightness", "contrast", "size", "a pixel"])
  func `a single number that tells the class is found`(_ what: String) {
    let found = Giveaway.search(
      episodes { picture, label in
        switch what {
        case "brightness": picture = picture.map { $0 * 0.1 + Float(label) }
        case "contrast": picture = picture.map { $0 * Float([1, 4, 16, 64][label]) }
        case "size": picture = picture.indices.map { $0 <= 2 + 3 * label ? 1 : 0 }
        case "a pixel": picture[7] = Float(label)
        default: break
        }
      }, order: .byClass)
    #expect(found.count == 4 && found.allSatisfy { $0.chance == 0.25 })
    let strong = found.filter(\.isStrong).map(\.name)
    switch what {
    case "nothing": #expect(strong.isEmpty, "\(found)")
    case "a pixel": #expect(strong == ["the best single number of the input, number 7"])
    default: #expect(strong.contains { $0.contains(what) }, "\(found)")
    }
  }

  @Test func `the order of examples gives answers away where it should mean nothing`() throws {
    let episodes = episodes { _, _ in }
    let found = Giveaway.search(episodes, order: .none)
    let order = try #require(found.first { $0.name.contains("position") })
    #expect(order.accuracy == 1 && order.isStrong)
  }
}
