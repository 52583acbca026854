// The families of kernels, and which function plans which operation. A family is a file of static
// functions, compiled once in each table.
#include "families/peak.h"
#include "families/product_tile.h"
#include "families/transpose.h"
#include "families/matrix_product.h"
#include "families/convolution_shape.h"
#include "families/vector_forms.h"
#include "families/partial_sums.h"
#include "families/winograd_transforms.h"
#include "families/winograd_tiles.h"
#include "families/winograd.h"
#include "families/winograd_weight_gradient.h"
#include "families/convolution_single_channel.h"
#include "families/convolution.h"
#include "families/convolution_weight_gradient.h"
#include "families/math_functions.h"
#include "families/row_steps.h"
#include "families/row_pairs.h"
#include "families/row_shape.h"
#include "families/row_machine.h"
#include "families/row_registers.h"
#include "families/row_blocks.h"
#include "families/row_windows.h"
#include "families/row_sums.h"
#include "families/row_ranges.h"
#include "families/row_program.h"
#include "families/sums.h"
#include "families/maxima.h"
#include "families/cumulative_sums.h"
#include "families/strided_copy.h"
#include "families/filling.h"
#include "families/indexing.h"
#include "families/windows.h"
#include "families/linear_algebra.h"
#include "families/random_bits.h"

#define ML_PLANS \
  [ML_MATRIX_PRODUCT] = plan_matrix_product, \
  [ML_CONVOLUTION] = plan_convolution, \
  [ML_CONVOLUTION_INPUT_GRADIENT] = plan_convolution_input_gradient, \
  [ML_CONVOLUTION_WEIGHT_GRADIENT] = plan_convolution_weight_gradient, \
  [ML_ROW_PROGRAM] = plan_row_program, \
  [ML_SUM] = plan_sum, \
  [ML_MAXIMUM] = plan_maximum, \
  [ML_ARGUMENT_MAXIMUM] = plan_argument_maximum, \
  [ML_CUMULATIVE_SUM] = plan_cumulative_sum, \
  [ML_TOP_INDICES] = plan_top_indices, \
  [ML_STRIDED_COPY] = plan_strided_copy, \
  [ML_FILL] = plan_fill, \
  [ML_IOTA] = plan_iota, \
  [ML_CONVERT] = plan_convert, \
  [ML_GATHER] = plan_gather, \
  [ML_SCATTER_ADD] = plan_scatter_add, \
  [ML_WINDOW_INDEX] = plan_window_index, \
  [ML_WINDOW_GATHER] = plan_window_gather, \
  [ML_WINDOW_SCATTER] = plan_window_scatter, \
  [ML_WINDOW_MAXIMUM] = plan_window_maximum, \
  [ML_WINDOW_SUM] = plan_window_sum, \
  [ML_WINDOW_SPREAD] = plan_window_spread, \
  [ML_CHOLESKY] = plan_cholesky, \
  [ML_TRIANGULAR_SOLVE] = plan_triangular_solve, \
  [ML_RANDOM_BITS] = plan_random_bits, \
  [ML_LANE_SUM] = plan_lane_sum,
