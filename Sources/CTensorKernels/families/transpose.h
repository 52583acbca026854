// Transposition by blocks of sixteen by sixteen in registers.

#define ML_LOWER_PAIRS 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define ML_UPPER_PAIRS 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31

// Four rounds of pairing row i with row i + 8 transpose the block.
ML_INLINE void transpose_block(float32x16 v[ML_LANES]) {
#pragma clang loop unroll(full)
  for (int round = 0; round < 4; round++) {
    float32x16 next[ML_LANES];
#pragma clang loop unroll(full)
    for (int i = 0; i < ML_LANES / 2; i++) {
      next[2 * i] = __builtin_shufflevector(v[i], v[i + 8], ML_LOWER_PAIRS);
      next[2 * i + 1] = __builtin_shufflevector(v[i], v[i + 8], ML_UPPER_PAIRS);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < ML_LANES; i++) v[i] = next[i];
  }
}

// to [columns][toStep] = the transpose of from [rows][fromStep], at most sixteen rows. With
// `padding` rows up to sixteen are written as zeros.
static void transpose_rows(
  const float *from, int64_t fromStep, int64_t rows, int64_t columns, float *to, int64_t toStep,
  int padding)
{
  for (int64_t column = 0; column < columns; column += ML_LANES) {
    const int64_t count = smaller(ML_LANES, columns - column);
    float32x16 v[ML_LANES];
    if (rows == ML_LANES && count == ML_LANES) {
#pragma clang loop unroll(full)
      for (int i = 0; i < ML_LANES; i++) v[i] = load16(from + i * fromStep + column);
    } else {
#pragma clang loop unroll(full)
      for (int i = 0; i < ML_LANES; i++)
        v[i] = i < rows ? load_first(from + i * fromStep + column, count) : all16(0);
    }
    transpose_block(v);
    if (count == ML_LANES && (rows == ML_LANES || padding)) {
#pragma clang loop unroll(full)
      for (int i = 0; i < ML_LANES; i++) store16(to + (column + i) * toStep, v[i]);
    } else {
#pragma clang loop unroll(full)
      for (int i = 0; i < ML_LANES; i++)
        if (i < count)
          store_first(to + (column + i) * toStep, v[i], padding ? ML_LANES : rows);
    }
  }
}

static void transpose(
  const float *from, int64_t fromStep, int64_t rows, int64_t columns, float *to, int64_t toStep)
{
  for (int64_t row = 0; row < rows; row += ML_LANES)
    transpose_rows(
      from + row * fromStep, fromStep, smaller(ML_LANES, rows - row), columns, to + row, toStep, 0);
}
