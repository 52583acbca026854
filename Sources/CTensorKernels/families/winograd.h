// Convolutions of kernel 3x3 and stride 1 by Winograd's F(4x4, 3x3) or F(2x2, 3x3): transform the
// weights; then for some tiles at a time transform the input, multiply at each point, transform
// back. The input gradient is the same with weights turned around. Errors of F(4x4) are 1e-6 to
// 4e-6 of the norm of the result; those of F(2x2) are below 1e-6, as the direct form's are.

typedef struct {
  const ml_winograd_tile *tile;
  ml_tiled in, out;                          // what is read and what is written
  int64_t points;                            // of a tile
  int64_t tilesOfPass;                       // tiles that are transformed at a time
  int64_t strips;                            // ranges of tiles, each with scratch of its own
  int64_t weights, weightStep;               // at a point, and from point to point
  int transformsPerStrip;                    // each strip transforms the weights for itself
} ml_winograd;

// Points lie a cache line more apart than they need, lest all fall on the same lines of the cache.
ML_INLINE int64_t winograd_step(int64_t count) { return count + ML_LANES; }

ML_INLINE int64_t winograd_strip_scratch(const ml_winograd *f) {
  return f->points * (f->in.step + f->out.step);
}

// Cuts the scratch of a strip for so many tiles.
ML_INLINE void winograd_take(ml_winograd *f, int64_t tilesOfPass) {
  f->tilesOfPass = tilesOfPass;
  f->in.step = winograd_step(tilesOfPass * f->in.taken);
  f->out.step = winograd_step(tilesOfPass * f->out.taken);
}

static ml_winograd winograd_form_of(
  const ml_convolution_sizes *s, int backwards, const ml_winograd_tile *tile)
{
  const ml_tiled picture = {
    .height = s->height, .width = s->width, .channels = s->channels, .taken = s->channels,
  };
  const ml_tiled result = {
    .height = s->outHeight, .width = s->outWidth, .channels = s->outChannels,
    .taken = s->outChannels,
  };
  ml_winograd f = {
    .tile = tile, .points = tile->in * tile->in, .in = backwards ? result : picture,
    .out = backwards ? picture : result, .weights = s->channels * s->outChannels,
  };
  f.in.padTop = backwards ? 2 - s->padTop : s->padTop;
  f.in.padLeft = backwards ? 2 - s->padLeft : s->padLeft;
  f.in.tilesDown = f.out.tilesDown = quotient_up(f.out.height, tile->out);
  f.in.tilesAcross = f.out.tilesAcross = quotient_up(f.out.width, tile->out);
  f.in.tiles = f.out.tiles = s->images * f.in.tilesDown * f.in.tilesAcross;
  f.weightStep = winograd_step(f.weights);
  winograd_take(&f, ML_WINOGRAD_TILES_OF_PASS);
  // Where threads share few tiles, transformed weights of its own cost a thread less than to fetch
  // those that another one made.
  const int64_t most =
    smaller(ML_WINOGRAD_STRIPS_MOST, ML_WINOGRAD_SCRATCH / winograd_strip_scratch(&f));
  const int64_t apart = smaller(smaller(s->threads, f.in.tiles / ML_WINOGRAD_THREAD_TILES), most);
  f.transformsPerStrip = apart > 1 && f.in.tiles < ML_WINOGRAD_FEW_TILES;
  f.strips = f.transformsPerStrip
    ? apart
    : larger(1, smaller(f.in.tiles / ML_WINOGRAD_STRIP_TILES, most));
  return f;
}

// Whether Winograd's forms may be used and are made for these sizes.
static int winograd_allows(const ml_convolution_sizes *s) {
  return !s->exact && s->kernelHeight == 3 && s->kernelWidth == 3 && s->strideHeight == 1 &&
    s->strideWidth == 1 && s->channels % ML_LANES == 0 && s->outChannels % ML_LANES == 0 &&
    s->channels > 0 && s->outChannels > 0;
}

