// Winograd's F(4x4, 3x3) (Lavin and Gray 2015, arXiv:1509.09308): a tile of 4x4 results is made
// from 6x6 inputs with 36 products a pair of channels in place of 144. Interpolation points 0, 1,
// -1, 2, -2 and infinity.

enum { ML_WINOGRAD_IN = 6, ML_WINOGRAD_OUT = 4, ML_WINOGRAD_KERNEL = 3, ML_WINOGRAD_POINTS = 36 };

// Transforms of one axis: `in` and `out` are columns with a step.
typedef void (*ml_axis_transform)(
  const float32x16 *in, int inStep, float32x16 *out, int outStep);

ML_INLINE void winograd_input_axis(const float32x16 *in, int n, float32x16 *out, int m) {
  const float32x16 d1 = in[n], d2 = in[2 * n], d3 = in[3 * n], d4 = in[4 * n];
  const float32x16 even = fma16(all16(-4), d2, d4), odd = fma16(all16(-4), d1, d3);
  const float32x16 near = d4 - d2, far = d3 - d1;
  out[0] = fma16(all16(4), in[0], fma16(all16(-5), d2, d4));
  out[m] = even + odd;
  out[2 * m] = even - odd;
  out[3 * m] = fma16(all16(2), far, near);
  out[4 * m] = fma16(all16(-2), far, near);
  out[5 * m] = fma16(all16(4), d1, fma16(all16(-5), d3, in[5 * n]));
}

ML_INLINE void winograd_kernel_axis(const float32x16 *in, int n, float32x16 *out, int m) {
  const float32x16 g0 = in[0], g1 = in[n], g2 = in[2 * n];
  const float32x16 sum = (g0 + g2) * all16(-1.0f / 6);
  const float32x16 wide = fma16(all16(4), g2, g0) * all16(1.0f / 24);
  out[0] = g0 * all16(0.25f);
  out[m] = fma16(all16(-1.0f / 6), g1, sum);
  out[2 * m] = fma16(all16(1.0f / 6), g1, sum);
  out[3 * m] = fma16(all16(1.0f / 12), g1, wide);
  out[4 * m] = fma16(all16(-1.0f / 12), g1, wide);
  out[5 * m] = g2;
}

ML_INLINE void winograd_result_axis(const float32x16 *in, int n, float32x16 *out, int m) {
  const float32x16 sum = in[n] + in[2 * n], difference = in[n] - in[2 * n];
  const float32x16 farSum = in[3 * n] + in[4 * n], farDifference = in[3 * n] - in[4 * n];
  out[0] = in[0] + (sum + farSum);
  out[m] = fma16(all16(2), farDifference, difference);
  out[2 * m] = fma16(all16(4), farSum, sum);
  out[3 * m] = fma16(all16(8), farDifference, difference) + in[5 * n];
}

// The transpose of winograd_result_axis: what a gradient of the results becomes.
ML_INLINE void winograd_gradient_axis(const float32x16 *in, int n, float32x16 *out, int m) {
  const float32x16 y0 = in[0], y1 = in[n], y2 = in[2 * n], y3 = in[3 * n];
  const float32x16 even = y0 + y2, odd = y1 + y3;
  const float32x16 farEven = fma16(all16(4), y2, y0);
  const float32x16 farOdd = fma16(all16(4), y3, y1) * all16(2);
  out[0] = y0;
  out[m] = even + odd;
  out[2 * m] = even - odd;
  out[3 * m] = farEven + farOdd;
  out[4 * m] = farEven - farOdd;
  out[5 * m] = y3;
}

// The transpose of winograd_kernel_axis: the gradient of the kernel.
ML_INLINE void winograd_kernel_gradient_axis(const float32x16 *in, int n, float32x16 *out, int m) {
  const float32x16 sum = in[n] + in[2 * n], difference = in[2 * n] - in[n];
  const float32x16 farSum = in[3 * n] + in[4 * n], farDifference = in[3 * n] - in[4 * n];
  out[0] = fma16(
    all16(1.0f / 24), farSum, fma16(all16(-1.0f / 6), sum, in[0] * all16(0.25f)));
  out[m] = fma16(all16(1.0f / 12), farDifference, difference * all16(1.0f / 6));
  out[2 * m] = fma16(all16(1.0f / 6), farSum - sum, in[5 * n]);
}

