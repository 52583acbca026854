// The kernels for any processor.
#include "table.h"
#include <math.h>
#include <string.h>

#pragma clang fp contract(off)
#pragma clang diagnostic ignored "-Wpsabi"

#include "tuning.h"
#include "vectors.h"
#include "families.h"

const ml_table ml_table_portable = {
  .name = "portable", .plan = {ML_PLANS}, .peak = peak_operations,
};

