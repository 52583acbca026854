// Philox4x32-10 (Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3; SC 2011), sixteen
// blocks at a time.

ML_INLINE uint32x16 high_product(uint32x16 a, uint32_t b) {
  uint64x16 product = __builtin_convertvector(a, uint64x16) * (uint64x16)(uint64_t)b;
  return __builtin_convertvector(product >> 32, uint32x16);
}

// Words 0...3 of blocks [first, first + 16).
ML_INLINE void philox_blocks(
    uint32x16 *word, uint32_t key0, uint32_t key1, uint32_t first, uint32_t stream) {
  word[0] = (uint32x16)sixteen_positions() + first;
  word[1] = stream;
  word[2] = word[3] = 0;
  for (int round = 0; round < 10; round++) {
    uint32x16 high0 = high_product(word[0], 0xD2511F53), low0 = word[0] * 0xD2511F53u;
    uint32x16 high2 = high_product(word[2], 0xCD9E8D57), low2 = word[2] * 0xCD9E8D57u;
    word[0] = high2 ^ word[1] ^ key0;
    word[1] = low2;
    word[2] = high0 ^ word[3] ^ key1;
    word[3] = low0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

static void random_bits_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  const uint32_t *key = operands[0];
  const ml_random_bits_sizes *s = (const ml_random_bits_sizes *)sizes;
  int64_t count = s->count;
  ml_range range = part_range(quotient_up(count, 64), part, parts);
  for (int64_t item = range.from; item < range.to; item++) {
    uint32x16 word[4];
    uint32_t line[64];
    philox_blocks(word, key[0], key[1], (uint32_t)(item * 16), (uint32_t)s->stream);
    for (int lane = 0; lane < 16; lane++)
      for (int i = 0; i < 4; i++) line[4 * lane + i] = word[i][lane];
    memcpy((uint32_t *)operands[1] + item * 64, line, (size_t)smaller(64, count - item * 64) * 4);
  }
}

static ml_plan plan_random_bits(const int64_t *sizes) {
  const ml_random_bits_sizes *s = (const ml_random_bits_sizes *)sizes;
  return plan_of_one(
      random_bits_run, part_limit_of_elements(4 * s->count, quotient_up(s->count, 64)));
}
