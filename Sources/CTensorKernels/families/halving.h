// Convolutions of kernel 3x3 and stride 2, and their input gradients, by the transforms of
// halving_transforms.h: weights to pairs of an axis' weights; then for some pictures at a time
// inputs to units, products at each of 16 points, and points to results. The input gradient is the
// transpose, step by step. Errors are those of the direct form.

// Weights at the 25 pairs of an axis' weights, [channels][outChannels] each; for the input gradient
// transposed.
static void halving_weights_of(
  const ml_halving *f, int backwards, const float *w, float *to, int64_t part, int64_t parts)
{
  const int64_t down = backwards ? f->outChannels : f->channels;
  const int64_t width = backwards ? f->channels : f->outChannels;
  const int64_t across = width / ML_LANES, blocks = down / ML_LANES * across;
  const ml_range range = part_range(blocks, part, parts);
  for (int64_t at = range.from; at < range.to; at++) {
    const int64_t row = at / across * ML_LANES, column = at % across * ML_LANES;
    _Alignas(64) float taps[9][ML_LANES][ML_LANES];
    kernel_block(w, down, width, row, column, backwards, 0, taps);
    for (int64_t i = 0; i < ML_LANES; i++) {
      float32x16 in[9], half[15], out[25];
#pragma clang loop unroll(full)
      for (int tap = 0; tap < 9; tap++) in[tap] = load16(taps[tap][i]);
#pragma clang loop unroll(full)
      for (int j = 0; j < 3; j++) halving_kernel_axis(in + j, 3, half + j, 3);
#pragma clang loop unroll(full)
      for (int j = 0; j < 5; j++) halving_kernel_axis(half + 3 * j, 1, out + 5 * j, 1);
      float *first = to + (row + i) * width + column;
#pragma clang loop unroll(full)
      for (int j = 0; j < 25; j++) store16(first + j * f->weightStep, out[j]);
    }
  }
}

// What is asked of the memory while products are computed: some lines beside each product.
typedef struct { const float *next; int64_t lines; } ml_halving_ahead;

ML_INLINE ml_halving_ahead halving_ahead(const float *from, int64_t count, int64_t products) {
  return (ml_halving_ahead){from, quotient_up(count, products * ML_LANES)};
}

ML_INLINE void halving_prefetch(ml_halving_ahead *ahead) {
  for (int64_t i = 0; i < ahead->lines; i++, ahead->next += ML_LANES)
    __builtin_prefetch(ahead->next, 0, 3);
}

// The weights of a unit at a point.
ML_INLINE int64_t halving_unit_weights(int64_t point, int64_t unit) { return unit ? 4 : point; }

// points = units * weights: at each pair of points one product over all its units.
static void halving_multiply(
  const ml_halving *f, const float *units, const float *weights, float *points, int64_t images,
  ml_halving_ahead ahead)
{
  for (int64_t at = 0; at < 16; at++) {
    const int64_t a = at / 4, b = at % 4;
    const ml_steps steps = {
      .outer = halving_point_units[a], .middle = halving_point_units[b], .inner = f->channels,
      .rowOuter = halving_point_units[b] * f->channels, .rowMiddle = f->channels, .rowInner = 1,
      .vectorOuter = (4 - a) * ML_HALVING_WEIGHTS * f->weightStep,
      .vectorMiddle = (4 - b) * f->weightStep, .vectorInner = f->outChannels,
    };
    const ml_range rows = {0, images * halving_rows(&f->down, a) * halving_rows(&f->across, b)};
    halving_prefetch(&ahead);
    for (int64_t group = 0; group < column_groups(f->outChannels); group++) {
      const ml_columns columns = column_group(f->outChannels, group);
      product_rows(
        &steps, units + f->units[at], steps.outer * steps.rowOuter,
        weights + (ML_HALVING_WEIGHTS * a + b) * f->weightStep + columns.from,
        points + f->points[at], f->outChannels, rows, columns, 0);
    }
  }
}

