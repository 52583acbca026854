// Partial sums: made block by block, then added.

// to [count] = the sum of the partial sums [blocks][count], in ascending order.
static void add_partial_sums(
  const float *from, int64_t blocks, int64_t count, float *to, int64_t part, int64_t parts)
{
  const ml_range range = part_range(quotient_up(count, ML_LANES), part, parts);
  for (int64_t i = range.from * ML_LANES; i < smaller(range.to * ML_LANES, count); i += ML_LANES) {
    const int64_t lanes = smaller(ML_LANES, count - i);
    float32x16 total = all16(0);
    for (int64_t block = 0; block < blocks; block++)
      total += load_first(from + block * count + i, lanes);
    store_first(to + i, total, lanes);
  }
}

// Adds flat rows to a partial sum, line by line.
static void add_lines(float *sums, const float *x, int64_t count, int64_t line) {
  int64_t whole = count / line, column = 0;
  for (; column + 64 <= line; column += 64) {
    float32x16 a = load16(sums + column), b = load16(sums + column + 16);
    float32x16 c = load16(sums + column + 32), d = load16(sums + column + 48);
    const float *p = x + column;
    for (int64_t i = 0; i < whole; i++, p += line) {
      a += load16(p);
      b += load16(p + 16);
      c += load16(p + 32);
      d += load16(p + 48);
    }
    store16(sums + column, a), store16(sums + column + 16, b);
    store16(sums + column + 32, c), store16(sums + column + 48, d);
  }
  if (column < line)
    for (int64_t i = 0; i < whole; i++)
      add_to(sums + column, x + i * line + column, line - column);
  add_to(sums, x + whole * line, count - whole * line);
}

// Sixteen sums of positions that are equal modulo sixteen.
ML_INLINE float32x16 add_sixteens(float32x16 sums, const float *x, int64_t count) {
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) sums += load16(x + i);
  return i < count ? sums + load_first(x + i, count - i) : sums;
}
