// The kernels for AVX-512.
#include "table.h"
#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>

#define ML_AVX512
#pragma clang fp contract(off)
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma,avx2"))), apply_to = function)
#include "tuning.h"
#include "vectors.h"
#include "families.h"

const ml_table ml_table_avx512 = {
  .name = "avx512", .plan = {ML_PLANS}, .peak = peak_operations,
};

#pragma clang attribute pop
#endif
