// Products of matrices, in tiles of rows by column groups, straight from the operands where they
// lie well. Else a first kernel packs b in panels, one a column group, and transposes a.

typedef struct {
  ml_matrix_product_sizes sizes;
  int a, b;                                // which operand is which
  int packsA, packsB;
  int64_t matricesA, matricesB;            // how many there are to pack
  int64_t packedA, packedB;                // numbers in one packed matrix
} ml_product;

static ml_product product_form(const int64_t *sizes) {
  ml_product p = {.sizes = *(const ml_matrix_product_sizes *)sizes, .a = 0, .b = 1};
  ml_matrix_product_sizes *s = &p.sizes;
  if (s->columns == 1 && s->rows > 1)
    // A column is computed as the row that it also is, so that its elements fill the vectors.
    p = (ml_product){
      .sizes = {s->batch, 1, s->rows, s->depth, !s->transposesB, !s->transposesA, s->stepB, s->stepA},
      .a = 1, .b = 0,
    };
  // At depth 1 a factor and its transpose lie alike in memory.
  if (s->depth == 1) s->transposesA = s->transposesB = 0;
  p.packsA = s->transposesA && s->rows * s->depth > ML_PACK_LEFT_NUMBERS &&
    s->columns > ML_PACK_COLUMNS;
  p.packsB = s->transposesB ||
    (s->rows >= ML_PACK_RIGHT_ROWS && s->columns > ML_PACK_COLUMNS &&
     s->columns * s->depth >= ML_PACK_RIGHT_NUMBERS);
  p.matricesA = !p.packsA ? 0 : s->stepA == 0 ? 1 : s->batch;
  p.matricesB = !p.packsB ? 0 : s->stepB == 0 ? 1 : s->batch;
  p.packedA = s->rows * s->depth;
  p.packedB = quotient_up(s->columns, ML_LANES) * ML_LANES * s->depth;
  return p;
}

// One panel [depth][vectors of the group] of b, padded with zeros.
ML_INLINE void product_pack_panel(
  const ml_matrix_product_sizes *s, const float *b, ml_columns columns, float *panel)
{
  const int64_t width = columns.vectors * ML_LANES;
  for (int64_t v = 0; v < columns.vectors; v++) {
    const int64_t column = columns.from + v * ML_LANES;
    const int64_t count = v == columns.vectors - 1 ? columns.last : ML_LANES;
    float *to = panel + v * ML_LANES;
    if (s->transposesB) {
      transpose_rows(b + column * s->depth, s->depth, count, s->depth, to, width, 1);
      continue;
    }
    for (int64_t k = 0; k < s->depth; k++)
      store16(to + k * width, load_first(b + k * s->columns + column, count));
  }
}

static void product_pack(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts)
{
  const ml_product p = product_form(sizes);
  const ml_matrix_product_sizes *s = &p.sizes;
  float *packedB = operands[3], *packedA = packedB + p.matricesB * p.packedB;
  const int64_t groups = column_groups(s->columns), strips = quotient_up(s->depth, ML_LANES);
  const ml_range panels = part_range(p.matricesB * groups, part, parts);
  for (int64_t i = panels.from; i < panels.to; i++) {
    const ml_columns columns = column_group(s->columns, i % groups);
    product_pack_panel(
      s, (const float *)operands[p.b] + i / groups * s->stepB, columns,
      packedB + i / groups * p.packedB + columns.from * s->depth);
  }
  const ml_range range = part_range(p.matricesA * strips, part, parts);
  for (int64_t i = range.from; i < range.to; i++) {
    const int64_t k = i % strips * ML_LANES;
    transpose_rows(
      (const float *)operands[p.a] + i / strips * s->stepA + k * s->rows, s->rows,
      smaller(ML_LANES, s->depth - k), s->rows, packedA + i / strips * p.packedA + k, s->depth, 0);
  }
}

// Rows of one column group of one result.
ML_INLINE void product_rows(
  const ml_steps *steps, const float *a, int64_t rowStep, const float *b, float *c,
  int64_t resultStep, ml_range rows, ml_columns columns, int adding)
{
  ml_tile tile = {.adding = adding};
  const ml_tiling tiling = row_tiling(rows.to - rows.from);
  int64_t row = rows.from;
  for (int64_t t = 0; t < tiling.tiles; t++) {
    tile.rowCount = tiling.rows + (t < tiling.larger);
    for (int64_t r = 0; r < tile.rowCount; r++, row++) {
      tile.rows[r] = a + row * rowStep;
      tile.results[r] = c + row * resultStep;
    }
    product_tile(steps, &tile, b, columns);
  }
}

static void product_main(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts)
{
  const ml_product p = product_form(sizes);
  const ml_matrix_product_sizes *s = &p.sizes;
  const float *packedB = operands[3], *packedA = packedB + p.matricesB * p.packedB;
  const float *a = p.packsA ? packedA : operands[p.a], *b = p.packsB ? packedB : operands[p.b];
  const int64_t stepA = p.packsA && s->stepA != 0 ? p.packedA : s->stepA;
  const int64_t stepB = p.packsB && s->stepB != 0 ? p.packedB : s->stepB;
  const int transposedA = s->transposesA && !p.packsA;
  ml_steps steps = {
    .outer = 1, .middle = 1, .inner = s->depth,
    .rowInner = transposedA ? s->rows : 1, .vectorInner = s->columns,
  };
  const int64_t groups = column_groups(s->columns);
  const int64_t blocks = quotient_up(s->rows, ML_PRODUCT_ROW_BLOCK);
  const ml_range range = part_range(s->batch * blocks * groups, part, parts);
  for (int64_t i = range.from; i < range.to; i++) {
    const int64_t matrix = i / groups / blocks;
    const ml_columns columns = column_group(s->columns, i % groups);
    if (p.packsB) steps.vectorInner = columns.vectors * ML_LANES;
    product_rows(
      &steps, a + matrix * stepA, transposedA ? 1 : s->depth,
      b + matrix * stepB + columns.from * (p.packsB ? s->depth : 1),
      (float *)operands[2] + matrix * s->rows * s->columns, s->columns,
      part_range(s->rows, i / groups % blocks, blocks), columns, 0);
  }
}

static ml_plan plan_matrix_product(const int64_t *sizes) {
  const ml_product p = product_form(sizes);
  const ml_matrix_product_sizes *s = &p.sizes;
  const double work =
    2.0 * (double)s->batch * (double)s->rows * (double)s->columns * (double)s->depth;
  const int64_t limit = part_limit(
    work, s->batch * column_groups(s->columns) * quotient_up(s->rows, ML_PRODUCT_ROW_BLOCK));
  if (!p.packsA && !p.packsB) return plan_of_one(product_main, limit);
  const int64_t scratch = p.matricesA * p.packedA + p.matricesB * p.packedB;
  return (ml_plan){
    .kernelCount = 2, .kernels = {product_pack, product_main},
    .partLimits = {part_limit((double)scratch, ML_PART_MOST), limit}, .scratchBytes = 4 * scratch,
  };
}
