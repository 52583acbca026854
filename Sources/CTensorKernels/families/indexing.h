// Rows taken by index, and rows added at indices. An index outside takes zeros and adds nowhere.

static void gather_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  const ml_gather_sizes *s = (const ml_gather_sizes *)sizes;
  int64_t rows = s->rows, width = s->width;
  const float *x = operands[0];
  const int32_t *indices = operands[1];
  ml_range range = part_range(s->count, part, parts);
  for (int64_t i = range.from; i < range.to; i++) {
    float *y = (float *)operands[2] + i * width;
    if (indices[i] >= 0 && indices[i] < rows)
      memcpy(y, x + indices[i] * width, (size_t)width * 4);
    else fill_floats(y, 0, width);
  }
}

static ml_plan plan_gather(const int64_t *sizes) {
  const ml_gather_sizes *s = (const ml_gather_sizes *)sizes;
  return plan_of_one(gather_run, part_limit_of_elements(s->count * s->width, s->count));
}

// Parts are ranges of rows of the result, so contributions to a row are added in their order.
static void scatter_add_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  const ml_gather_sizes *s = (const ml_gather_sizes *)sizes;
  int64_t count = s->count, width = s->width;
  const float *g = operands[0];
  const int32_t *indices = operands[1];
  float *y = operands[2];
  ml_range range = part_range(s->rows, part, parts);
  fill_floats(y + range.from * width, 0, (range.to - range.from) * width);
  for (int64_t i = 0; i < count; i++)
    if (indices[i] >= range.from && indices[i] < range.to)
      add_to(y + indices[i] * width, g + i * width, width);
}

static ml_plan plan_scatter_add(const int64_t *sizes) {
  const ml_gather_sizes *s = (const ml_gather_sizes *)sizes;
  int64_t elements = (s->rows + s->count) * s->width;
  return plan_of_one(scatter_add_run, part_limit_of_elements(elements, s->rows));
}
