// Direct convolution and its input gradient: tiles of pixels that use the same taps, so that
// nothing is padded and the inner loop has no branch.

typedef struct {
  ml_axis vertical, horizontal;
  int64_t images, channels, sourceChannels;
} ml_direct;

ML_INLINE ml_direct direct_form(const ml_convolution_sizes *s, int backwards) {
  return (ml_direct){
    vertical_axis(s, backwards), horizontal_axis(s, backwards), s->images,
    backwards ? s->channels : s->outChannels, backwards ? s->outChannels : s->channels,
  };
}

// How many images are worked on at a time: as long as the rows that they read stay in the cache.
ML_INLINE int64_t direct_images_of_block(const ml_direct *d) {
  const int64_t bytes =
    4 * d->vertical.kernel * d->horizontal.sourceExtent * d->sourceChannels;
  const int64_t tiles = smaller(
    larger(ML_DIRECT_CACHE / larger(bytes * ML_TILE_ROWS, 1), 1), ML_DIRECT_TILES_MOST);
  return smaller(tiles * ML_TILE_ROWS, d->images);
}

// Parts are rows of the result in each block of images.
ML_INLINE int64_t direct_items(const ml_direct *d) {
  if (d->images == 0) return 0;
  return quotient_up(d->images, direct_images_of_block(d)) * d->vertical.extent;
}

// Positions of a run in so many images: how far it is from one to the next, and from the last of an
// image to the first of the next.
typedef struct { int64_t count, step, next, resultStep, nextResult; } ml_positions;

// Tiles of positions, which may reach from one image into the next.
ML_INLINE void direct_tiles(
  const ml_steps *steps, const float *x, const float *w, float *y, int64_t images,
  ml_positions at, ml_columns columns)
{
  const ml_tiling tiling = row_tiling(images * at.count);
  int64_t left = at.count;
  ml_tile tile = {.adding = 0};
  for (int64_t t = 0; t < tiling.tiles; t++) {
    tile.rowCount = tiling.rows + (t < tiling.larger);
    for (int64_t r = 0; r < tile.rowCount; r++) {
      tile.rows[r] = x;
      tile.results[r] = y;
      const int isLast = --left == 0;
      left = isLast ? at.count : left;
      x += isLast ? at.next : at.step;
      y += isLast ? at.nextResult : at.resultStep;
    }
    product_tile(steps, &tile, w + columns.from, columns);
  }
}

// One run of a row of the result in images [from, to).
ML_INLINE void direct_run(
  const ml_direct *d, const float *x, const float *w, float *y, ml_range images, int64_t row,
  ml_reach reach, ml_run run, ml_columns columns)
{
  const int64_t sourceRow = d->horizontal.sourceExtent * d->sourceChannels;
  const int64_t sourceImage = d->vertical.sourceExtent * sourceRow;
  const int64_t resultRow = d->horizontal.extent * d->channels;
  const int64_t resultImage = d->vertical.extent * resultRow;
  const int64_t tap = d->sourceChannels * d->channels;
  const int reaches = reach.taps > 0 && run.reach.taps > 0;
  const ml_steps steps = {
    .outer = 1, .middle = reaches ? reach.taps : 0, .inner = run.reach.taps * d->sourceChannels,
    .rowMiddle = sourceRow, .rowInner = 1,
    .vectorMiddle = d->horizontal.kernel * tap, .vectorInner = d->channels,
  };
  w += (reach.firstTap * d->horizontal.kernel + run.reach.firstTap) * tap;
  x += images.from * sourceImage + reach.source * sourceRow + run.reach.source * d->sourceChannels;
  y += images.from * resultImage + row * resultRow + run.first * d->channels;
  const int64_t rowStep = run.advance * d->sourceChannels, resultStep = run.step * d->channels;
  if (d->sourceChannels == 1 && has_single_channel_run(&steps, columns)) {
    for (int64_t image = images.from; image < images.to; image++, x += sourceImage, y += resultImage)
      single_channel_run(&steps, x, w, y, run.count, rowStep, resultStep, columns);
    return;
  }
  const ml_positions positions = {
    run.count, rowStep, sourceImage - (run.count - 1) * rowStep, resultStep,
    resultImage - (run.count - 1) * resultStep,
  };
  direct_tiles(&steps, x, w, y, images.to - images.from, positions, columns);
}

// A row of the result in images [from, to).
static void direct_row(
  const ml_direct *d, const float *x, const float *w, float *y, ml_range images, int64_t row)
{
  const ml_reach reach = axis_reach(&d->vertical, row);
  const int64_t groups = column_groups(d->channels);
  for (int64_t group = 0; group < groups; group++) {
    const ml_columns columns = column_group(d->channels, group);
    ml_run run = axis_run(&d->horizontal, 0);
    for (; run.count > 0; run = axis_next_run(&d->horizontal, run))
      direct_run(d, x, w, y, images, row, reach, run, columns);
  }
}

