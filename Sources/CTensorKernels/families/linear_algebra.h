// Cholesky factors and triangular systems, for batches of small matrices.

ML_INLINE float dot_product(const float *a, const float *b, int64_t count) {
  float32x16 sum = all16(0);
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) sum = fma16(load16(a + i), load16(b + i), sum);
  if (i < count) sum = fma16(load_first(a + i, count - i), load_first(b + i, count - i), sum);
  return sum16(sum);
}

// Row by row. Elements of `a` are read before those of `l` are written in their place.
static void cholesky_of_one(const float *a, float *l, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j < i; j++)
      l[i * n + j] =
          (a[i * n + j] - dot_product(l + i * n, l + j * n, j)) / l[j * n + j];
    float pivot = a[i * n + i] - dot_product(l + i * n, l + i * n, i);
    l[i * n + i] = pivot > 0 ? __builtin_sqrtf(pivot) : __builtin_nanf("");
    fill_floats(l + i * n + i + 1, 0, n - i - 1);
  }
}

static void cholesky_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  const ml_cholesky_sizes *s = (const ml_cholesky_sizes *)sizes;
  int64_t n = s->order;
  ml_range range = part_range(s->batch, part, parts);
  for (int64_t i = range.from; i < range.to; i++)
    cholesky_of_one(
        (const float *)operands[0] + i * n * n, (float *)operands[1] + i * n * n, n);
}

static ml_plan plan_cholesky(const int64_t *sizes) {
  const ml_cholesky_sizes *s = (const ml_cholesky_sizes *)sizes;
  int64_t n = s->order;
  return plan_of_one(
      cholesky_run, part_limit_of_elements(s->batch * n * n * (1 + n / 16), s->batch));
}

// Sixteen right-hand sides or fewer, m apart from row to row, by substitution.
ML_INLINE void solve_columns(
    const float *l, const float *b, float *x, int64_t n, int64_t m, int64_t columns,
    int transposed) {
  int64_t row_step = transposed ? 1 : n, column_step = transposed ? n : 1;
  for (int64_t step = 0; step < n; step++) {
    int64_t i = transposed ? n - 1 - step : step;
    float32x16 rest = load_first(b + i * m, columns);
    for (int64_t done = 0; done < step; done++) {
      int64_t k = transposed ? n - 1 - done : done;
      float32x16 known = load_first(x + k * m, columns);
      rest = fma16(-all16(l[i * row_step + k * column_step]), known, rest);
    }
    store_first(x + i * m, rest / all16(l[i * n + i]), columns);
  }
}

static void triangular_solve_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  const ml_triangular_solve_sizes *s = (const ml_triangular_solve_sizes *)sizes;
  int64_t n = s->order, m = s->columns, vectors = quotient_up(m, 16);
  ml_range range = part_range(s->batch * vectors, part, parts);
  for (int64_t item = range.from; item < range.to; item++) {
    int64_t matrix = item / vectors, column = item % vectors * 16;
    const float *l = (const float *)operands[0] + matrix * n * n;
    const float *b = (const float *)operands[1] + matrix * n * m + column;
    float *x = (float *)operands[2] + matrix * n * m + column;
    solve_columns(l, b, x, n, m, smaller(16, m - column), s->transposed != 0);
  }
}

static ml_plan plan_triangular_solve(const int64_t *sizes) {
  const ml_triangular_solve_sizes *s = (const ml_triangular_solve_sizes *)sizes;
  int64_t n = s->order, items = s->batch * quotient_up(s->columns, 16);
  return plan_of_one(triangular_solve_run, part_limit_of_elements(items * 16 * n * n / 2, items));
}
