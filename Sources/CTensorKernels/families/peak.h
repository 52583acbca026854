// The rate of multiply-adds on registers alone, against which kernels are measured.
static double peak_operations(int64_t iterations, float *sink) {
  enum { chains = ML_TILE_ROWS * ML_TILE_VECTORS };
  float32x16 sums[chains];
#pragma clang loop unroll(full)
  for (int i = 0; i < chains; i++) sums[i] = all16((float)i);
  float32x16 a = all16(sink[0]), b = a;
  for (int64_t step = 0; step < iterations; step++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < chains; i++) sums[i] = fma16(sums[i], a, b);
  }
  float32x16 total = all16(0);
#pragma clang loop unroll(full)
  for (int i = 0; i < chains; i++) total += sums[i];
  sink[0] = sum16(total);
  return 2.0 * chains * ML_LANES * (double)iterations;
}
