// Convolutions of kernel 3x3 and stride 1 by Winograd's F(4x4, 3x3): transform the weights; then
// for some tiles at a time transform the input, multiply at each of 36 points, transform back. The
// input gradient is the same with weights turned around. Errors are 2e-6 to 4e-6 of the norm of
// the result, where those of the direct form are below 1e-6.

typedef struct {
  int64_t images, height, width, channels;   // what is read
  int64_t outHeight, outWidth, outChannels;  // what is written
  int64_t padTop, padLeft;
  int64_t tilesDown, tilesAcross, tiles;
  int64_t together;                          // tiles that are transformed at a time
  int64_t strips;                            // shares of the tiles, each with scratch of its own
  int64_t weightStep, inputStep, resultStep; // from point to point
} ml_winograd;

// Points lie a cache line more apart than they need, lest all fall on the same lines of the cache.
ML_INLINE int64_t winograd_step(int64_t count) { return count + ML_LANES; }

static ml_winograd winograd_form(const ml_convolution_sizes *s, int backwards) {
  ml_winograd f = {
    .images = s->images, .height = s->height, .width = s->width, .channels = s->channels,
    .outHeight = s->outHeight, .outWidth = s->outWidth, .outChannels = s->outChannels,
    .padTop = s->padTop, .padLeft = s->padLeft, .together = 12,
  };
  if (backwards)
    f = (ml_winograd){
      .images = s->images, .height = s->outHeight, .width = s->outWidth,
      .channels = s->outChannels, .outHeight = s->height, .outWidth = s->width,
      .outChannels = s->channels, .padTop = 2 - s->padTop, .padLeft = 2 - s->padLeft,
      .together = 12,
    };
  f.tilesDown = quotient_up(f.outHeight, ML_WINOGRAD_OUT);
  f.tilesAcross = quotient_up(f.outWidth, ML_WINOGRAD_OUT);
  f.tiles = f.images * f.tilesDown * f.tilesAcross;
  f.weightStep = winograd_step(f.channels * f.outChannels);
  f.inputStep = winograd_step(f.together * f.channels);
  f.resultStep = winograd_step(f.together * f.outChannels);
  const int64_t strip = ML_WINOGRAD_POINTS * (f.inputStep + f.resultStep);
  f.strips = larger(1, smaller(smaller(16, f.tiles / 64), (1 << 20) / strip));
  return f;
}

// Whether Winograd's form is allowed and faster. Costs are in multiply-adds a pair of channels:
// directly one for each tap inside the picture; here 36 a tile, the more for transforms the fewer
// channels share them, and the transform of the weights. The constants were measured.
static int winograd_pays(const ml_convolution_sizes *s, int backwards) {
  if (s->exact || s->kernelHeight != 3 || s->kernelWidth != 3 || s->strideHeight != 1 ||
      s->strideWidth != 1 || s->channels % ML_LANES != 0 || s->outChannels % ML_LANES != 0 ||
      s->channels == 0 || s->outChannels == 0)
    return 0;
  const ml_winograd f = winograd_form(s, backwards);
  const ml_axis vertical = vertical_axis(s, 0), horizontal = horizontal_axis(s, 0);
  const double direct =
    (double)(s->images * axis_tap_count(&vertical) * axis_tap_count(&horizontal));
  const double transforms = 10.0 / (double)f.channels + 10.0 / (double)f.outChannels;
  return 1.1 * (36 * (double)f.tiles * (1 + transforms) + 220) < direct;
}

// Sixteen by sixteen weights of each of nine taps, from a row and a column on, [down][across]; where
// `transposed` they are stored [across][down].
ML_INLINE void kernel_block(
  const float *w, int64_t down, int64_t across, int64_t row, int64_t column, int transposed,
  float32x16 taps[9][ML_LANES])
{
  for (int64_t tap = 0; tap < 9; tap++) {
    const float *from = w + tap * down * across;
#pragma clang loop unroll(full)
    for (int i = 0; i < ML_LANES; i++)
      taps[tap][i] = load16(
        transposed ? from + (column + i) * down + row : from + (row + i) * across + column);
    if (transposed) transpose_block(taps[tap]);
  }
}

// Weights at the 36 points, [channels][outChannels] each.
static void winograd_weights_of(
  const ml_winograd *f, int backwards, const float *w, float *points, int64_t part, int64_t parts)
{
  const int64_t across = f->outChannels / ML_LANES, down = f->channels / ML_LANES;
  const ml_range range = part_range(across * down, part, parts);
  for (int64_t at = range.from; at < range.to; at++) {
    const int64_t row = at / across * ML_LANES, column = at % across * ML_LANES;
    float32x16 taps[9][ML_LANES];
    kernel_block(w, f->channels, f->outChannels, row, column, backwards, taps);
    for (int64_t i = 0; i < ML_LANES; i++) {
      float32x16 in[ML_WINOGRAD_KERNEL * ML_WINOGRAD_KERNEL], out[ML_WINOGRAD_POINTS];
#pragma clang loop unroll(full)
      for (int tap = 0; tap < 9; tap++) in[tap] = taps[backwards ? 8 - tap : tap][i];
      winograd_transform(winograd_kernel_axis, ML_WINOGRAD_KERNEL, ML_WINOGRAD_IN, in, out);
      float *to = points + (row + i) * f->outChannels + column;
#pragma clang loop unroll(full)
      for (int point = 0; point < ML_WINOGRAD_POINTS; point++)
        store16(to + point * f->weightStep, out[point]);
    }
  }
}

// Where tile `tile` begins in the results, as a multiple of tiles.
typedef struct { int64_t image, down, across; } ml_tile_place;
ML_INLINE ml_tile_place winograd_place(const ml_winograd *f, int64_t tile) {
  const int64_t row = tile / f->tilesAcross;
  return (ml_tile_place){row / f->tilesDown, row % f->tilesDown, tile % f->tilesAcross};
}

