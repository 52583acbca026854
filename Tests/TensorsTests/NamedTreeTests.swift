import Tensors
import Testing

@Suite struct `A named tree` {
  let tree: NamedTree<Int> = {
    var tree = NamedTree<Int>()
    tree.append(NamedTree(["weight": 1, "bias": 2]), below: "block1")
    tree.append(.init(name: "mean", leaf: 3, role: .statistic))
    return tree
  }()

  @Test func `keeps order, paths and roles`() {
    #expect(tree.names == ["block1.weight", "block1.bias", "mean"])
    #expect(tree.below("block1").names == ["weight", "bias"])
    #expect(tree.learned.leaves == [1, 2])
    #expect(tree.statistics.leaves == [3])
    #expect(tree.map { $0 * 2 }.leaves == [2, 4, 6])
  }

  @Test func `replaces leaves of the same names only`() {
    let other = NamedTree(["block1.bias": 20, "other": 5])
    #expect(tree.replacing(with: other).leaves == [1, 20, 3])
  }

  @Test func `stops for a name that is taken or missing`() async {
    await #expect(processExitsWith: .failure) {
      _ = NamedTree(["a": 1])["b"]
    }
    await #expect(processExitsWith: .failure) {
      var tree = NamedTree(["a": 1])
      tree.append(.init(name: "a", leaf: 2))
    }
  }
}
