// Direct convolution over one channel, as of first layers, where two or three taps of two or three rows
// lie inside the picture: a tile has too few steps to pay for itself. Instead the taps stay in
// registers, for two vectors of the result, and one position follows the other. The order of sums is
// that of a tile.

// `across` taps in each of `down` rows.
ML_INLINE void single_channel_run_of(
  const int down, const int across, const ml_steps *s, const float *x, const float *w, float *y,
  int64_t count, int64_t advance, int64_t resultStep)
{
  float32x16 taps[3][3][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < down; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < across; j++) {
      const float *tap = w + i * s->vectorMiddle + j * s->vectorInner;
      taps[i][j][0] = load16(tap), taps[i][j][1] = load16(tap + ML_LANES);
    }
  for (int64_t at = 0; at < count; at++, x += advance, y += resultStep) {
    float32x16 first = all16(0), second = all16(0);
#pragma clang loop unroll(full)
    for (int i = 0; i < down; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < across; j++) {
        const float32x16 value = all16(x[i * s->rowMiddle + j]);
        first = fma16(value, taps[i][j][0], first);
        second = fma16(value, taps[i][j][1], second);
      }
    store16(y, first), store16(y + ML_LANES, second);
  }
}

typedef void (*ml_single_channel_run_form)(
  const ml_steps *s, const float *x, const float *w, float *y, int64_t count, int64_t advance,
  int64_t resultStep);

#define ML_SINGLE_CHANNEL_RUN(down, across) \
  static void single_channel_run_##down##_##across( \
    const ml_steps *s, const float *x, const float *w, float *y, int64_t count, int64_t advance, \
    int64_t resultStep) \
  { \
    single_channel_run_of(down, across, s, x, w, y, count, advance, resultStep); \
  }
ML_SINGLE_CHANNEL_RUN(2, 2)
ML_SINGLE_CHANNEL_RUN(2, 3)
ML_SINGLE_CHANNEL_RUN(3, 2)
ML_SINGLE_CHANNEL_RUN(3, 3)

// By the taps down and across, less 2.
static const ml_single_channel_run_form single_channel_runs[2][2] = {
  {single_channel_run_2_2, single_channel_run_2_3},
  {single_channel_run_3_2, single_channel_run_3_3},
};

ML_INLINE int has_single_channel_run(const ml_steps *s, ml_columns columns) {
  return (s->middle == 2 || s->middle == 3) && (s->inner == 2 || s->inner == 3) &&
    columns.vectors % 2 == 0 && columns.last == ML_LANES;
}

// `count` positions that read `advance` further each time, all columns of a group.
ML_INLINE void single_channel_run(
  const ml_steps *s, const float *x, const float *w, float *y, int64_t count, int64_t advance,
  int64_t resultStep, ml_columns columns)
{
  const ml_single_channel_run_form form = single_channel_runs[s->middle - 2][s->inner - 2];
  const int64_t end = columns.from + columns.vectors * ML_LANES;
  for (int64_t c = columns.from; c < end; c += 2 * ML_LANES)
    form(s, x, w + c, y + c, count, advance, resultStep);
}
