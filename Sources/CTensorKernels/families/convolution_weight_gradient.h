// The direct weight gradient: the sum runs over pixels, in blocks whose partial sums are then added
// in ascending order. Blocks, and the pieces of a block that fit the cache, follow from the sizes
// alone.

// Stretches of the horizontal axis: taps [firstTap, firstTap + taps) for positions [from, to).
typedef struct { int64_t firstTap, taps, from, to; } ml_stretch;

typedef struct {
  ml_axis vertical, horizontal;
  int64_t images, channels, outChannels;
  int64_t weights;  // how many there are
  int64_t pieceImages, imagePieces, pieces, blocks;
  int64_t tapsApart;  // a tap of a row is a tap group of its own, else a row of taps is one
} ml_weight_gradient;

static ml_weight_gradient weight_gradient_form(const ml_convolution_sizes *s) {
  ml_weight_gradient g = {
    .vertical = vertical_axis(s, 0), .horizontal = horizontal_axis(s, 0), .images = s->images,
    .channels = s->channels, .outChannels = s->outChannels,
    .weights = s->kernelHeight * s->kernelWidth * s->channels * s->outChannels,
    .tapsApart = s->channels >= ML_GRADIENT_FEW_CHANNELS,
  };
  const int64_t pixels = s->outHeight * s->outWidth;
  const int64_t bytes =
    4 * (s->height * s->width * s->channels + pixels * s->outChannels) + 1;
  g.pieceImages = larger(1, smaller(ML_GRADIENT_CACHE / bytes, s->images));
  g.imagePieces = g.pieceImages > 1 ? 1 : larger(1, smaller(bytes / ML_GRADIENT_CACHE, s->outHeight));
  g.pieces = quotient_up(s->images, g.pieceImages) * g.imagePieces;
  g.blocks = smaller(
    s->images * pixels / ML_GRADIENT_PIXELS, ML_GRADIENT_SUMS / (4 * g.weights + 1));
  g.blocks = larger(1, smaller(g.blocks, smaller(ML_GRADIENT_BLOCKS_MOST, g.pieces)));
  return g;
}

ML_INLINE int64_t weight_gradient_tap_groups(const ml_weight_gradient *g) {
  return g->vertical.kernel * (g->tapsApart ? g->horizontal.kernel : 1);
}

// Adds what one piece gives to the taps (tapRow, stretch).
ML_INLINE void weight_gradient_stretch(
  const ml_weight_gradient *g, const float *x, const float *dy, float *dw, int64_t piece,
  int64_t tapRow, ml_stretch stretch)
{
  const int64_t sourceRow = g->horizontal.sourceExtent * g->channels;
  const int64_t resultRow = g->horizontal.extent * g->outChannels;
  const int64_t image = piece / g->imagePieces * g->pieceImages;
  ml_range rows = part_range(g->vertical.extent, piece % g->imagePieces, g->imagePieces);
  const ml_range valid = axis_tap_range(&g->vertical, tapRow);
  rows.from = larger(rows.from, valid.from);
  rows.to = smaller(rows.to, valid.to);
  if (rows.to <= rows.from || stretch.to <= stretch.from) return;
  const ml_steps steps = {
    .outer = smaller(g->pieceImages, g->images - image),
    .middle = rows.to - rows.from, .inner = stretch.to - stretch.from,
    .rowOuter = g->vertical.sourceExtent * sourceRow,
    .rowMiddle = g->vertical.stride * sourceRow, .rowInner = g->horizontal.stride * g->channels,
    .vectorOuter = g->vertical.extent * resultRow, .vectorMiddle = resultRow,
    .vectorInner = g->outChannels,
  };
  x += image * steps.rowOuter +
    (rows.from * g->vertical.stride + tapRow - g->vertical.padding) * sourceRow +
    (stretch.from * g->horizontal.stride + stretch.firstTap - g->horizontal.padding) * g->channels;
  dy += image * steps.vectorOuter + rows.from * resultRow + stretch.from * g->outChannels;
  dw += (tapRow * g->horizontal.kernel + stretch.firstTap) * g->channels * g->outChannels;
  const int64_t groups = column_groups(g->outChannels);
  for (int64_t group = 0; group < groups; group++) {
    const ml_columns columns = column_group(g->outChannels, group);
    product_rows(
      &steps, x, 1, dy + columns.from, dw, g->outChannels,
      (ml_range){0, stretch.taps * g->channels}, columns, 1);
  }
}

