import CTensorKernels
import Testing

@Suite struct KernelSizesTests {
  /// Each field of a struct of sizes is one 64-bit number, so that kernels find it in an array.
  @Test func `sizes are structs of 64-bit numbers`() {
    let counts = [
      (MemoryLayout<ml_matrix_product_sizes>.size, 8),
      (MemoryLayout<ml_convolution_sizes>.size, 15),
      (MemoryLayout<ml_axis_sizes>.size, 3), (MemoryLayout<ml_cumulative_sum_sizes>.size, 5),
      (MemoryLayout<ml_top_indices_sizes>.size, 3), (MemoryLayout<ml_fill_sizes>.size, 1),
      (MemoryLayout<ml_conversion_sizes>.size, 3), (MemoryLayout<ml_gather_sizes>.size, 3),
      (MemoryLayout<ml_window_sizes>.size, 12), (MemoryLayout<ml_cholesky_sizes>.size, 2),
      (MemoryLayout<ml_triangular_solve_sizes>.size, 4),
      (MemoryLayout<ml_random_bits_sizes>.size, 2), (MemoryLayout<ml_lane_sum_sizes>.size, 2),
      (MemoryLayout<ml_copy_sizes>.size, 4), (MemoryLayout<ml_copy_axis>.size, 3),
      (MemoryLayout<ml_row_program_sizes>.size, 5), (MemoryLayout<ml_row_step>.size, 4),
      (MemoryLayout<ml_row_output>.size, 2), (MemoryLayout<ml_row_windows>.size, 4),
    ]
    for (size, fields) in counts { #expect(size == 8 * fields) }
  }
}
