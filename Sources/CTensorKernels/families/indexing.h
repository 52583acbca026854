// Rows taken by index, and rows added at indices. An index outside takes zeros and adds nowhere.

static void gather_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  int64_t rows = sizes[0], width = sizes[2];
  const float *x = operands[0];
  const int32_t *indices = operands[1];
  ml_range range = part_range(sizes[1], part, parts);
  for (int64_t i = range.from; i < range.to; i++) {
    float *y = (float *)operands[2] + i * width;
    if (indices[i] >= 0 && indices[i] < rows)
      memcpy(y, x + indices[i] * width, (size_t)width * 4);
    else fill_floats(y, 0, width);
  }
}

static ml_plan plan_gather(const int64_t *sizes) {
  return plan_of_one(gather_run, units_for_elements(sizes[1] * sizes[2], sizes[1]));
}

// Parts are ranges of rows of the result, so contributions to a row are added in their order.
static void scatter_add_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  int64_t count = sizes[1], width = sizes[2];
  const float *g = operands[0];
  const int32_t *indices = operands[1];
  float *y = operands[2];
  ml_range range = part_range(sizes[0], part, parts);
  fill_floats(y + range.from * width, 0, (range.to - range.from) * width);
  for (int64_t i = 0; i < count; i++)
    if (indices[i] >= range.from && indices[i] < range.to)
      add_to(y + indices[i] * width, g + i * width, width);
}

static ml_plan plan_scatter_add(const int64_t *sizes) {
  int64_t elements = (sizes[0] + sizes[1]) * sizes[2];
  return plan_of_one(scatter_add_run, units_for_elements(elements, sizes[0]));
}
