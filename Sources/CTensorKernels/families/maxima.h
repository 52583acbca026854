// Maxima over the middle axis of [outer][extent][inner], and their positions. A NaN
// counts as the largest, so that it never vanishes.

ML_INLINE int32x16 sixteen_positions(void) {
  return (int32x16){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
}

// Whether position a of a row comes before position b among the largest.
ML_INLINE int comes_before(const float *x, int32_t a, int32_t b) {
  if (ahead_scalar(x[a], x[b])) return 1;
  return a < b && !ahead_scalar(x[b], x[a]);
}

// The position of the first maximum of neighbours, or -1 of none.
static int32_t position_of_maximum(const float *x, int64_t count) {
  if (count == 0) return -1;
  int32_t first = 0;
  int64_t i = 1;
  if (count >= 32) {
    float32x16 best = load16(x);
    int32x16 position = sixteen_positions(), now = position;
    for (i = 16; i + 16 <= count; i += 16) {
      float32x16 value = load16(x + i);
      now += 16;
      int32x16 better = ahead(value, best);
      best = choose(better, value, best);
      position = choose_integers(better, now, position);
    }
    first = position[0];
    for (int64_t lane = 1; lane < 16; lane++) {
      int32_t p = position[lane];
      if (comes_before(x, p, first)) first = p;
    }
  }
  for (; i < count; i++)
    if (ahead_scalar(x[i], x[first])) first = (int32_t)i;
  return first;
}

// The maximum of one number or more.
static float maximum_of_run(const float *x, int64_t count) {
  float best = x[0];
  int64_t i = 1;
  if (count >= 32) {
    float32x16 a = load16(x), b = load16(x + 16);
    for (i = 32; i + 32 <= count; i += 32) {
      a = maximum(a, load16(x + i));
      b = maximum(b, load16(x + i + 16));
    }
    a = maximum(a, b);
    best = a[0];
    for (int64_t lane = 1; lane < 16; lane++)
      if (ahead_scalar(a[lane], best)) best = a[lane];
  }
  for (; i < count; i++)
    if (ahead_scalar(x[i], best)) best = x[i];
  return best;
}

// Sixteen columns or fewer of rows that are `step` apart.
ML_INLINE void maximum_of_rows(
    float *y, int32_t *index, const float *x, int64_t rows, int64_t columns, int64_t step) {
  float32x16 best = load_first(x, columns);
  int32x16 position = 0;
  for (int64_t i = 1; i < rows; i++) {
    float32x16 value = load_first(x + i * step, columns);
    int32x16 better = ahead(value, best);
    best = choose(better, value, best);
    position = choose_integers(better, (int32x16)(int32_t)i, position);
  }
  if (y) store_first(y, best, columns);
  if (index) store_first_integers(index, position, columns);
}

ML_INLINE void reduce_maximum(
    const float *x, float *y, int32_t *index, const int64_t *sizes, int64_t part, int64_t parts) {
  const ml_axis_sizes *s = (const ml_axis_sizes *)sizes;
  int64_t outer = s->outer, extent = s->extent, inner = s->inner;
  int64_t strips = quotient_up(inner, MAXIMUM_STRIP);
  ml_range range = part_range(outer * strips, part, parts);
  for (int64_t item = range.from; item < range.to; item++) {
    int64_t o = item / strips, from = item % strips * MAXIMUM_STRIP;
    int64_t to = smaller(from + MAXIMUM_STRIP, inner);
    const float *rows = x + o * extent * inner;
    for (int64_t c = from; c < to; c += 16) {
      float *values = y ? y + o * inner + c : 0;
      int32_t *positions = index ? index + o * inner + c : 0;
      int64_t columns = smaller(16, to - c);
      if (extent == 0) {
        for (int64_t i = 0; i < columns; i++)
          if (y) values[i] = -__builtin_inff();
          else positions[i] = 0;
      } else if (inner == 1) {
        if (y) *values = maximum_of_run(rows, extent);
        else *positions = position_of_maximum(rows, extent);
      } else {
        maximum_of_rows(values, positions, rows + c, extent, columns, inner);
      }
    }
  }
}

static void maximum_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  reduce_maximum(operands[0], operands[1], 0, sizes, part, parts);
}

static void argument_maximum_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  reduce_maximum(operands[0], 0, operands[1], sizes, part, parts);
}

ML_INLINE int64_t maximum_part_limit(const int64_t *sizes) {
  const ml_axis_sizes *s = (const ml_axis_sizes *)sizes;
  return part_limit_of_elements(
      s->outer * s->extent * s->inner, s->outer * quotient_up(s->inner, MAXIMUM_STRIP));
}

static ml_plan plan_maximum(const int64_t *sizes) {
  return plan_of_one(maximum_run, maximum_part_limit(sizes));
}

static ml_plan plan_argument_maximum(const int64_t *sizes) {
  return plan_of_one(argument_maximum_run, maximum_part_limit(sizes));
}

// Restores a heap whose root is the last of those kept.
static void sift_down(const float *x, int32_t *heap, int64_t count, int64_t at) {
  int32_t moving = heap[at];
  for (int64_t child; (child = 2 * at + 1) < count; at = child) {
    if (child + 1 < count && comes_before(x, heap[child], heap[child + 1])) child += 1;
    if (!comes_before(x, moving, heap[child])) break;
    heap[at] = heap[child];
  }
  heap[at] = moving;
}

static void top_of_row(const float *x, int32_t *y, int64_t columns, int64_t k) {
  int64_t kept = smaller(k, columns);
  for (int64_t i = 0; i < k; i++) y[i] = (int32_t)smaller(i, kept - 1);
  for (int64_t i = kept / 2; i-- > 0;) sift_down(x, y, kept, i);
  for (int64_t i = kept; i < columns; i++) {
    if (kept == 0 || !comes_before(x, (int32_t)i, y[0])) continue;
    y[0] = (int32_t)i;
    sift_down(x, y, kept, 0);
  }
  for (int64_t last = kept - 1; last > 0; last--) {
    int32_t worst = y[0];
    y[0] = y[last];
    y[last] = worst;
    sift_down(x, y, last, 0);
  }
}

static void top_indices_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  const ml_top_indices_sizes *s = (const ml_top_indices_sizes *)sizes;
  int64_t columns = s->columns, k = s->count;
  ml_range range = part_range(s->rows, part, parts);
  for (int64_t row = range.from; row < range.to; row++)
    top_of_row((const float *)operands[0] + row * columns, (int32_t *)operands[1] + row * k,
               columns, k);
}

static ml_plan plan_top_indices(const int64_t *sizes) {
  const ml_top_indices_sizes *s = (const ml_top_indices_sizes *)sizes;
  return plan_of_one(top_indices_run, part_limit_of_elements(4 * s->rows * s->columns, s->rows));
}
