import TensorPrograms
import Tensors
import Testing

@Suite struct VerificationTests {
  private static let good = Ordering.ordered(
    Fusion.fused(
      Rewriting.graph(of: PassFamily.rows[0].outputs, laneCount: PassFamily.rows[0].laneCount)))

  /// A way to break a graph, and a word of the fault that is found.
  struct Mutation: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let word: String
    let change: @Sendable (inout Graph) -> Void
  }

  static let mutations = [
    Mutation(testDescription: "two dependent steps change places", word: "before it is made") {
      guard let later = $0.steps.firstIndex(where: { !$0.inputs.isEmpty }) else { return }
      $0.steps.insert($0.steps.remove(at: later), at: 0)
    },
    Mutation(testDescription: "a step is gone", word: "before it is made") {
      $0.steps.removeFirst()
    },
    Mutation(testDescription: "a step is there twice", word: "again") {
      $0.steps.append($0.steps[0])
    },
    Mutation(testDescription: "an output that nothing makes", word: "never made") { graph in
      graph.outputs.append(graph.add(graph.values[graph.outputs[0]]))
    },
    Mutation(testDescription: "a value that does not exist", word: "before it is made") {
      $0.steps[$0.steps.count - 1].inputs[0] = 1_000_000
    },
    Mutation(testDescription: "a row program lacks an operand", word: "other operands") { graph in
      guard let fused = graph.rowProgramPosition else { return }
      graph.steps[fused].inputs.removeLast()
    },
    Mutation(testDescription: "a row program's operand has another extent", word: "not fit") {
      graph in
      guard let fused = graph.rowProgramPosition else { return }
      let other = graph.add(
        .init(shape: [7, 11, 13], elementType: .float32, variesByLane: false))
      graph.steps[fused].outputs[0] = other
    },
  ]

  @Test func `finds nothing in a good graph`() {
    #expect(Verification.fault(of: Self.good) == nil)
  }

  @Test(arguments: mutations)
  func `finds what a mutation broke`(_ mutation: Mutation) throws {
    var graph = Self.good
    mutation.change(&graph)
    let fault = try #require(Verification.fault(of: graph))
    #expect(fault.contains(mutation.word), "\(fault)")
  }
}

extension Graph {
  fileprivate var rowProgramPosition: Int? {
    steps.indices.first { if case .rowProgram = steps[$0].kind { true } else { false } }
  }
}
