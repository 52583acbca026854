// Sums that were made in blocks, added up.

// to [count] = the sum of blocks [blocks][count], in order.
static void add_blocks(
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
