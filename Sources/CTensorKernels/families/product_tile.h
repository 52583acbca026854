// The one inner loop of matrix products and direct convolutions: up to ML_TILE_ROWS rows by
// ML_TILE_VECTORS vectors of accumulators; each step multiplies one number of each row by the same
// vectors. Every accumulator takes the steps in order, so the tiling leaves no trace in the bits.

// The steps: `inner` of them, `middle` times, `outer` times, and how far each moves in the rows
// and in the vectors.
typedef struct {
  int64_t outer, middle, inner;
  int64_t rowOuter, rowMiddle, rowInner;
  int64_t vectorOuter, vectorMiddle, vectorInner;
} ml_steps;

// A tile: where its rows read and write. `adding` starts from what `results` hold.
typedef struct {
  const float *rows[ML_TILE_ROWS];
  float *results[ML_TILE_ROWS];
  int64_t rowCount;
  int adding;
} ml_tile;

// Columns are `vectors` vectors; where `partial`, only the first `last` lanes of the last exist.
typedef struct { int vectors, partial; int64_t last; } ml_width;

ML_INLINE void load_width(ml_width width, const float *from, float32x16 to[ML_TILE_VECTORS]) {
#pragma clang loop unroll(full)
  for (int v = 0; v < width.vectors; v++) {
    const float *at = from + ML_LANES * v;
    to[v] = width.partial && v == width.vectors - 1 ? load_first(at, width.last) : load16(at);
  }
}

ML_INLINE void store_width(ml_width width, float *to, const float32x16 from[ML_TILE_VECTORS]) {
#pragma clang loop unroll(full)
  for (int v = 0; v < width.vectors; v++) {
    float *at = to + ML_LANES * v;
    if (width.partial && v == width.vectors - 1) store_first(at, from[v], width.last);
    else store16(at, from[v]);
  }
}

// All steps, onto the accumulators.
ML_INLINE void tile_steps(
  const int rows, ml_width width, const ml_steps *s, const float *const *x, const float *w,
  float32x16 sums[ML_TILE_ROWS][ML_TILE_VECTORS])
{
  const int64_t rowInner = s->rowInner, vectorInner = s->vectorInner;
  for (int64_t outer = 0; outer < s->outer; outer++) {
    for (int64_t middle = 0; middle < s->middle; middle++) {
      const int64_t row = outer * s->rowOuter + middle * s->rowMiddle;
      const float *vector = w + outer * s->vectorOuter + middle * s->vectorMiddle;
      const int64_t end = row + s->inner * rowInner;
      for (int64_t at = row; at != end; at += rowInner, vector += vectorInner) {
        float32x16 factors[ML_TILE_VECTORS];
        load_width(width, vector, factors);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
          const float32x16 value = all16(x[r][at]);
#pragma clang loop unroll(full)
          for (int v = 0; v < width.vectors; v++)
            sums[r][v] = fma16(value, factors[v], sums[r][v]);
        }
      }
    }
  }
}

ML_INLINE void product_tile_of(
  const int rows, ml_width width, const ml_steps *s, const ml_tile *tile, const float *w,
  int64_t column)
{
  float32x16 sums[ML_TILE_ROWS][ML_TILE_VECTORS];
  const float *x[ML_TILE_ROWS];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
    x[r] = tile->rows[r];
#pragma clang loop unroll(full)
    for (int v = 0; v < width.vectors; v++) sums[r][v] = all16(0);
  }
  if (tile->adding) {
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) load_width(width, tile->results[r] + column, sums[r]);
  }
  tile_steps(rows, width, s, x, w, sums);
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) store_width(width, tile->results[r] + column, sums[r]);
}

typedef void (*ml_tile_form)(
  const ml_steps *s, const ml_tile *tile, const float *w, int64_t column, int64_t last);

#define ML_TILE_FORM(name, rows, vectors, partial) \
  static void product_tile_##name##_##rows( \
    const ml_steps *s, const ml_tile *tile, const float *w, int64_t column, int64_t last) \
  { \
    product_tile_of(rows, (ml_width){vectors, partial, last}, s, tile, w, column); \
  }
#define ML_TILE_FORMS(name, vectors, partial) \
  ML_TILE_FORM(name, 1, vectors, partial) ML_TILE_FORM(name, 2, vectors, partial) \
  ML_TILE_FORM(name, 3, vectors, partial) ML_TILE_FORM(name, 4, vectors, partial) \
  ML_TILE_FORM(name, 5, vectors, partial) ML_TILE_FORM(name, 6, vectors, partial)
#define ML_TILE_NAMES(name) \
  {product_tile_##name##_1, product_tile_##name##_2, product_tile_##name##_3, \
   product_tile_##name##_4, product_tile_##name##_5, product_tile_##name##_6}

// Forms by whether the last vector is partial, the number of vectors less one, that of rows less
// one.
ML_TILE_FORMS(one, 1, 0)
ML_TILE_FORMS(one_cut, 1, 1)
#if ML_TILE_VECTORS == 4
ML_TILE_FORMS(two, 2, 0)
ML_TILE_FORMS(two_cut, 2, 1)
ML_TILE_FORMS(three, 3, 0)
ML_TILE_FORMS(three_cut, 3, 1)
ML_TILE_FORMS(four, 4, 0)
ML_TILE_FORMS(four_cut, 4, 1)
#endif
static const ml_tile_form product_tile_forms[2][ML_TILE_VECTORS][ML_TILE_ROWS] = {
#if ML_TILE_VECTORS == 4
  {ML_TILE_NAMES(one), ML_TILE_NAMES(two), ML_TILE_NAMES(three), ML_TILE_NAMES(four)},
  {ML_TILE_NAMES(one_cut), ML_TILE_NAMES(two_cut), ML_TILE_NAMES(three_cut),
   ML_TILE_NAMES(four_cut)},
#else
  {ML_TILE_NAMES(one)}, {ML_TILE_NAMES(one_cut)},
#endif
};

// Rows are taken in as few tiles as can be, shared out evenly: the first `larger` have one more.
typedef struct { int64_t tiles, rows, larger; } ml_tiling;
ML_INLINE ml_tiling row_tiling(int64_t rows) {
  const int64_t tiles = quotient_up(rows, ML_TILE_ROWS);
  if (tiles == 0) return (ml_tiling){0};
  return (ml_tiling){tiles, rows / tiles, rows % tiles};
}

// Some columns of a product's result: vectors from `from` on, `last` lanes in the last one.
typedef struct { int64_t from, vectors, last; } ml_columns;

// Columns are taken in groups of as many vectors as a tile has, shared out evenly.
ML_INLINE int64_t column_groups(int64_t columns) {
  return quotient_up(quotient_up(columns, ML_LANES), ML_TILE_VECTORS);
}

ML_INLINE ml_columns column_group(int64_t columns, int64_t group) {
  const int64_t vectors = quotient_up(columns, ML_LANES);
  const ml_range range = part_range(vectors, group, column_groups(columns));
  const int64_t last = range.to == vectors ? columns - (vectors - 1) * ML_LANES : ML_LANES;
  return (ml_columns){range.from * ML_LANES, range.to - range.from, last};
}

// `w` is where the first of these columns is in the first step.
ML_INLINE void product_tile(
  const ml_steps *s, const ml_tile *tile, const float *w, ml_columns columns)
{
  product_tile_forms[columns.last < ML_LANES][columns.vectors - 1][tile->rowCount - 1](
    s, tile, w, columns.from, columns.last);
}