ML_INLINE ml_square winograd_input_square(const ml_winograd *f, int64_t tile) {
  const ml_tile_place at = winograd_place(f, tile);
  return square_at(
    at.down * ML_WINOGRAD_OUT - f->padTop, at.across * ML_WINOGRAD_OUT - f->padLeft,
    ML_WINOGRAD_IN, at.image, f->height, f->width, f->channels);
}

ML_INLINE ml_square winograd_output_square(const ml_winograd *f, int64_t tile) {
  const ml_tile_place at = winograd_place(f, tile);
  return square_at(
    at.down * ML_WINOGRAD_OUT, at.across * ML_WINOGRAD_OUT, ML_WINOGRAD_OUT, at.image,
    f->outHeight, f->outWidth, f->outChannels);
}

// Asks for what a square will read, while something else is computed; its first two rows and
// columns belong to squares before it.
ML_INLINE void prefetch_square(const float *picture, ml_square s, int64_t channels) {
  const ml_range rows = {s.rows.from == 0 ? 2 : s.rows.from, s.rows.to};
  const int64_t column = s.columns.from == 0 ? 2 : s.columns.from;
  const float *from = picture + s.offset + column * s.columnStep;
  for (int64_t i = rows.from; i < rows.to; i++)
    for (int64_t at = 0; at < (s.columns.to - column) * channels; at += ML_LANES)
      __builtin_prefetch(from + i * s.rowStep + at, 0, 2);
}

// Inputs of tiles [from, to) at the 36 points, [tiles][channels] each.
static void winograd_inputs(
  const ml_winograd *f, const float *x, ml_range tiles, float *points)
{
  for (int64_t tile = tiles.from; tile < tiles.to; tile++) {
    const int64_t next = tile + f->together;
    if (next < f->tiles) prefetch_square(x, winograd_input_square(f, next), f->channels);
    winograd_transform_square(
      winograd_input_axis, ML_WINOGRAD_IN, x, winograd_input_square(f, tile), f->channels,
      points + (tile - tiles.from) * f->channels, f->inputStep);
  }
}

ML_INLINE void winograd_multiply(
  const ml_winograd *f, const float *inputs, const float *weights, float *results, int64_t tiles)
{
  const ml_steps steps = {
    .outer = 1, .middle = 1, .inner = f->channels, .rowInner = 1, .vectorInner = f->outChannels,
  };
  const int64_t groups = column_groups(f->outChannels);
  for (int64_t point = 0; point < ML_WINOGRAD_POINTS; point++)
    for (int64_t group = 0; group < groups; group++) {
      const ml_columns columns = column_group(f->outChannels, group);
      product_rows(
        &steps, inputs + point * f->inputStep, f->channels,
        weights + point * f->weightStep + columns.from, results + point * f->resultStep,
        f->outChannels, (ml_range){0, tiles}, columns, 0);
    }
}

ML_INLINE int64_t winograd_strip_scratch(const ml_winograd *f) {
  return ML_WINOGRAD_POINTS * (f->inputStep + f->resultStep);
}

static void winograd_main(
  const ml_winograd *f, const float *x, float *y, float *scratch, int64_t part, int64_t parts)
{
  const ml_range strips = part_range(f->strips, part, parts);
  const float *weights = scratch;
  float *inputs =
    scratch + ML_WINOGRAD_POINTS * f->weightStep + strips.from * winograd_strip_scratch(f);
  float *results = inputs + ML_WINOGRAD_POINTS * f->inputStep;
  if (strips.from == strips.to) return;
  const int64_t end = part_range(f->tiles, strips.to - 1, f->strips).to;
  int64_t tile = part_range(f->tiles, strips.from, f->strips).from;
  for (; tile < end; tile += f->together) {
    const ml_range tiles = {tile, smaller(tile + f->together, end)};
    winograd_inputs(f, x, tiles, inputs);
    winograd_multiply(f, inputs, weights, results, tiles.to - tiles.from);
    for (int64_t t = tiles.from; t < tiles.to; t++)
      winograd_result_square(
        results + (t - tile) * f->outChannels, f->resultStep, f->outChannels, y,
        winograd_output_square(f, t));
  }
}

#define ML_WINOGRAD_STAGES(name, backwards) \
  static void name##_winograd_weights( \
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, \
    int64_t parts) \
  { \
    const ml_winograd f = winograd_form((const ml_convolution_sizes *)sizes, backwards); \
    winograd_weights_of(&f, backwards, operands[1], operands[3], part, parts); \
  } \
  static void name##_winograd( \
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, \
    int64_t parts) \
  { \
    const ml_winograd f = winograd_form((const ml_convolution_sizes *)sizes, backwards); \
    winograd_main(&f, operands[0], operands[2], operands[3], part, parts); \
  }
ML_WINOGRAD_STAGES(convolution, 0)
ML_WINOGRAD_STAGES(input_gradient, 1)

static ml_plan plan_winograd(const ml_convolution_sizes *s, int backwards) {
  const ml_winograd f = winograd_form(s, backwards);
  const int64_t weights = f.channels * f.outChannels;
  return (ml_plan){
    .stageCount = 2,
    .stages = {
      backwards ? input_gradient_winograd_weights : convolution_winograd_weights,
      backwards ? input_gradient_winograd : convolution_winograd,
    },
    .units = {
      units_for(100.0 * (double)weights, weights / (ML_LANES * ML_LANES)),
      units_for(72.0 * (double)(f.tiles * weights), f.strips),
    },
    .scratchBytes =
      4 * (ML_WINOGRAD_POINTS * f.weightStep + f.strips * winograd_strip_scratch(&f)),
  };
}
