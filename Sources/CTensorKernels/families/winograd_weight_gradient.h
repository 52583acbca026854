// The weight gradient by the transpose of Winograd's F(4x4, 3x3): inputs and gradients of some
// tiles at a time go to the 36 points, where they are multiplied and summed over tiles; the sums
// are transformed back. Tiles are cut into strips that are summed apart, then added up in order.

ML_INLINE int64_t winograd_gradient_scratch(const ml_winograd *f) {
  return ML_WINOGRAD_POINTS * (f->weightStep + f->inputStep + f->resultStep);
}

static ml_winograd winograd_gradient_form(const ml_convolution_sizes *s) {
  ml_winograd f = winograd_form(s, 0);
  f.together = 32;
  f.inputStep = winograd_step(f.together * f.channels);
  f.resultStep = winograd_step(f.together * f.outChannels);
  f.strips = smaller(f.tiles / 384, (3 << 19) / winograd_gradient_scratch(&f));
  f.strips = larger(1, smaller(8, f.strips));
  return f;
}

// sums[point] (+)= inputs[point]' gradients[point], over the tiles.
ML_INLINE void winograd_gradient_multiply(
  const ml_winograd *f, const float *inputs, const float *gradients, float *sums, int64_t tiles,
  int adding)
{
  const ml_steps steps = {
    .outer = 1, .middle = 1, .inner = tiles, .rowInner = f->channels,
    .vectorInner = f->outChannels,
  };
  const int64_t groups = column_groups(f->outChannels);
  for (int64_t point = 0; point < ML_WINOGRAD_POINTS; point++)
    for (int64_t group = 0; group < groups; group++) {
      const ml_columns columns = column_group(f->outChannels, group);
      product_rows(
        &steps, inputs + point * f->inputStep, 1,
        gradients + point * f->resultStep + columns.from, sums + point * f->weightStep,
        f->outChannels, (ml_range){0, f->channels}, columns, adding);
    }
}

ML_INLINE void winograd_gradient_weights(const ml_winograd *f, const float *sums, float *dw) {
  const int64_t weights = f->channels * f->outChannels;
  for (int64_t i = 0; i < weights; i += ML_LANES) {
    float32x16 in[ML_WINOGRAD_POINTS], out[ML_WINOGRAD_KERNEL * ML_WINOGRAD_KERNEL];
#pragma clang loop unroll(full)
    for (int point = 0; point < ML_WINOGRAD_POINTS; point++)
      in[point] = load16(sums + point * f->weightStep + i);
    winograd_transform(
      winograd_kernel_gradient_axis, ML_WINOGRAD_IN, ML_WINOGRAD_KERNEL, in, out);
#pragma clang loop unroll(full)
    for (int tap = 0; tap < 9; tap++) store16(dw + tap * weights + i, out[tap]);
  }
}

static void weight_gradient_winograd(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts)
{
  const ml_winograd f = winograd_gradient_form((const ml_convolution_sizes *)sizes);
  const ml_range strips = part_range(f.strips, part, parts);
  const int64_t weights = 9 * f.channels * f.outChannels;
  float *scratch = operands[3];
  float *strip0 = f.strips > 1 ? scratch : operands[2];
  float *sums = scratch + (f.strips > 1 ? f.strips * weights : 0) +
    strips.from * winograd_gradient_scratch(&f);
  float *inputs = sums + ML_WINOGRAD_POINTS * f.weightStep;
  float *gradients = inputs + ML_WINOGRAD_POINTS * f.inputStep;
  for (int64_t strip = strips.from; strip < strips.to; strip++) {
    const ml_range own = part_range(f.tiles, strip, f.strips);
    for (int64_t tile = own.from; tile < own.to; tile += f.together) {
      const ml_range tiles = {tile, smaller(tile + f.together, own.to)};
      winograd_inputs(&f, operands[0], tiles, inputs);
      for (int64_t t = tiles.from; t < tiles.to; t++)
        winograd_transform_square(
          winograd_gradient_axis, ML_WINOGRAD_OUT, operands[1], winograd_output_square(&f, t),
          f.outChannels, gradients + (t - tile) * f.outChannels, f.resultStep);
      winograd_gradient_multiply(
        &f, inputs, gradients, sums, tiles.to - tiles.from, tile > own.from);
    }
    winograd_gradient_weights(&f, sums, strip0 + strip * weights);
  }
}

static void weight_gradient_winograd_total(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts)
{
  const ml_winograd f = winograd_gradient_form((const ml_convolution_sizes *)sizes);
  add_blocks(operands[3], f.strips, 9 * f.channels * f.outChannels, operands[2], part, parts);
}

static ml_plan plan_winograd_weight_gradient(const ml_convolution_sizes *s) {
  const ml_winograd f = winograd_gradient_form(s);
  const int64_t weights = f.channels * f.outChannels;
  const int64_t sums = f.strips > 1 ? 9 * f.strips * weights : 0;
  return (ml_plan){
    .stageCount = f.strips > 1 ? 2 : 1,
    .stages = {weight_gradient_winograd, weight_gradient_winograd_total},
    .units = {units_for(72.0 * (double)(f.tiles * weights), f.strips), units_for((double)sums, 64)},
    .scratchBytes = 4 * (sums + f.strips * winograd_gradient_scratch(&f)),
  };
}
