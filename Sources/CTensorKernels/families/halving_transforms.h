// Convolutions of kernel 3x3 and stride 2 with fewer products. Along an axis the outer two taps
// read positions of one parity, the middle tap those of the other. Three results of the outer taps
// are made with four products (Winograd's F(3, 2) at the points 0, 1, -1 and infinity); the middle
// tap is brought to the same points, where its three products are added to them: seven in place of
// nine, 49 in place of 81 on a square. A result at a border, where an outer tap falls outside,
// takes two products at the one point that needs no other.

enum {
  ML_HALVING_POINTS = 4, ML_HALVING_UNITS = 7, ML_HALVING_RESULTS = 3, ML_HALVING_WEIGHTS = 5,
};

// What is multiplied is called a unit: a triple of results has seven, two at each point but the
// third, the outer taps' first; a single one has the two of its point.
static const int halving_point_units[ML_HALVING_POINTS] = {2, 2, 1, 2};
static const int halving_first_unit[ML_HALVING_POINTS] = {0, 2, 4, 5};

// Transforms of one axis, from numbers `n` apart to numbers `m` apart, of a triple or of a single
// result; those of a single one copy.
typedef void (*ml_halving_axis_transform)(
  const int single, const float32x16 *in, int n, float32x16 *out, int m);

// The positions that a triple reads, to units.
ML_INLINE void halving_input_axis(
  const int single, const float32x16 *in, int n, float32x16 *out, int m)
{
  if (single) {
    out[0] = in[0];
    out[m] = in[n];
    return;
  }
  const float32x16 d1 = in[2 * n], middle = in[3 * n], d2 = in[4 * n];
  out[0] = in[0] - d2;
  out[m] = in[n] - middle;
  out[2 * m] = d1 + d2;
  out[3 * m] = middle;
  out[4 * m] = d2 - d1;
  out[5 * m] = in[6 * n] - d1;
  out[6 * m] = in[5 * n] - middle;
}

// The transpose: gradients of units, to what they give to the positions.
ML_INLINE void halving_input_gradient_axis(
  const int single, const float32x16 *in, int n, float32x16 *out, int m)
{
  out[0] = in[0];
  out[m] = in[n];
  if (single) return;
  out[2 * m] = in[2 * n] - in[4 * n] - in[5 * n];
  out[3 * m] = in[3 * n] - in[n] - in[6 * n];
  out[4 * m] = in[2 * n] + in[4 * n] - in[0];
  out[5 * m] = in[6 * n];
  out[6 * m] = in[5 * n];
}

// Points to results.
ML_INLINE void halving_result_axis(
  const int single, const float32x16 *in, int n, float32x16 *out, int m)
{
  if (single) {
    out[0] = in[0];
    return;
  }
  const float32x16 difference = in[n] - in[2 * n];
  out[0] = in[0] + difference;
  out[m] = in[n] + in[2 * n];
  out[2 * m] = difference + in[3 * n];
}

// The transpose: gradients of results, to points.
ML_INLINE void halving_result_gradient_axis(
  const int single, const float32x16 *in, int n, float32x16 *out, int m)
{
  out[0] = in[0];
  if (single) return;
  const float32x16 outer = in[0] + in[2 * n];
  out[m] = outer + in[n];
  out[2 * m] = in[n] - outer;
  out[3 * m] = in[2 * n];
}

// A kernel's taps, to the weights of the outer taps at the four points, and the middle tap.
ML_INLINE void halving_kernel_axis(const float32x16 *in, int n, float32x16 *out, int m) {
  out[0] = in[0];
  out[m] = (in[0] + in[2 * n]) * all16(0.5f);
  out[2 * m] = (in[2 * n] - in[0]) * all16(0.5f);
  out[3 * m] = in[2 * n];
  out[4 * m] = in[n];
}

// The transpose: gradients of those weights, to the gradient of the kernel.
ML_INLINE void halving_kernel_gradient_axis(const float32x16 *in, int n, float32x16 *out, int m) {
  out[0] = fma16(all16(0.5f), in[n] - in[2 * n], in[0]);
  out[m] = in[4 * n];
  out[2 * m] = fma16(all16(0.5f), in[n] + in[2 * n], in[3 * n]);
}
