// The weight gradient by the transpose of Winograd's forms: inputs and gradients of some tiles at a
// time go to the points, where they are multiplied and summed over tiles; the sums are transformed
// back. Tiles are cut into strips that are summed apart, then added up in order.

ML_INLINE int64_t winograd_gradient_scratch(const ml_winograd *f) {
  return f->points * (f->weightStep + f->in.step + f->out.step);
}

static ml_winograd winograd_gradient_form(const ml_convolution_sizes *s) {
  ml_winograd f = winograd_fastest(s, 0, 4);
  if (!f.tile) return f;
  winograd_take(&f, 1152 / f.points);
  f.strips = smaller(f.in.tiles / 384, (3 << 19) / winograd_gradient_scratch(&f));
  f.strips = larger(1, smaller(8, f.strips));
  return f;
}

// sums[point] (+)= inputs[point]' gradients[point], over the tiles.
ML_INLINE void winograd_gradient_multiply(
  const ml_winograd *f, const float *inputs, const float *gradients, float *sums, int64_t tiles,
  int adding)
{
  const ml_steps steps = {
    .outer = 1, .middle = 1, .inner = tiles, .rowInner = f->in.channels,
    .vectorInner = f->out.channels,
  };
  const int64_t groups = column_groups(f->out.channels);
  for (int64_t point = 0; point < f->points; point++)
    for (int64_t group = 0; group < groups; group++) {
      const ml_columns columns = column_group(f->out.channels, group);
      product_rows(
        &steps, inputs + point * f->in.step, 1,
        gradients + point * f->out.step + columns.from, sums + point * f->weightStep,
        f->out.channels, (ml_range){0, f->in.channels}, columns, adding);
    }
}

static void weight_gradient_winograd(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts)
{
  const ml_winograd f = winograd_gradient_form((const ml_convolution_sizes *)sizes);
  const ml_range strips = part_range(f.strips, part, parts);
  const int64_t weights = 9 * f.weights;
  float *scratch = operands[3];
  float *strip0 = f.strips > 1 ? scratch : operands[2];
  float *sums = scratch + (f.strips > 1 ? f.strips * weights : 0) +
    strips.from * winograd_gradient_scratch(&f);
  float *inputs = sums + f.points * f.weightStep;
  float *gradients = inputs + f.points * f.in.step;
  for (int64_t strip = strips.from; strip < strips.to; strip++) {
    const ml_range own = part_range(f.in.tiles, strip, f.strips);
    for (int64_t tile = own.from; tile < own.to; tile += f.together) {
      const ml_range tiles = {tile, smaller(tile + f.together, own.to)};
      f.tile->inputs(&f.in, operands[0], tiles, inputs);
      f.tile->gradients(&f.out, operands[1], tiles, gradients);
      winograd_gradient_multiply(
        &f, inputs, gradients, sums, tiles.to - tiles.from, tile > own.from);
    }
    f.tile->kernelGradient(sums, f.weightStep, strip0 + strip * weights, f.weights);
  }
}

static void weight_gradient_winograd_total(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts)
{
  const ml_winograd f = winograd_gradient_form((const ml_convolution_sizes *)sizes);
  add_blocks(operands[3], f.strips, 9 * f.weights, operands[2], part, parts);
}

static ml_plan plan_winograd_weight_gradient(const ml_winograd *f) {
  const int64_t sums = f->strips > 1 ? 9 * f->strips * f->weights : 0;
  return (ml_plan){
    .stageCount = f->strips > 1 ? 2 : 1,
    .stages = {weight_gradient_winograd, weight_gradient_winograd_total},
    .units = {
      units_for(2.0 * (double)(f->points * f->in.tiles * f->weights), f->strips),
      units_for((double)sums, 64),
    },
    .scratchBytes = 4 * (sums + f->strips * winograd_gradient_scratch(f)),
  };
}
