import Tensors
import Testing

@Suite struct `Gradients` {
  @Test func `stop for a loss of each lane and a shared value`() async {
    await #expect(processExitsWith: .failure) {
      let shared = Tensor.input("w", shape: [2])
      let loss = (Tensor.input("x", shape: [2], .perLane) * shared).sum()
      _ = gradient(of: loss, withRespectTo: [shared])
    }
  }

  @Test func `stop for a loss of each lane whose derivative would cross lanes`() async {
    await #expect(processExitsWith: .failure) {
      let x = Tensor.input("x", shape: [2], .perLane)
      let loss = (x * sumOverLanes(x)).sum()
      _ = gradient(of: loss, withRespectTo: [x])
    }
  }

  @Test func `stop for a value that the loss does not use`() async {
    await #expect(processExitsWith: .failure) {
      let used = Tensor.input("a", shape: [2])
      _ = gradient(of: used.sum(), withRespectTo: [Tensor.input("b", shape: [2])])
    }
  }

  @Test func `stop for a recomputed body that mixes shared values and those of lanes`() async {
    await #expect(processExitsWith: .failure) {
      let shared = Tensor.input("w", shape: [2])
      _ = recomputed([shared, Tensor.input("x", shape: [2], .perLane)]) { [$0[0] * $0[1]] }
    }
  }

  @Test func `are not hidden by seeing a value per lane twice`() {
    let shared = Tensor.input("w", shape: [2])
    let seen = [Tensor(.perLane, [shared]), Tensor(.perLane, [shared])]
    let x = Tensor.input("x", shape: [2], .perLane)
    let loss = sumOverLanes((x * seen[0] + seen[1]).sum())
    let sums = topologicalOrder(of: gradient(of: loss, withRespectTo: [shared]))
      .filter { $0.operation == .sumOverLanes }
    #expect(sums.count == 1, "what lanes contribute is added before it is summed over lanes")
  }

  @Test func `of parameters leave statistics out`() {
    let parameters = Parameters([
      .init(name: "weight", leaf: .input("w", shape: [2])),
      .init(name: "mean", leaf: .input("m", shape: [2]), role: .statistic),
    ])
    let loss = (parameters["weight"] * parameters["mean"]).sum()
    #expect(gradient(of: loss, withRespectTo: parameters).names == ["weight"])
  }
}

@Suite struct `A mistake in a program stops at the call that makes it` {
  @Test func `when shapes do not meet`() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor.input("a", shape: [2]) + Tensor.input("b", shape: [3])
    }
    await #expect(processExitsWith: .failure) {
      _ = matrixProduct(Tensor.input("a", shape: [2, 3]), Tensor.input("b", shape: [2, 3]))
    }
    await #expect(processExitsWith: .failure) {
      _ = Tensor.input("x", shape: [1, 8, 8, 3])
        .convolved(with: .input("w", shape: [3, 3, 4, 8]))
    }
  }

  @Test func `when element types do not meet`() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor.positions(along: 0, shape: [3]).exp()
    }
  }
}