// units = points * weights: at each pair of points one product for each of its units.
static void halving_multiply_back(
  const ml_halving *f, const float *points, const float *weights, float *units, int64_t images,
  ml_halving_ahead ahead)
{
  const ml_steps steps = {
    .outer = 1, .middle = 1, .inner = f->outChannels, .rowInner = 1, .vectorInner = f->channels,
  };
  for (int64_t at = 0; at < 16; at++) {
    const int64_t a = at / 4, b = at % 4;
    const int64_t across = halving_point_units[b], count = halving_point_units[a] * across;
    const ml_range rows = {0, images * halving_rows(&f->down, a) * halving_rows(&f->across, b)};
    for (int64_t unit = 0; unit < count; unit++) {
      halving_prefetch(&ahead);
      for (int64_t group = 0; group < column_groups(f->channels); group++) {
        const ml_columns columns = column_group(f->channels, group);
        const int64_t pair = ML_HALVING_WEIGHTS * halving_unit_weights(a, unit / across) +
          halving_unit_weights(b, unit % across);
        product_rows(
          &steps, points + f->points[at], f->outChannels,
          weights + pair * f->weightStep + columns.from, units + f->units[at] + unit * f->channels,
          count * f->channels, rows, columns, 0);
      }
    }
  }
}

static void halving_main(
  const ml_halving *f, int backwards, void *const *operands, int64_t part, int64_t parts)
{
  const ml_range strips = part_range(f->strips, part, parts);
  if (strips.from == strips.to) return;
  const int64_t x = f->down.extent * f->across.extent * f->channels;
  const int64_t y = f->down.results * f->across.results * f->outChannels;
  float *pictures = operands[backwards ? 2 : 0], *results = operands[backwards ? 0 : 2];
  const float *weights = operands[3];
  float *units = (float *)operands[3] + 25 * f->weightStep +
    strips.from * (f->units[16] + f->points[16]);
  float *points = units + f->units[16];
  int64_t image = part_range(f->images, strips.from, f->strips).from;
  const int64_t end = part_range(f->images, strips.to - 1, f->strips).to;
  for (; image < end; image += f->together) {
    const int64_t count = smaller(f->together, end - image);
    const int64_t next = image + count, left = smaller(f->together, end - next);
    if (backwards) {
      halving_result_gradient_of_pictures(f, count, results + image * y, y, points);
      halving_multiply_back(
        f, points, weights, units, count, halving_ahead(pictures + image * x, count * x, 49));
      halving_input_gradient_of_pictures(f, count, pictures + image * x, x, units);
    } else {
      halving_input_of_pictures(f, count, pictures + image * x, x, units);
      halving_multiply(
        f, units, weights, points, count, halving_ahead(pictures + next * x, left * x, 16));
      halving_result_of_pictures(f, count, results + image * y, y, points);
    }
  }
}

#define ML_HALVING_STAGES(name, backwards) \
  static void name##_halving_weights( \
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, \
    int64_t parts) \
  { \
    const ml_halving f = halving_product_form((const ml_convolution_sizes *)sizes); \
    halving_weights_of(&f, backwards, operands[1], operands[3], part, parts); \
  } \
  static void name##_halving( \
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, \
    int64_t parts) \
  { \
    const ml_halving f = halving_product_form((const ml_convolution_sizes *)sizes); \
    halving_main(&f, backwards, operands, part, parts); \
  }
ML_HALVING_STAGES(convolution, 0)
ML_HALVING_STAGES(input_gradient, 1)

static ml_plan plan_halving(const ml_convolution_sizes *s, int backwards) {
  const ml_halving f = halving_product_form(s);
  const int64_t weights = f.channels * f.outChannels;
  return (ml_plan){
    .stageCount = 2,
    .stages = {
      backwards ? input_gradient_halving_weights : convolution_halving_weights,
      backwards ? input_gradient_halving : convolution_halving,
    },
    .units = {
      units_for(50.0 * (double)weights, weights / (ML_LANES * ML_LANES)),
      units_for(convolution_operations(s), f.strips),
    },
    .scratchBytes = 4 * (25 * f.weightStep + f.strips * (f.units[16] + f.points[16])),
  };
}
