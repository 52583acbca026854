// The families of kernels, and which function plans which operation. A family is a file of static
// functions, compiled once in each table.
#include "families/peak.h"
#include "families/product_tile.h"
#include "families/transpose.h"
#include "families/matrix_product.h"
#include "families/convolution_shape.h"
#include "families/block_sums.h"
#include "families/winograd_transforms.h"
#include "families/winograd.h"
#include "families/winograd_weight_gradient.h"
#include "families/convolution.h"
#include "families/convolution_weight_gradient.h"

#define ML_PLANS \
  [ML_MATRIX_PRODUCT] = plan_matrix_product, \
  [ML_CONVOLUTION] = plan_convolution, \
  [ML_CONVOLUTION_INPUT_GRADIENT] = plan_convolution_input_gradient, \
  [ML_CONVOLUTION_WEIGHT_GRADIENT] = plan_convolution_weight_gradient,