// In multiply-adds a pair of channels: one at each point of each tile, the more for transforms the
// fewer channels share them, and `kernelCost` at each point for going there or back with a kernel.
static double winograd_cost(const ml_winograd *f, double kernelCost) {
  const double transforms = ML_WINOGRAD_TRANSFORM_COST / (double)f->in.channels +
    ML_WINOGRAD_TRANSFORM_COST / (double)f->out.channels;
  return (double)f->points *
    (ML_WINOGRAD_POINT_COST * (double)f->in.tiles * (1 + transforms) + kernelCost);
}

// The fastest form. It has no tile where that is the direct one, which costs a multiply-add for
// each tap inside the picture.
static ml_winograd winograd_fastest(
  const ml_convolution_sizes *s, int backwards, double kernelCost)
{
  if (!winograd_allows(s)) return (ml_winograd){.tile = 0};
  const ml_axis vertical = vertical_axis(s, 0), horizontal = horizontal_axis(s, 0);
  const double direct =
    (double)(s->images * axis_tap_count(&vertical) * axis_tap_count(&horizontal));
  const ml_winograd small = winograd_form_of(s, backwards, &winograd_2x2);
  const ml_winograd large = winograd_form_of(s, backwards, &winograd_4x4);
  const double smallCost = winograd_cost(&small, kernelCost);
  const double largeCost = winograd_cost(&large, kernelCost);
  if (direct <= smallCost && direct <= largeCost) return (ml_winograd){.tile = 0};
  return smallCost <= largeCost ? small : large;
}

static ml_winograd winograd_form(const ml_convolution_sizes *s, int backwards) {
  return winograd_fastest(s, backwards, ML_WINOGRAD_KERNEL_COST);
}

// Weights at the points, [channels][outChannels] each.
static void winograd_weights_of(
  const ml_winograd *f, int backwards, const float *w, float *points, int64_t part, int64_t parts)
{
  const int64_t across = f->out.channels / ML_LANES, down = f->in.channels / ML_LANES;
  const ml_range range = part_range(across * down, part, parts);
  for (int64_t at = range.from; at < range.to; at++) {
    const int64_t row = at / across * ML_LANES, column = at % across * ML_LANES;
    _Alignas(64) float taps[ML_WINOGRAD_KERNEL * ML_WINOGRAD_KERNEL][ML_LANES][ML_LANES];
    for (int64_t tap = 0; tap < 9; tap++) {
      const float *from = w + tap * f->weights;
      float32x16 v[ML_LANES];
#pragma clang loop unroll(full)
      for (int i = 0; i < ML_LANES; i++)
        v[i] = load16(
          backwards ? from + (column + i) * f->in.channels + row
                    : from + (row + i) * f->out.channels + column);
      if (backwards) transpose_block(v);
#pragma clang loop unroll(full)
      for (int i = 0; i < ML_LANES; i++) store16(taps[backwards ? 8 - tap : tap][i], v[i]);
    }
    f->tile->kernel(
      taps[0][0], points + row * f->out.channels + column, f->out.channels, f->weightStep);
  }
}

ML_INLINE void winograd_multiply(
  ml_winograd f, const float *inputs, const float *weights, float *results, int64_t tiles)
{
  const ml_steps steps = {
    .outer = 1, .middle = 1, .inner = f.in.channels, .rowInner = 1, .vectorInner = f.out.channels,
  };
  const int64_t groups = column_groups(f.out.channels);
  for (int64_t point = 0; point < f.points; point++)
    for (int64_t group = 0; group < groups; group++) {
      const ml_columns columns = column_group(f.out.channels, group);
      product_rows(
        &steps, inputs + point * f.in.step, f.in.channels,
        weights + point * f.weightStep + columns.from, results + point * f.out.step,
        f.out.channels, (ml_range){0, tiles}, columns, 0);
    }
}

ML_INLINE int64_t winograd_weight_scratch(const ml_winograd *f) {
  return f->points * f->weightStep;
}

