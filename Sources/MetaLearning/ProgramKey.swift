import MetaTasks
import Tensors

/// Whoever a program is made for, so that what was compiled for one is never run for another.
///
/// Whoever evaluates the same learner twice passes the same owner, and nothing is compiled again.
public final class ProgramOwner: Hashable, Sendable {
  /// Makes an owner that is like no other.
  public init() {}

  /// Whether they are the same.
  public static func == (left: ProgramOwner, right: ProgramOwner) -> Bool { left === right }

  /// Feeds the identity to a hasher.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// What a runner knows a program by: whose it is, what it does and on what shapes.
struct ProgramKey: Hashable, Sendable {
  let owner: ProgramOwner
  let purpose: String
  let form: InputForm
  let lanes: Int

  init(owner: ProgramOwner, _ purpose: String, _ form: InputForm, lanes: Int) {
    self.owner = owner
    self.purpose = purpose
    self.form = form
    self.lanes = lanes
  }
}

/// What a program is given before each run: names, shapes and element types, and what targets mean.
struct InputForm: Hashable, Sendable {
  private struct Part: Hashable {
    let name: String
    let shape: Shape
    let elementType: ElementType
  }

  private let parts: [Part]
  private let target: Target?

  init(_ values: [(name: String, value: TensorValue)], target: Target? = nil) {
    self.target = target
    parts = values.map {
      Part(name: $0.name, shape: $0.value.shape, elementType: $0.value.elementType)
    }
  }
}
