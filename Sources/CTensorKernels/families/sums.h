// Sums over the middle axis of [outer][extent][inner], in blocks that the sizes fix.

typedef struct {
  int64_t outer, extent, inner;
  int64_t block, blocks;  // positions of a block, and how many of them
  int64_t strip, strips;  // columns of a strip, and how many of them
} sum_shape;

ML_INLINE sum_shape sum_shape_of(const int64_t *sizes) {
  const ml_axis_sizes *axes = (const ml_axis_sizes *)sizes;
  sum_shape s = {.outer = axes->outer, .extent = axes->extent, .inner = axes->inner};
  int64_t wanted =
      part_limit_of_elements(s.extent * s.inner, larger(1, s.extent / SUM_LEAST_BLOCK));
  s.block = larger(1, quotient_up(s.extent, wanted));
  s.blocks = larger(1, quotient_up(s.extent, s.block));
  s.strip = SUM_STRIP;
  s.strips = quotient_up(s.inner, s.strip);
  return s;
}

// A sum of neighbours: sixty-four sums first if there are many.
static float sum_of_run(const float *x, int64_t count) {
  float32x16 sum = all16(0);
  if (count >= SUM_WIDE_RUN) {
    float32x16 a = sum, b = sum, c = sum, d = sum;
    for (; count >= 64; count -= 64, x += 64) {
      a += load16(x);
      b += load16(x + 16);
      c += load16(x + 32);
      d += load16(x + 48);
    }
    sum = (a + b) + (c + d);
  }
  return sum16(add_sixteens(sum, x, count));
}

// Sums over rows of few columns: lines of several rows are added as wholes.
static void sum_few_columns(float *y, const float *x, int64_t rows, int64_t columns) {
  float line[SUM_LINE];
  int64_t group = rows_per_whole_vectors(columns);
  if (group * columns > SUM_LINE) group = 1;
  fill_floats(line, 0, group * columns);
  add_lines(line, x, rows * columns, group * columns);
  memcpy(y, line, (size_t)columns * 4);
  for (int64_t i = 1; i < group; i++) add_to(y, line + i * columns, columns);
}

// Columns [0, columns) of rows that are `step` apart.
static void sum_strip(float *y, const float *x, int64_t rows, int64_t columns, int64_t step) {
  int64_t c = 0;
  for (; c + 64 <= columns; c += 64) {
    float32x16 a = all16(0), b = a, e = a, d = a;
    const float *p = x + c;
    for (int64_t i = 0; i < rows; i++, p += step) {
      a += load16(p);
      b += load16(p + 16);
      e += load16(p + 32);
      d += load16(p + 48);
    }
    store16(y + c, a), store16(y + c + 16, b), store16(y + c + 32, e), store16(y + c + 48, d);
  }
  for (; c < columns; c += 16) {
    int64_t n = smaller(16, columns - c);
    float32x16 a = all16(0);
    for (int64_t i = 0; i < rows; i++) a += load_first(x + c + i * step, n);
    store_first(y + c, a, n);
  }
}

static void sum_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  sum_shape s = sum_shape_of(sizes);
  const float *x = operands[0];
  float *target = s.blocks > 1 ? operands[2] : operands[1];
  ml_range range = part_range(s.outer * s.blocks * s.strips, part, parts);
  for (int64_t item = range.from; item < range.to; item++) {
    int64_t line = item / s.strips, column = item % s.strips * s.strip;
    int64_t block = line % s.blocks, position = block * s.block;
    int64_t rows = smaller(s.block, s.extent - position);
    const float *from = x + (line / s.blocks * s.extent + position) * s.inner + column;
    float *y = target + line * s.inner + column;
    if (s.inner == 1) *y = sum_of_run(from, rows);
    else if (s.inner < SUM_FEW_COLUMNS) sum_few_columns(y, from, rows, s.inner);
    else sum_strip(y, from, rows, smaller(s.strip, s.inner - column), s.inner);
  }
}

static void sum_combine(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  sum_shape s = sum_shape_of(sizes);
  ml_range range = part_range(s.outer, part, parts);
  for (int64_t o = range.from; o < range.to; o++) {
    float *y = (float *)operands[1] + o * s.inner;
    const float *partial = (const float *)operands[2] + o * s.blocks * s.inner;
    memcpy(y, partial, (size_t)s.inner * 4);
    for (int64_t block = 1; block < s.blocks; block++)
      add_to(y, partial + block * s.inner, s.inner);
  }
}

static ml_plan plan_sum(const int64_t *sizes) {
  sum_shape s = sum_shape_of(sizes);
  int64_t elements = s.outer * s.extent * s.inner;
  int64_t items = s.outer * s.blocks * s.strips;
  ml_plan plan = plan_of_one(sum_run, part_limit_of_elements(elements, items));
  if (s.blocks > 1) {
    plan.kernelCount = 2;
    plan.kernels[1] = sum_combine;
    plan.partLimits[1] = part_limit_of_elements(s.outer * s.blocks * s.inner, s.outer);
    plan.scratchBytes = s.outer * s.blocks * s.inner * 4;
  }
  return plan;
}

// operands x [lanes, count], y [count]. A binary counter of partial sums makes the fixed tree: a
// lane that completes a pair is added to the one before it, and so on upwards.
static void lane_sum_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  const ml_lane_sum_sizes *s = (const ml_lane_sum_sizes *)sizes;
  int64_t lanes = s->lanes, count = s->count;
  _Alignas(64) float partial[40][LANE_SUM_STRIP];
  ml_range range = part_range(quotient_up(count, LANE_SUM_STRIP), part, parts);
  for (int64_t strip = range.from; strip < range.to; strip++) {
    int64_t from = strip * LANE_SUM_STRIP, width = smaller(LANE_SUM_STRIP, count - from);
    float *y = (float *)operands[1] + from;
    int64_t depth = 0;
    for (int64_t lane = 0; lane < lanes; lane++) {
      memcpy(partial[depth++], (const float *)operands[0] + lane * count + from,
             (size_t)width * 4);
      for (int64_t n = lane; n & 1; n >>= 1, depth--)
        add_to(partial[depth - 2], partial[depth - 1], width);
    }
    for (; depth > 1; depth--) add_to(partial[depth - 2], partial[depth - 1], width);
    if (depth == 1) memcpy(y, partial[0], (size_t)width * 4);
    else fill_floats(y, 0, width);
  }
}

static ml_plan plan_lane_sum(const int64_t *sizes) {
  const ml_lane_sum_sizes *s = (const ml_lane_sum_sizes *)sizes;
  int64_t strips = quotient_up(s->count, LANE_SUM_STRIP);
  // What other threads have just written is slow to come: a second one must have much to do.
  int64_t elements = s->lanes * s->count / ML_LANE_SUM_PART_SCALE;
  return plan_of_one(lane_sum_run, part_limit_of_elements(elements, strips));
}
