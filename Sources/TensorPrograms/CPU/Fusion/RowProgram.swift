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
    /// What it does.
    package let operation: Operation
    /// The registers that it reads.
    package let registers: [Int]
    /// The element type of the operands, which integer comparisons depend on.
    package let operandType: ElementType
  }

  /// A register that leaves the program.
  package struct Output: Hashable, Sendable {
    /// The register.
    package let register: Int
    /// How it leaves.
    package let access: Access
  }

  /// The number of rows.
  package let rows: Int
  /// The number of columns.
  package let columns: Int
  /// How each input meets rows and columns.
  package var inputs: [Access]
  /// The steps, in the order in which they run.
  package var steps: [Step]
  /// What leaves the program.
  package var outputs: [Output]
  /// The windows of operands that have one number for each window; rows are positions of pictures.
  package var windows: TiledWindows?
}
