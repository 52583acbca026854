// The kernels for AVX2 with fused multiply-add.
#include "table.h"
#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>

#define ML_AVX2
#pragma clang fp contract(off)
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "tuning.h"
#include "vectors.h"
#include "families.h"

const ml_table ml_table_avx2 = {
  .name = "avx2", .plan = {ML_PLANS}, .peak = peak_operations,
};

#pragma clang attribute pop
#endif
