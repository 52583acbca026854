public import Tensors

/// A memory outside a recurrent network: slots of numbers that are read by likeness and written
/// where they were read last, or where they are used least.
///
/// Santoro, Bartunov, Botvinick, Wierstra and Lillicrap 2016, Meta-learning with memory-augmented
/// neural networks, arXiv 1605.06065, section 3 (least recently used access).
///
/// In a step, with a key k and a gate g of each of R heads, and lu = 1 at the R slots that are used
/// least and 0 elsewhere (a constant to derivatives), where r are the weights of reading:
///
/// - w = g · r of the step before + (1 - g) · lu, of each head;
/// - memory <- memory, with 0 in the slots of lu, + Σ over heads of w k';
/// - r = softmax over slots of sharpness · the cosines of k and memory; what is read is Σ over slots of r · memory;
/// - usage <- usageDecay · usage + Σ over heads of (r + w).
///
/// The paper has no sharpness, which is 1: of 128 slots a key then reads none with much more than a
/// fiftieth of its attention, however like the key it is.
public struct ExternalMemory: Hashable, Sendable {
  /// The number of slots.
  public let slots: Int
  /// The extent of a slot.
  public let width: Int
  /// How many read and write at once, each with a key of its own.
  public let heads: Int
  /// What part of the usage a step keeps.
  public let usageDecay: Double
  /// The factor of cosines.
  public let sharpness: Double

  /// Makes a memory; stops where there are fewer slots than heads.
  public init(slots: Int, width: Int, heads: Int, usageDecay: Double = 0.95, sharpness: Double = 1)
  {
    guard heads >= 1, slots >= heads else {
      fatalError("\(heads) heads need as many slots at least, and there are \(slots).")
    }
    self.slots = slots
    self.width = width
    self.heads = heads
    self.usageDecay = usageDecay
    self.sharpness = sharpness
  }

  /// What a step led to, for n sequences.
  public struct Step {
    /// What the heads read, side by side: [n, heads · width].
    public let read: Tensor
    /// What each head wrote by: [n, heads, slots].
    public let writeWeights: Tensor
    /// 1 at the slots that were used least before the step: [n, slots].
    public let leastUsed: Tensor
    /// `memory`, `readWeights` and `usage` after the step.
    public let state: Parameters
  }

  /// The shapes of the state of n sequences: `memory` [n, slots, width], `readWeights` [n, heads,
  /// slots] and `usage` [n, slots].
  public func stateShapes(count: Int) -> NamedTree<Shape> {
    NamedTree<Shape>([
      "memory": [count, slots, width], "readWeights": [count, heads, slots],
      "usage": [count, slots],
    ])
  }

  /// The state before the first step: nothing is kept, nothing was read or used.
  public func initialState(count: Int) -> Parameters {
    stateShapes(count: count).map { Tensor.fill(0, shape: $0) }
  }

  /// Writes, then reads, with keys [n, heads, width] and gates between 0 and 1, [n, heads, 1].
  public func step(keys: Tensor, gates: Tensor, _ state: Parameters) -> Step {
    let leastUsed = leastUsed(state["usage"])
    let writeWeights =
      gates * state["readWeights"] + (1 - gates) * leastUsed.insertingAxis(at: 1)
    let kept = state["memory"] * (1 - leastUsed).insertingAxis(at: 2)
    let memory = kept + matrixProduct(writeWeights, keys, transposingLeft: true)
    let readWeights = likeness(keys, memory).softmax()
    let used = (readWeights + writeWeights).sum(along: [1]).stopGradient()
    return Step(
      read: matrixProduct(readWeights, memory).reshaped([keys.shape[0], heads * width]),
      writeWeights: writeWeights, leastUsed: leastUsed,
      state: Parameters([
        "memory": memory, "readWeights": readWeights,
        "usage": state["usage"] * usageDecay + used,
      ]))
  }

  /// 1 at as many slots as there are heads, those of the least usage: [n, slots].
  private func leastUsed(_ usage: Tensor) -> Tensor {
    (-usage.stopGradient()).largest(heads).positions.oneHot(slots).sum(along: [1])
  }

  /// The cosine [n, heads, slots] of each key and each slot, times the sharpness.
  private func likeness(_ keys: Tensor, _ memory: Tensor) -> Tensor {
    let products = matrixProduct(keys, memory, transposingRight: true)
    let slotScales = inverseLengths(memory).transposed([0, 2, 1])
    return products * inverseLengths(keys) * slotScales * sharpness
  }

  /// One over the length of each row, kept finite for rows of zeros.
  private func inverseLengths(_ rows: Tensor) -> Tensor {
    (rows.square().sum(along: [-1], keepingAxes: true) + 1e-8).reciprocalSquareRoot()
  }
}