// Columns, then rows: from x from numbers become to x to.
ML_INLINE void winograd_transform(
  ml_axis_transform axis, const int from, const int to, const float32x16 *in, float32x16 *out)
{
  float32x16 half[ML_WINOGRAD_POINTS];
#pragma clang loop unroll(full)
  for (int j = 0; j < from; j++) axis(in + j, from, half + j, from);
#pragma clang loop unroll(full)
  for (int i = 0; i < to; i++) axis(half + i * from, 1, out + i * to, 1);
}

// A square of a picture, of which rows and columns [from, to) exist; the rest counts as zero.
typedef struct {
  int64_t offset, rowStep, columnStep;  // of the square's first corner, which need not exist
  ml_range rows, columns;
  int whole;
} ml_square;

ML_INLINE ml_square square_at(
  int64_t top, int64_t left, int64_t size, int64_t image, int64_t height, int64_t width,
  int64_t channels)
{
  const ml_range rows = {larger(0, -top), smaller(size, height - top)};
  const ml_range columns = {larger(0, -left), smaller(size, width - left)};
  return (ml_square){
    ((image * height + top) * width + left) * channels, width * channels, channels, rows, columns,
    rows.from == 0 && columns.from == 0 && rows.to == size && columns.to == size,
  };
}

// points[i][...] = transform of the square, for all channels; points lie `step` apart.
ML_INLINE void winograd_transform_square(
  ml_axis_transform axis, const int size, const float *picture, ml_square s, int64_t channels,
  float *points, int64_t step)
{
  float32x16 cut[ML_WINOGRAD_POINTS], out[ML_WINOGRAD_POINTS];
  if (!s.whole)
    for (int i = 0; i < size * size; i++) cut[i] = all16(0);
  for (int64_t c = 0; c < channels; c += ML_LANES) {
    if (s.whole) {
      float32x16 in[ML_WINOGRAD_POINTS];
#pragma clang loop unroll(full)
      for (int i = 0; i < size; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < size; j++)
          in[i * size + j] = load16(picture + s.offset + i * s.rowStep + j * s.columnStep + c);
      winograd_transform(axis, size, ML_WINOGRAD_IN, in, out);
    } else {
      for (int64_t i = s.rows.from; i < s.rows.to; i++)
        for (int64_t j = s.columns.from; j < s.columns.to; j++)
          cut[i * size + j] = load16(picture + s.offset + i * s.rowStep + j * s.columnStep + c);
      winograd_transform(axis, size, ML_WINOGRAD_IN, cut, out);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < ML_WINOGRAD_POINTS; i++) store16(points + i * step + c, out[i]);
  }
}

// The reverse for results: the square of the picture from its points.
ML_INLINE void winograd_result_square(
  const float *points, int64_t step, int64_t channels, float *picture, ml_square s)
{
  for (int64_t c = 0; c < channels; c += ML_LANES) {
    float32x16 in[ML_WINOGRAD_POINTS], out[ML_WINOGRAD_OUT * ML_WINOGRAD_OUT];
#pragma clang loop unroll(full)
    for (int i = 0; i < ML_WINOGRAD_POINTS; i++) in[i] = load16(points + i * step + c);
    winograd_transform(winograd_result_axis, ML_WINOGRAD_IN, ML_WINOGRAD_OUT, in, out);
    float *to = picture + s.offset + c;
    if (s.whole) {
#pragma clang loop unroll(full)
      for (int i = 0; i < ML_WINOGRAD_OUT; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < ML_WINOGRAD_OUT; j++)
          store16(to + i * s.rowStep + j * s.columnStep, out[i * ML_WINOGRAD_OUT + j]);
    } else {
      float32x16 cut[ML_WINOGRAD_OUT * ML_WINOGRAD_OUT];
#pragma clang loop unroll(full)
      for (int i = 0; i < ML_WINOGRAD_OUT * ML_WINOGRAD_OUT; i++) cut[i] = out[i];
      for (int64_t i = s.rows.from; i < s.rows.to; i++)
        for (int64_t j = s.columns.from; j < s.columns.to; j++)
          store16(to + i * s.rowStep + j * s.columnStep, cut[i * ML_WINOGRAD_OUT + j]);
    }
  }
}
