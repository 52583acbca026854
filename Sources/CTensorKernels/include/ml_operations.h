// The operations that there are kernels for.
#ifndef ML_OPERATIONS_H
#define ML_OPERATIONS_H

// Unless said otherwise tensors are float32, dense and row-major. What the sizes of an operation are
// is said in ml_sizes.h, by the type that is named here.
typedef enum {
  // operands a, b, c; ml_matrix_product_sizes: c = op(a) op(b), for each of a batch of matrices.
  // Each element: one accumulator over the depth, ascending.
  ML_MATRIX_PRODUCT,

  // Cross-correlation, NHWC pictures, weights [KH][KW][IC][OC]; ml_convolution_sizes.
  // operands: x [N,H,W,IC], w, y [N,OH,OW,OC]
  ML_CONVOLUTION,
  // operands: g [N,OH,OW,OC], w, dx [N,H,W,IC]
  ML_CONVOLUTION_INPUT_GRADIENT,
  // operands: x, g, dw [KH,KW,IC,OC]
  ML_CONVOLUTION_WEIGHT_GRADIENT,

  // A chain of elementwise steps over rows of columns, block by block; see ml_row_programs.h.
  ML_ROW_PROGRAM,

  // operands x, y; ml_axis_sizes: y[outer][inner] over x[outer][extent][inner].
  ML_SUM,
  ML_MAXIMUM,
  ML_ARGUMENT_MAXIMUM,  // y int32; the first of equal ones
  // operands x, y; ml_cumulative_sum_sizes.
  ML_CUMULATIVE_SUM,
  // operands x [rows, columns], y int32 [rows, count]; ml_top_indices_sizes. Largest first, the
  // lower position first among equal ones.
  ML_TOP_INDICES,

  // operands source, target; ml_copy_sizes and its axes.
  ML_STRIDED_COPY,
  // operand y (float32); ml_fill_sizes; scalars: value.
  ML_FILL,
  // operand y int32: positions along the middle axis; ml_axis_sizes.
  ML_IOTA,
  // operands x, y; ml_conversion_sizes. To integers: towards zero, saturating.
  ML_CONVERT,

  // operands x [rows, width], indices int32 [count], y [count, width]; ml_gather_sizes.
  // An index outside gives zeros. Elements are 4 bytes.
  ML_GATHER,
  // operands g [count, width], indices int32 [count], y [rows, width]; ml_gather_sizes.
  // Every element of y is written; contributions are added in ascending order of position.
  ML_SCATTER_ADD,

  // Pooling windows; ml_window_sizes.
  ML_WINDOW_INDEX,    // x, index uint8: position kh * KW + kw of the first maximum inside the picture
  ML_WINDOW_GATHER,   // x, index, y [N,OH,OW,C]
  ML_WINDOW_SCATTER,  // g [N,OH,OW,C], index, dx [N,H,W,C]: every element written, sums where windows overlap
  ML_WINDOW_MAXIMUM,  // x, y, index: gather of the maximum and its index in one
  ML_WINDOW_SUM,      // x, y: sum over the window's positions inside the picture
  ML_WINDOW_SPREAD,   // g, dx: the derivative of the sum

  // operands a [batch,n,n] symmetric (lower half read), l [batch,n,n] (upper half zero);
  // ml_cholesky_sizes. A pivot that is not positive gives NaN.
  ML_CHOLESKY,
  // operands l [batch,n,n] lower, b [batch,n,m], x [batch,n,m]: l x = b, or transposed l' x = b;
  // ml_triangular_solve_sizes.
  ML_TRIANGULAR_SOLVE,

  // operands key uint32[2], y uint32[count]; ml_random_bits_sizes. Philox4x32-10: element i is word
  // i % 4 of the block with key (key[0], key[1]) and counter (i / 4, stream, 0, 0).
  ML_RANDOM_BITS,

  // operands x [lanes, count], y [count]; ml_lane_sum_sizes. y = sum over lanes in a fixed binary
  // tree: halves [0, m), [m, lanes) with m the largest power of two below lanes, recursively.
  ML_LANE_SUM,

  ML_OPERATION_COUNT
} ml_operation;

// The types of elements.
typedef enum { ML_FLOAT32, ML_INT32, ML_UINT32, ML_UINT8 } ml_element;

#endif
