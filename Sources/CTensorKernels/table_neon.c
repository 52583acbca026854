// The kernels for NEON.
#include "table.h"
#include <math.h>
#include <string.h>
#if defined(__aarch64__)

// The accumulators of a product: rows by vectors of sixteen.
#define ML_TILE_ROWS 6
#define ML_TILE_VECTORS 1

#pragma clang fp contract(off)
#pragma clang diagnostic ignored "-Wpsabi"

#include "vectors.h"
#include "families.h"

const ml_table ml_table_neon = {
  .name = "neon", .plan = {ML_PLANS}, .peak = peak_operations,
};

#endif