static void direct_main(
  const ml_direct *d, const float *x, const float *w, float *y, int64_t part, int64_t parts)
{
  const ml_range range = part_range(direct_items(d), part, parts);
  const int64_t block = direct_images_of_block(d);
  for (int64_t item = range.from; item < range.to; item++) {
    const int64_t row = item % d->vertical.extent, first = item / d->vertical.extent * block;
    direct_row(d, x, w, y, (ml_range){first, smaller(first + block, d->images)}, row);
  }
}

static void direct_batch_tile(
  const ml_direct *d, const float *x, const float *w, float *y, ml_range images)
{
  const int64_t block = direct_images_of_block(d);
  for (int64_t first = images.from; first < images.to; first += block)
    for (int64_t row = 0; row < d->vertical.extent; row++)
      direct_row(d, x, w, y, (ml_range){first, smaller(first + block, images.to)}, row);
}

static void convolution_direct(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts)
{
  const ml_direct d = direct_form((const ml_convolution_sizes *)sizes, 0);
  direct_main(&d, operands[0], operands[1], operands[2], part, parts);
}

static void convolution_direct_batch_tile(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t from, int64_t to,
  int64_t partition)
{
  const ml_direct d = direct_form((const ml_convolution_sizes *)sizes, 0);
  direct_batch_tile(&d, operands[0], operands[1], operands[2], (ml_range){from, to});
}

static void input_gradient_direct(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts)
{
  const ml_direct d = direct_form((const ml_convolution_sizes *)sizes, 1);
  direct_main(&d, operands[0], operands[3], operands[2], part, parts);
}

static void input_gradient_direct_batch_tile(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t from, int64_t to,
  int64_t partition)
{
  const ml_direct d = direct_form((const ml_convolution_sizes *)sizes, 1);
  direct_batch_tile(&d, operands[0], operands[3], operands[2], (ml_range){from, to});
}

// Weights in the order in which a backwards axis stores its taps, each tap transposed.
static void input_gradient_weights(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts)
{
  const ml_convolution_sizes *s = (const ml_convolution_sizes *)sizes;
  const ml_axis vertical = vertical_axis(s, 1), horizontal = horizontal_axis(s, 1);
  const float *w = operands[1];
  float *stored = operands[3];
  const int64_t tap = s->channels * s->outChannels;
  const ml_range range = part_range(s->kernelHeight * s->kernelWidth, part, parts);
  for (int64_t i = range.from; i < range.to; i++) {
    const int64_t row = axis_stored_tap(&vertical, i / s->kernelWidth);
    const int64_t column = axis_stored_tap(&horizontal, i % s->kernelWidth);
    transpose(
      w + i * tap, s->outChannels, s->channels, s->outChannels,
      stored + (row * s->kernelWidth + column) * tap, s->channels);
  }
}

static ml_plan plan_convolution(const int64_t *sizes) {
  const ml_convolution_sizes *s = (const ml_convolution_sizes *)sizes;
  const ml_winograd f = winograd_form(s, 0);
  if (f.tile) return plan_winograd(&f, s->images, 0);
  const ml_direct d = direct_form(s, 0);
  ml_plan plan =
    plan_of_one(convolution_direct, part_limit(convolution_operations(s), direct_items(&d)));
  plan.batchTiling = (ml_batch_tiling){
    convolution_direct_batch_tile, 0, s->images, 1, ML_ANY_PARTITIONS, cut_anywhere,
  };
  return plan;
}

static ml_plan plan_convolution_input_gradient(const int64_t *sizes) {
  const ml_convolution_sizes *s = (const ml_convolution_sizes *)sizes;
  const ml_winograd f = winograd_form(s, 1);
  if (f.tile) return plan_winograd(&f, s->images, 1);
  const ml_direct d = direct_form(s, 1);
  const int64_t taps = s->kernelHeight * s->kernelWidth;
  const int64_t weights = taps * s->channels * s->outChannels;
  return (ml_plan){
    .kernelCount = 2, .kernels = {input_gradient_weights, input_gradient_direct},
    .partLimits = {
      part_limit((double)weights, taps), part_limit(convolution_operations(s), direct_items(&d)),
    },
    .scratchBytes = 4 * weights,
    .batchTiling = {
      input_gradient_direct_batch_tile, 1, s->images, 1, ML_ANY_PARTITIONS, cut_anywhere,
    },
  };
}