// What one piece gives to a tap group: a tap, or a row of taps where positions use the same ones.
ML_INLINE void weight_gradient_tap_group(
  const ml_weight_gradient *g, const float *x, const float *dy, float *dw, int64_t piece,
  int64_t group)
{
  if (g->tapsApart) {
    const int64_t tap = group % g->horizontal.kernel;
    const ml_range range = axis_tap_range(&g->horizontal, tap);
    weight_gradient_stretch(
      g, x, dy, dw, piece, group / g->horizontal.kernel,
      (ml_stretch){tap, 1, range.from, range.to});
    return;
  }
  ml_run run = axis_run(&g->horizontal, 0);
  for (; run.count > 0; run = axis_next_run(&g->horizontal, run))
    if (run.reach.taps > 0)
      weight_gradient_stretch(
        g, x, dy, dw, piece, group,
        (ml_stretch){run.reach.firstTap, run.reach.taps, run.first, run.first + run.count});
}

ML_INLINE float *weight_gradient_sums(const ml_weight_gradient *g, void *const *operands) {
  return operands[g->blocks > 1 ? 3 : 2];
}

static void weight_gradient_direct(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts)
{
  const ml_weight_gradient g = weight_gradient_form((const ml_convolution_sizes *)sizes);
  const int64_t groups = weight_gradient_tap_groups(&g);
  const int64_t groupWeights = g.weights / groups;
  float *sums = weight_gradient_sums(&g, operands);
  const ml_range range = part_range(g.blocks * groups, part, parts);
  for (int64_t at = range.from; at < range.to;) {
    const int64_t block = at / groups, next = smaller((block + 1) * groups, range.to);
    const int64_t from = at - block * groups, to = next - block * groups;
    float *dw = sums + block * g.weights;
    memset(dw + from * groupWeights, 0, sizeof(float) * (to - from) * groupWeights);
    const ml_range pieces = part_range(g.pieces, block, g.blocks);
    for (int64_t piece = pieces.from; piece < pieces.to; piece++)
      for (int64_t group = from; group < to; group++)
        weight_gradient_tap_group(&g, operands[0], operands[1], dw, piece, group);
    at = next;
  }
}

// Images [from, to), which are whole pieces.
static void weight_gradient_batch_tile(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t from, int64_t to,
  int64_t partition)
{
  const ml_weight_gradient g = weight_gradient_form((const ml_convolution_sizes *)sizes);
  const int64_t groups = weight_gradient_tap_groups(&g);
  int64_t piece = from / g.pieceImages * g.imagePieces;
  const int64_t end = quotient_up(to, g.pieceImages) * g.imagePieces;
  for (int64_t block = 0; block < g.blocks; block++) {
    const ml_range pieces = part_range(g.pieces, block, g.blocks);
    float *dw = weight_gradient_sums(&g, operands) + block * g.weights;
    if (piece == pieces.from && piece < end) memset(dw, 0, sizeof(float) * g.weights);
    for (; piece < smaller(pieces.to, end); piece++)
      for (int64_t group = 0; group < groups; group++)
        weight_gradient_tap_group(&g, operands[0], operands[1], dw, piece, group);
  }
}

// At the first image of a block.
static int64_t weight_gradient_cut(const int64_t *sizes, int64_t image) {
  const ml_weight_gradient g = weight_gradient_form((const ml_convolution_sizes *)sizes);
  for (int64_t block = g.blocks - 1; block > 0; block--) {
    const int64_t piece = part_range(g.pieces, block, g.blocks).from;
    const int64_t first = piece / g.imagePieces * g.pieceImages;
    if (piece % g.imagePieces == 0 && first <= image) return first;
  }
  return 0;
}

static void weight_gradient_total(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts)
{
  const ml_weight_gradient g = weight_gradient_form((const ml_convolution_sizes *)sizes);
  add_partial_sums(operands[3], g.blocks, g.weights, operands[2], part, parts);
}

static ml_plan plan_convolution_weight_gradient(const int64_t *sizes) {
  const ml_convolution_sizes *s = (const ml_convolution_sizes *)sizes;
  const ml_winograd f = winograd_gradient_form(s);
  if (f.tile) return plan_winograd_weight_gradient(&f, s->threads);
  const ml_weight_gradient g = weight_gradient_form(s);
  const int64_t limit =
    part_limit(convolution_operations(s), g.blocks * weight_gradient_tap_groups(&g));
  const ml_batch_tiling tiling = {
    weight_gradient_batch_tile, 0, s->images, g.pieceImages, ML_ANY_PARTITIONS, weight_gradient_cut,
  };
  if (g.blocks == 1) {
    ml_plan plan = plan_of_one(weight_gradient_direct, limit);
    plan.batchTiling = tiling;
    return plan;
  }
  const int64_t sums =
    g.blocks * g.vertical.kernel * g.horizontal.kernel * g.channels * g.outChannels;
  return (ml_plan){
    .kernelCount = 2, .kernels = {weight_gradient_direct, weight_gradient_total},
    .partLimits = {limit, part_limit((double)sums, ML_PART_MOST)},
    .scratchBytes = 4 * sums, .batchTiling = tiling,
  };
}
