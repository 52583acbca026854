// The kernels for NEON.
#include "table.h"
#include <math.h>
#include <string.h>
#if defined(__aarch64__)

#pragma clang fp contract(off)
#pragma clang diagnostic ignored "-Wpsabi"

#include "tuning.h"
#include "vectors.h"
#include "families.h"

const ml_table ml_table_neon = {
  .name = "neon", .plan = {ML_PLANS}, .peak = peak_operations,
};

#endif
