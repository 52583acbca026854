// Products of matrices, in tiles of rows by column groups, straight from the operands; what is
// stored against the grain is transposed first.

typedef struct {
  int64_t batch, rows, columns, depth;  // batch, M, N, K
  int64_t transposeA, transposeB, stepA, stepB;
} ml_product_sizes;

enum { ML_PRODUCT_ROW_BLOCK = 16 * ML_TILE_ROWS };

// Whether the factor a is worth transposing: its rows are then read many times.
ML_INLINE int product_packs_a(const ml_product_sizes *p) {
  return p->transposeA && p->rows * p->depth > 32768 && p->columns > 64;
}

ML_INLINE int64_t product_copies(int64_t step, int64_t batch) { return step == 0 ? 1 : batch; }

ML_INLINE int64_t product_scratch_b(const ml_product_sizes *p) {
  return p->transposeB ? product_copies(p->stepB, p->batch) * p->columns * p->depth : 0;
}

// t [columns][rows] = x [rows][columns], for one block of sixteen rows.
static void transpose_block(const float *x, float *t, int64_t rows, int64_t columns, int64_t row) {
  const int64_t end = smaller(row + ML_LANES, rows);
  for (int64_t c = 0; c < columns; c++)
    for (int64_t r = row; r < end; r++) t[c * rows + r] = x[r * columns + c];
}

static void transpose_batch(
  const float *x, float *t, int64_t count, int64_t step, int64_t rows, int64_t columns,
  int64_t part, int64_t parts)
{
  const int64_t blocks = quotient_up(rows, ML_LANES);
  const ml_range range = part_range(count * blocks, part, parts);
  for (int64_t i = range.from; i < range.to; i++)
    transpose_block(
      x + i / blocks * step, t + i / blocks * rows * columns, rows, columns,
      i % blocks * ML_LANES);
}

static void product_transpose(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts)
{
  const ml_product_sizes *p = (const ml_product_sizes *)sizes;
  float *scratch = operands[3];
  if (p->transposeB)
    transpose_batch(
      operands[1], scratch, product_copies(p->stepB, p->batch), p->stepB, p->columns, p->depth,
      part, parts);
  if (product_packs_a(p))
    transpose_batch(
      operands[0], scratch + product_scratch_b(p), product_copies(p->stepA, p->batch), p->stepA,
      p->depth, p->rows, part, parts);
}

static void product_main(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts)
{
  const ml_product_sizes *p = (const ml_product_sizes *)sizes;
  const float *a = operands[0], *b = operands[1];
  float *c = operands[2];
  int64_t stepA = p->stepA, stepB = p->stepB;
  int transposedA = p->transposeA != 0;
  if (p->transposeB) {
    b = operands[3];
    stepB = stepB == 0 ? 0 : p->columns * p->depth;
  }
  if (product_packs_a(p)) {
    a = (const float *)operands[3] + product_scratch_b(p);
    stepA = stepA == 0 ? 0 : p->rows * p->depth;
    transposedA = 0;
  }
  const int64_t rowStep = transposedA ? 1 : p->depth;
  const ml_steps steps = {
    .outer = 1, .middle = 1, .inner = p->depth,
    .rowInner = transposedA ? p->rows : 1, .vectorInner = p->columns,
  };
  ml_tile tile = {.adding = 0};
  const int64_t groups = column_groups(p->columns);
  const int64_t blocks = quotient_up(p->rows, ML_PRODUCT_ROW_BLOCK);
  const ml_range range = part_range(p->batch * blocks * groups, part, parts);
  for (int64_t i = range.from; i < range.to; i++) {
    const int64_t matrix = i / (blocks * groups);
    const ml_columns columns = column_group(p->columns, i % groups);
    const ml_range rows = part_range(p->rows, i / groups % blocks, blocks);
    const int64_t tiles = quotient_up(rows.to - rows.from, ML_TILE_ROWS);
    for (int64_t t = 0; t < tiles; t++) {
      const ml_range own = part_range(rows.to - rows.from, t, tiles);
      tile.rowCount = own.to - own.from;
      for (int64_t r = 0; r < tile.rowCount; r++) {
        const int64_t row = rows.from + own.from + r;
        tile.rows[r] = a + matrix * stepA + row * rowStep;
        tile.results[r] = c + (matrix * p->rows + row) * p->columns;
      }
      product_tile(&steps, &tile, b + matrix * stepB, columns);
    }
  }
}

static ml_plan plan_matrix_product(const int64_t *sizes) {
  const ml_product_sizes *p = (const ml_product_sizes *)sizes;
  const double work = 2.0 * (double)p->batch * (double)p->rows * (double)p->columns * (double)p->depth;
  const int64_t blocks =
    p->batch * column_groups(p->columns) * quotient_up(p->rows, ML_PRODUCT_ROW_BLOCK);
  const ml_plan main = plan_of_one(product_main, units_for(work, blocks));
  if (!p->transposeB && !product_packs_a(p)) return main;
  int64_t scratch = product_scratch_b(p);
  if (product_packs_a(p)) scratch += product_copies(p->stepA, p->batch) * p->rows * p->depth;
  return (ml_plan){
    .stageCount = 2, .stages = {product_transpose, product_main},
    .units = {units_for((double)scratch, 64), main.units[0]},
    .scratchBytes = 4 * scratch,
  };
}
