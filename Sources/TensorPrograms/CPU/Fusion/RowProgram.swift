package import Tensors

/// Elementwise steps over rows of columns, run block by block: inputs fill the first registers,
/// each step writes the next one.
package struct RowProgram: Hashable, Sendable {
  /// How an operand meets the rows and columns; `ml_access` says what each is.
  package enum Access: Hashable, Sendable {
    case full, row, column, single, sumRows, sumColumns
    case positions, scattered, gathered, windowLargest, windowPosition
  }

  /// One elementwise operation on registers.
  package struct Step: Hashable, Sendable {
    package let operation: Operation
    package let registers: [Int]
    /// The element type of the operands, which integer comparisons depend on.
    package let operandType: ElementType
  }

  /// A register that leaves the program.
  package struct Output: Hashable, Sendable {
    package let register: Int
    package let access: Access
  }

  package let rows: Int
  package let columns: Int
  package var inputs: [Access]
  package var steps: [Step]
  package var outputs: [Output]
  /// The windows of operands that have one number for each window; rows are positions of pictures.
  package var windows: TiledWindows?
}
