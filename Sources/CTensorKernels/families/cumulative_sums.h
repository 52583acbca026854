// Sums of all positions up to each, along the middle axis of [outer][extent][inner].
static void cumulative_sum_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  const ml_cumulative_sum_sizes *s = (const ml_cumulative_sum_sizes *)sizes;
  int64_t extent = s->extent, inner = s->inner;
  int exclusive = s->exclusive != 0, reversed = s->reversed != 0;
  int64_t vectors = quotient_up(inner, 16);
  ml_range range = part_range(s->outer * vectors, part, parts);
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
  const ml_cumulative_sum_sizes *s = (const ml_cumulative_sum_sizes *)sizes;
  int64_t elements = s->outer * s->extent * s->inner;
  return plan_of_one(
      cumulative_sum_run, part_limit_of_elements(elements, s->outer * quotient_up(s->inner, 16)));
}
