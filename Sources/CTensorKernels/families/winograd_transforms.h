// Winograd's F(4x4, 3x3) and F(2x2, 3x3) (Lavin and Gray 2015, arXiv:1509.09308): a tile of 4x4
// results is made from 6x6 inputs with 36 products a pair of channels in place of 144, one of 2x2
// from 4x4 inputs with 16 in place of 36. Interpolation points are 0, 1, -1 and infinity, for
// F(4x4) 2 and -2 too.

// Numbers a side of a kernel, and of the largest square.
enum { ML_WINOGRAD_KERNEL = 3, ML_WINOGRAD_MOST = 6 };

// Transforms of one axis: `in` and `out` are columns with a step. That of a gradient (of results)
// is the transpose of the result's, that of a kernel's gradient is the transpose of the kernel's.
typedef void (*ml_axis_transform)(
  const float32x16 *in, int inStep, float32x16 *out, int outStep);

ML_INLINE void axis_4x4_input(const float32x16 *in, int n, float32x16 *out, int m) {
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

ML_INLINE void axis_4x4_kernel(const float32x16 *in, int n, float32x16 *out, int m) {
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

ML_INLINE void axis_4x4_result(const float32x16 *in, int n, float32x16 *out, int m) {
  const float32x16 sum = in[n] + in[2 * n], difference = in[n] - in[2 * n];
  const float32x16 farSum = in[3 * n] + in[4 * n], farDifference = in[3 * n] - in[4 * n];
  out[0] = in[0] + (sum + farSum);
  out[m] = fma16(all16(2), farDifference, difference);
  out[2 * m] = fma16(all16(4), farSum, sum);
  out[3 * m] = fma16(all16(8), farDifference, difference) + in[5 * n];
}

ML_INLINE void axis_4x4_gradient(const float32x16 *in, int n, float32x16 *out, int m) {
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

ML_INLINE void axis_4x4_kernel_gradient(const float32x16 *in, int n, float32x16 *out, int m) {
  const float32x16 sum = in[n] + in[2 * n], difference = in[2 * n] - in[n];
  const float32x16 farSum = in[3 * n] + in[4 * n], farDifference = in[3 * n] - in[4 * n];
  out[0] = fma16(
    all16(1.0f / 24), farSum, fma16(all16(-1.0f / 6), sum, in[0] * all16(0.25f)));
  out[m] = fma16(all16(1.0f / 12), farDifference, difference * all16(1.0f / 6));
  out[2 * m] = fma16(all16(1.0f / 6), farSum - sum, in[5 * n]);
}

ML_INLINE void axis_2x2_input(const float32x16 *in, int n, float32x16 *out, int m) {
  out[0] = in[0] - in[2 * n];
  out[m] = in[n] + in[2 * n];
  out[2 * m] = in[2 * n] - in[n];
  out[3 * m] = in[3 * n] - in[n];
}

ML_INLINE void axis_2x2_kernel(const float32x16 *in, int n, float32x16 *out, int m) {
  const float32x16 even = (in[0] + in[2 * n]) * all16(0.5f);
  out[0] = in[0];
  out[m] = fma16(all16(0.5f), in[n], even);
  out[2 * m] = fma16(all16(-0.5f), in[n], even);
  out[3 * m] = in[2 * n];
}

ML_INLINE void axis_2x2_result(const float32x16 *in, int n, float32x16 *out, int m) {
  out[0] = in[0] + (in[n] + in[2 * n]);
  out[m] = (in[n] - in[2 * n]) + in[3 * n];
}

ML_INLINE void axis_2x2_gradient(const float32x16 *in, int n, float32x16 *out, int m) {
  out[0] = in[0];
  out[m] = in[0] + in[n];
  out[2 * m] = in[0] - in[n];
  out[3 * m] = in[n];
}

ML_INLINE void axis_2x2_kernel_gradient(const float32x16 *in, int n, float32x16 *out, int m) {
  const float32x16 sum = in[n] + in[2 * n], difference = in[n] - in[2 * n];
  out[0] = fma16(all16(0.5f), sum, in[0]);
  out[m] = difference * all16(0.5f);
  out[2 * m] = fma16(all16(0.5f), sum, in[3 * n]);
}

// A square of vectors becomes another, columns first: `in` of them a side become `out`.
ML_INLINE void winograd_transform(
  ml_axis_transform axis, const int in, const int out, const float *from, int64_t fromRow,
  int64_t fromColumn, float *to, int64_t toRow, int64_t toColumn)
{
  float32x16 x[ML_WINOGRAD_MOST * ML_WINOGRAD_MOST], y[ML_WINOGRAD_MOST * ML_WINOGRAD_MOST];
  float32x16 half[ML_WINOGRAD_MOST * ML_WINOGRAD_MOST];
#pragma clang loop unroll(full)
  for (int i = 0; i < in; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < in; j++) x[i * in + j] = load16(from + i * fromRow + j * fromColumn);
#pragma clang loop unroll(full)
  for (int j = 0; j < in; j++) axis(x + j, in, half + j, in);
#pragma clang loop unroll(full)
  for (int i = 0; i < out; i++) axis(half + i * in, 1, y + i * out, 1);
#pragma clang loop unroll(full)
  for (int i = 0; i < out; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < out; j++) store16(to + i * toRow + j * toColumn, y[i * out + j]);
}
