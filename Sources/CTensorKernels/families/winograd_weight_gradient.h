// The weight gradient by the transpose of Winograd's forms: inputs and gradients of some tiles at a
// time go to the points, where they are multiplied and summed over tiles; the sums are transformed
// back. Each strip of tiles has a partial sum; these are then added in ascending order. Where threads
// share few strips, these are cut by channels of the inputs; each channel group transforms all
// gradients for itself.

ML_INLINE int64_t winograd_gradient_scratch(const ml_winograd *f) {
  return f->points * (f->weightStep + f->in.step + f->out.step);
}

static ml_winograd winograd_gradient_form(const ml_convolution_sizes *s) {
  ml_winograd f = winograd_fastest(s, 0, ML_WINOGRAD_KERNEL_GRADIENT_COST);
  if (!f.tile) return f;
  winograd_take(&f, ML_WINOGRAD_GRADIENT_POINTS / f.points);
  f.strips = smaller(
    f.in.tiles / ML_WINOGRAD_GRADIENT_TILES,
    ML_WINOGRAD_GRADIENT_SCRATCH / winograd_gradient_scratch(&f));
  f.strips = larger(1, smaller(ML_WINOGRAD_GRADIENT_STRIPS_MOST, f.strips));
  return f;
}

// Into how many channel groups a strip is cut, by whole vectors.
ML_INLINE int64_t winograd_channel_groups(const ml_winograd *f, int64_t threads) {
  return f->strips < 2 * threads ? smaller(threads, f->in.channels / ML_LANES) : 1;
}

// Where a channel group begins.
ML_INLINE int64_t winograd_group_channel(const ml_winograd *f, int64_t group, int64_t groups) {
  return part_range(f->in.channels / ML_LANES, group, groups).from * ML_LANES;
}

// The form for some channels of the inputs.
ML_INLINE ml_winograd winograd_gradient_of(ml_winograd f, int64_t channels) {
  f.in.taken = channels;
  f.weightStep = winograd_step(channels * f.out.channels);
  winograd_take(&f, f.tilesOfPass);
  return f;
}

ML_INLINE int64_t winograd_group_scratch(const ml_winograd *f, int64_t groups) {
  const int64_t most = quotient_up(f->in.channels / ML_LANES, groups) * ML_LANES;
  const ml_winograd group = winograd_gradient_of(*f, most);
  return winograd_gradient_scratch(&group);
}

// sums[point] (+)= inputs[point]' gradients[point], over the tiles.
ML_INLINE void winograd_gradient_multiply(
  const ml_winograd *f, const float *inputs, const float *gradients, float *sums, int64_t tiles,
  int adding)
{
  const ml_steps steps = {
    .outer = 1, .middle = 1, .inner = tiles, .rowInner = f->in.taken,
    .vectorInner = f->out.channels,
  };
  const int64_t groups = column_groups(f->out.channels);
  for (int64_t point = 0; point < f->points; point++)
    for (int64_t group = 0; group < groups; group++) {
      const ml_columns columns = column_group(f->out.channels, group);
      product_rows(
        &steps, inputs + point * f->in.step, 1,
        gradients + point * f->out.step + columns.from, sums + point * f->weightStep,
        f->out.channels, (ml_range){0, f->in.taken}, columns, adding);
    }
}

// What a strip gives to the weights of some channels of the inputs.
static void winograd_gradient_strip(
  const ml_winograd *whole, const float *x, const float *dy, float *dw, int64_t strip,
  ml_range channels, float *scratch)
{
  const ml_winograd f = winograd_gradient_of(*whole, channels.to - channels.from);
  float *inputs = scratch + f.points * f.weightStep;
  float *gradients = inputs + f.points * f.in.step;
  const ml_range own = part_range(f.in.tiles, strip, f.strips);
  for (int64_t tile = own.from; tile < own.to; tile += f.tilesOfPass) {
    const ml_range tiles = {tile, smaller(tile + f.tilesOfPass, own.to)};
    f.tile->inputs(&f.in, x + channels.from, tiles, inputs);
    f.tile->gradients(&f.out, dy, tiles, gradients);
    winograd_gradient_multiply(
      &f, inputs, gradients, scratch, tiles.to - tiles.from, tile > own.from);
  }
  f.tile->kernelGradient(
    scratch, f.weightStep, dw + channels.from * f.out.channels, f.weights,
    f.in.taken * f.out.channels);
}

static void weight_gradient_winograd(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts)
{
  const ml_convolution_sizes *s = (const ml_convolution_sizes *)sizes;
  const ml_winograd f = winograd_gradient_form(s);
  const int64_t groups = winograd_channel_groups(&f, s->threads);
  const ml_range range = part_range(f.strips * groups, part, parts);
  const int64_t weights = 9 * f.weights;
  float *strips = operands[f.strips > 1 ? 3 : 2];
  float *scratch = (float *)operands[3] + (f.strips > 1 ? f.strips * weights : 0) +
    range.from * winograd_group_scratch(&f, groups);
  for (int64_t at = range.from; at < range.to;) {
    const int64_t strip = at / groups, first = strip * groups;
    const int64_t next = smaller(first + groups, range.to);
    winograd_gradient_strip(
      &f, operands[0], operands[1], strips + strip * weights, strip,
      (ml_range){
        winograd_group_channel(&f, at - first, groups),
        winograd_group_channel(&f, next - first, groups),
      },
      scratch);
    at = next;
  }
}

static void weight_gradient_winograd_total(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts)
{
  const ml_winograd f = winograd_gradient_form((const ml_convolution_sizes *)sizes);
  add_partial_sums(operands[3], f.strips, 9 * f.weights, operands[2], part, parts);
}

static ml_plan plan_winograd_weight_gradient(const ml_winograd *f, int64_t threads) {
  const int64_t groups = winograd_channel_groups(f, threads);
  const int64_t sums = f->strips > 1 ? 9 * f->strips * f->weights : 0;
  const int64_t pieces = f->strips * groups;
  return (ml_plan){
    .kernelCount = f->strips > 1 ? 2 : 1,
    .kernels = {weight_gradient_winograd, weight_gradient_winograd_total},
    .partLimits = {
      part_limit(2.0 * (double)(f->points * f->in.tiles * f->weights), pieces),
      part_limit((double)sums, ML_PART_MOST),
    },
    .scratchBytes = 4 * (sums + pieces * winograd_group_scratch(f, groups)),
  };
}