// Tiles [from, to), in the scratch of a strip; the scratch begins with the weights at the points.
static void winograd_tiles(
  ml_winograd f, const float *x, float *y, float *scratch, int64_t strip, ml_range range)
{
  const float *weights = scratch;
  float *inputs = scratch + winograd_weight_scratch(&f) + strip * winograd_strip_scratch(&f);
  float *results = inputs + f.points * f.in.step;
  for (int64_t tile = range.from; tile < range.to; tile += f.tilesOfPass) {
    const ml_range tiles = {tile, smaller(tile + f.tilesOfPass, range.to)};
    f.tile->inputs(&f.in, x, tiles, inputs);
    winograd_multiply(f, inputs, weights, results, tiles.to - tiles.from);
    f.tile->results(&f.out, results, tiles, y);
  }
}

static void winograd_main(
  ml_winograd f, int backwards, const float *x, const float *w, float *y, float *scratch,
  int64_t part, int64_t parts)
{
  const ml_range strips = part_range(f.strips, part, parts);
  if (strips.from == strips.to) return;
  const ml_range tiles = {
    part_range(f.in.tiles, strips.from, f.strips).from,
    part_range(f.in.tiles, strips.to - 1, f.strips).to,
  };
  if (!f.transformsPerStrip) return winograd_tiles(f, x, y, scratch, strips.from, tiles);
  scratch += strips.from * (winograd_weight_scratch(&f) + winograd_strip_scratch(&f));
  winograd_weights_of(&f, backwards, w, scratch, 0, 1);
  winograd_tiles(f, x, y, scratch, 0, tiles);
}

// Images [from, to); a partition has the scratch of a strip.
static void winograd_batch_tile(
  ml_winograd f, const float *x, float *y, float *scratch, ml_range images, int64_t partition)
{
  const int64_t each = f.in.tilesDown * f.in.tilesAcross;
  winograd_tiles(f, x, y, scratch, partition, (ml_range){images.from * each, images.to * each});
}

#define ML_WINOGRAD_KERNELS(name, backwards) \
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
    winograd_main( \
      f, backwards, operands[0], operands[1], operands[2], operands[3], part, parts); \
  } \
  static void name##_winograd_batch_tile( \
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t from, int64_t to, \
    int64_t partition) \
  { \
    const ml_winograd f = winograd_form((const ml_convolution_sizes *)sizes, backwards); \
    const ml_range images = {from, to}; \
    winograd_batch_tile(f, operands[0], operands[2], operands[3], images, partition); \
  }
ML_WINOGRAD_KERNELS(convolution, 0)
ML_WINOGRAD_KERNELS(input_gradient, 1)

static ml_plan plan_winograd(const ml_winograd *f, int64_t images, int backwards) {
  const int64_t limit =
    part_limit(2.0 * (double)(f->points * f->in.tiles * f->weights), f->strips);
  if (f->transformsPerStrip)
    return (ml_plan){
      .kernelCount = 1, .partLimits = {limit},
      .kernels = {backwards ? input_gradient_winograd : convolution_winograd},
      .scratchBytes = 4 * f->strips * (winograd_weight_scratch(f) + winograd_strip_scratch(f)),
    };
  return (ml_plan){
    .kernelCount = 2,
    .kernels = {
      backwards ? input_gradient_winograd_weights : convolution_winograd_weights,
      backwards ? input_gradient_winograd : convolution_winograd,
    },
    .partLimits = {
      part_limit(
        ML_WINOGRAD_KERNEL_OPERATIONS * (double)f->weights,
        f->weights / (ML_LANES * ML_LANES)),
      limit,
    },
    .scratchBytes = 4 * (winograd_weight_scratch(f) + f->strips * winograd_strip_scratch(f)),
    .batchTiling = {
      backwards ? input_gradient_winograd_batch_tile : convolution_winograd_batch_tile, 1, images, 1,
      f->strips, cut_anywhere,
    },
  };
}
