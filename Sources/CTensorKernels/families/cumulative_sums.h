// Sums of all positions up to each, along the middle axis of [outer][extent][inner].
static void cumulative_sum_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  int64_t outer = sizes[0], extent = sizes[1], inner = sizes[2];
  int exclusive = sizes[3] != 0, reversed = sizes[4] != 0;
  int64_t vectors = quotient_up(inner, 16);
  ml_range range = part_range(outer * vectors, part, parts);
  for (int64_t item = range.from; item < range.to; item++) {
    int64_t column = item % vectors * 16, n = smaller(16, inner - column);
    int64_t first = item / vectors * extent * inner + column;
    const float *x = (const float *)operands[0] + first;
    float *y = (float *)operands[1] + first;
    float32x16 sum = all16(0);
    for (int64_t i = 0; i < extent; i++) {
      int64_t at = (reversed ? extent - 1 - i : i) * inner;
      float32x16 with = sum + load_first(x + at, n);
      store_first(y + at, exclusive ? sum : with, n);
      sum = with;
    }
  }
}

static ml_plan plan_cumulative_sum(const int64_t *sizes) {
  int64_t elements = sizes[0] * sizes[1] * sizes[2];
  return plan_of_one(
      cumulative_sum_run, units_for_elements(elements, sizes[0] * quotient_up(sizes[2], 16)));
}
