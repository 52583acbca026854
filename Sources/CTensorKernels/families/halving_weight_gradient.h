// The weight gradient of convolutions of kernel 3x3 and stride 2, the transpose of halving.h:
// inputs go to units, gradients to points; units times points are summed over tiles at each pair of
// an axis' weights, and the sums are transformed back. Pictures are cut into strips that are summed
// apart, then added up in order.

ML_INLINE int64_t halving_gradient_scratch(const ml_halving *f) {
  return 25 * f->weightStep + f->units[16] + f->points[16];
}

static ml_halving halving_gradient_form(const ml_convolution_sizes *s) {
  ml_halving f = halving_form(s, 800 << 10);
  f.strips = smaller(f.images / (2 * f.together), (3 << 19) / halving_gradient_scratch(&f));
  f.strips = larger(1, smaller(8, f.strips));
  return f;
}

// sums (+)= units' points; `first` where nothing has been summed before.
static void halving_gradient_multiply(
  const ml_halving *f, const float *units, const float *points, float *sums, int64_t images,
  int first, ml_halving_ahead ahead)
{
  for (int64_t at = 0; at < 16; at++) {
    const int64_t a = at / 4, b = at % 4;
    const int64_t across = halving_point_units[b], count = halving_point_units[a] * across;
    const ml_steps steps = {
      .outer = 1, .middle = 1,
      .inner = images * halving_rows(&f->down, a) * halving_rows(&f->across, b),
      .rowInner = count * f->channels, .vectorInner = f->outChannels,
    };
    for (int64_t unit = 0; unit < count; unit++) {
      halving_prefetch(&ahead);
      for (int64_t group = 0; group < column_groups(f->outChannels); group++) {
        const ml_columns columns = column_group(f->outChannels, group);
        const int64_t u = unit / across, v = unit % across;
        const int64_t pair =
          ML_HALVING_WEIGHTS * halving_unit_weights(a, u) + halving_unit_weights(b, v);
        const int shared = (u > 0 && a > 0) || (v > 0 && b > 0);
        product_rows(
          &steps, units + f->units[at] + unit * f->channels, 1,
          points + f->points[at] + columns.from, sums + pair * f->weightStep, f->outChannels,
          (ml_range){0, f->channels}, columns, !first || shared);
      }
    }
  }
}

ML_INLINE void halving_gradient_weights(const ml_halving *f, const float *sums, float *dw) {
  const int64_t weights = f->channels * f->outChannels;
  for (int64_t i = 0; i < weights; i += ML_LANES) {
    float32x16 in[25], half[15], out[9];
#pragma clang loop unroll(full)
    for (int pair = 0; pair < 25; pair++) in[pair] = load16(sums + pair * f->weightStep + i);
#pragma clang loop unroll(full)
    for (int j = 0; j < 5; j++) halving_kernel_gradient_axis(in + j, 5, half + j, 5);
#pragma clang loop unroll(full)
    for (int j = 0; j < 3; j++) halving_kernel_gradient_axis(half + 5 * j, 1, out + 3 * j, 1);
#pragma clang loop unroll(full)
    for (int tap = 0; tap < 9; tap++) store16(dw + tap * weights + i, out[tap]);
  }
}

static void weight_gradient_halving(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts)
{
  const ml_halving f = halving_gradient_form((const ml_convolution_sizes *)sizes);
  const ml_range strips = part_range(f.strips, part, parts);
  const int64_t weights = 9 * f.channels * f.outChannels;
  const int64_t x = f.down.extent * f.across.extent * f.channels;
  const int64_t y = f.down.results * f.across.results * f.outChannels;
  float *scratch = operands[3], *pictures = operands[0], *results = operands[1];
  float *strip0 = f.strips > 1 ? scratch : operands[2];
  float *sums = scratch + (f.strips > 1 ? f.strips * weights : 0) +
    strips.from * halving_gradient_scratch(&f);
  float *units = sums + 25 * f.weightStep, *points = units + f.units[16];
  for (int64_t strip = strips.from; strip < strips.to; strip++) {
    const ml_range own = part_range(f.images, strip, f.strips);
    const int64_t blocks = quotient_up(own.to - own.from, f.together);
    for (int64_t block = 0; block < blocks; block++) {
      const ml_range images = part_range(own.to - own.from, block, blocks);
      const int64_t image = own.from + images.from, count = images.to - images.from;
      const int64_t left = smaller(f.together, own.to - image - count);
      halving_input_of_pictures(&f, count, pictures + image * x, x, units);
      halving_result_gradient_of_pictures(&f, count, results + image * y, y, points);
      halving_gradient_multiply(
        &f, units, points, sums, count, block == 0,
        halving_ahead(pictures + (image + count) * x, left * x, 49));
    }
    halving_gradient_weights(&f, sums, strip0 + strip * weights);
  }
}

static void weight_gradient_halving_total(
  void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts)
{
  const ml_halving f = halving_gradient_form((const ml_convolution_sizes *)sizes);
  add_blocks(operands[3], f.strips, 9 * f.channels * f.outChannels, operands[2], part, parts);
}

static ml_plan plan_halving_weight_gradient(const ml_convolution_sizes *s) {
  const ml_halving f = halving_gradient_form(s);
  const int64_t sums = f.strips > 1 ? 9 * f.strips * f.channels * f.outChannels : 0;
  return (ml_plan){
    .stageCount = f.strips > 1 ? 2 : 1,
    .stages = {weight_gradient_halving, weight_gradient_halving_total},
    .units = {units_for(convolution_operations(s), f.strips), units_for((double)sums, 64)},
    .scratchBytes = 4 * (sums + f.strips * halving_gradient_scratch(&f)),
  };
}
