package import Tensors

/// Makes programs ready for one kind of machine.
package protocol Backend: AnyObject {
  /// Prepares a program whose inputs of certain names are persistent values.
  func prepared(_ program: Program, persistent: PersistentValues.Layout) -> any PreparedProgram

  /// Bytes of the memory that programs compute in, one after the other.
  var memoryByteCount: Int { get }
}

/// A program that a backend has prepared.
///
/// Programs of one backend compute in the same memory. What one has there holds until the next
/// takes it: an `Execution` sees to that. Inputs and outputs are told by their position in the
/// program.
package protocol PreparedProgram: AnyObject {
  /// Bytes of what is kept for this program alone: its operations and its constants.
  var ownByteCount: Int { get }

  /// Bytes of the memory that the program computes in.
  var memoryByteCount: Int { get }

  /// Takes the memory that programs compute in; what was there is lost.
  func takeMemory()

  /// Writes an input that is not persistent; its shape is right, with the lanes in front where each
  /// has its own.
  func write(_ value: TensorValue, input: Int)

  /// Computes the outputs.
  func compute(_ persistent: PersistentValues)

  /// Copies carried outputs to their inputs.
  func carry(_ persistent: PersistentValues)

  /// An output, with the lanes in front where each has its own.
  func value(output: Int, _ persistent: PersistentValues) -> TensorValue
}
