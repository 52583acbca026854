// Elementary functions on sixteen floats, built from exactly rounded operations alone, so that
// every instruction set gives the same bits. Errors are below 3 units of the last place. The
// polynomials are minimax fits on the intervals named beside them.

// c0 + c1 x + ... by Horner's rule, coefficients from the highest down.
#define HORNER2(x, c2, c1, c0) fma16(fma16(all16(c2), x, all16(c1)), x, all16(c0))
#define HORNER3(x, c3, c2, c1, c0) fma16(HORNER2(x, c3, c2, c1), x, all16(c0))
#define HORNER4(x, c4, c3, c2, c1, c0) fma16(HORNER3(x, c4, c3, c2, c1), x, all16(c0))
#define HORNER5(x, c5, c4, c3, c2, c1, c0) fma16(HORNER4(x, c5, c4, c3, c2, c1), x, all16(c0))
#define HORNER6(x, c6, c5, c4, c3, c2, c1, c0) \
  fma16(HORNER5(x, c6, c5, c4, c3, c2, c1), x, all16(c0))
#define HORNER7(x, c7, c6, c5, c4, c3, c2, c1, c0) \
  fma16(HORNER6(x, c7, c6, c5, c4, c3, c2, c1), x, all16(c0))
#define HORNER8(x, c8, c7, c6, c5, c4, c3, c2, c1, c0) \
  fma16(HORNER7(x, c8, c7, c6, c5, c4, c3, c2, c1), x, all16(c0))

ML_INLINE float32x16 absolute(float32x16 x) {
  return bits_as_floats(floats_as_bits(x) & 0x7fffffff);
}

// The magnitude of the first with the sign of the second.
ML_INLINE float32x16 with_sign(float32x16 magnitude, float32x16 sign) {
  return bits_as_floats((floats_as_bits(magnitude) & 0x7fffffff) |
                        (floats_as_bits(sign) & (int32_t)0x80000000));
}

// NaN if either is.
ML_INLINE float32x16 maximum(float32x16 a, float32x16 b) {
  return choose((a > b) | (a != a), a, b);
}
ML_INLINE float32x16 minimum(float32x16 a, float32x16 b) {
  return choose((a < b) | (a != a), a, b);
}
ML_INLINE float32x16 rectified(float32x16 x) { return choose(x <= all16(0), all16(0), x); }

// 2^n for n in -126...127.
ML_INLINE float32x16 power_of_two(int32x16 n) { return bits_as_floats((n + 127) << 23); }

ML_INLINE float32x16 exponential(float32x16 x) {
  // Beyond these the result is infinite or zero anyway; a NaN passes both comparisons.
  x = choose(x > all16(89), all16(89), x);
  x = choose(x < all16(-105), all16(-105), x);
  // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
  float32x16 shifted = fma16(x, all16(0x1.715476p+0f), all16(0x1.8p23f));
  int32x16 n = floats_as_bits(shifted) - 0x4b400000;
  float32x16 count = shifted - all16(0x1.8p23f);
  float32x16 r = fma16(count, all16(-0x1.62e430p-1f), x);
  r = fma16(count, all16(0x1.05c610p-29f), r);
  float32x16 p = HORNER5(
      r, 0x1.9f0810p-13f, 0x1.6d8db0p-10f, 0x1.111272p-7f, 0x1.55548ep-5f, 0x1.555554p-3f, 0.5f);
  p = all16(1) + fma16(r * r, p, r);
  // In two steps, so that results that are subnormal or above 2^127 come out right.
  int32x16 half = n >> 1;
  return p * power_of_two(half) * power_of_two(n - half);
}

ML_INLINE float32x16 logarithm(float32x16 x) {
  int32x16 tiny = x < all16(0x1p-126f);
  float32x16 scaled = choose(tiny, x * all16(0x1p24f), x);
  // The mantissa on [sqrt(1/2), sqrt(2)).
  int32x16 bits = (int32x16)((uint32x16)floats_as_bits(scaled) - 0x3f3504f3u);
  int32x16 exponent = (bits >> 23) - (tiny & 24);
  float32x16 f = bits_as_floats((bits & 0x7fffff) + 0x3f3504f3) - all16(1);
  float32x16 p = HORNER8(
      f, 0x1.145858p-4f, -0x1.de3b94p-4f, 0x1.e6efcap-4f, -0x1.fc2212p-4f, 0x1.233776p-3f,
      -0x1.555c4ep-3f, 0x1.99a4b4p-3f, -0x1.000006p-2f, 0x1.555548p-2f);
  float32x16 square = f * f;
  float32x16 e = ints_to_floats(exponent);
  float32x16 low = fma16(square * f, p, e * all16(-0x1.05c610p-29f));
  low = fma16(square, all16(-0.5f), low);
  float32x16 result = fma16(e, all16(0x1.62e430p-1f), f + low);
  result = choose(x > all16(0x1.fffffep127f), x, result);
  result = choose(x == all16(0), all16(-__builtin_inff()), result);
  result = choose(x < all16(0), all16(__builtin_nanf("")), result);
  return choose(x != x, x, result);
}

ML_INLINE float32x16 hyperbolic_tangent(float32x16 x) {
  float32x16 size = absolute(x);
  float32x16 z = x * x;
  // On [0, 0.625].
  float32x16 p = HORNER4(
      z, -0x1.75e290p-8f, 0x1.5226ccp-6f, -0x1.b83c62p-5f, 0x1.110728p-3f, -0x1.555532p-2f);
  float32x16 near = fma16(z * x, p, x);
  float32x16 far = all16(1) - all16(2) / (exponential(size + size) + all16(1));
  return with_sign(choose(size < all16(0.625f), near, far), x);
}

ML_INLINE float32x16 logistic(float32x16 x) {
  float32x16 e = exponential(-absolute(x));
  return choose(x < all16(0), e, all16(1)) / (all16(1) + e);
}

// log(1 + exp(x))
ML_INLINE float32x16 soft_plus(float32x16 x) {
  float32x16 e = exponential(-absolute(x));
  // log(1 + e) = 2 artanh(s), s = e / (2 + e) on [0, 1/3].
  float32x16 s = e / (all16(2) + e);
  float32x16 z = s * s;
  float32x16 p =
      HORNER4(z, 0x1.f1ac98p-3f, 0x1.b6d74ep-3f, 0x1.25096ap-2f, 0x1.9996a8p-2f, 0x1.555558p-1f);
  float32x16 logarithm_of_sum = fma16(z * s, p, s + s);
  return rectified(x) + logarithm_of_sum;
}

ML_INLINE float32x16 error_function(float32x16 x) {
  float32x16 size = absolute(x);
  float32x16 z = x * x;
  // On [0, 1].
  float32x16 p = HORNER6(
      z, 0x1.496a32p-14f, -0x1.a3f700p-11f, 0x1.5405b2p-8f, -0x1.b7f90ep-6f, 0x1.ce2cf8p-4f,
      -0x1.81273ep-2f, 0x1.20dd74p+0f);
  float32x16 near = x * p;
  // -log(1 - erf(size)) on [1, 3.95]; beyond, erf rounds to 1.
  float32x16 clamped = choose(size > all16(3.95f), all16(3.95f), size);
  float32x16 q = HORNER7(
      clamped, 0x1.6c0694p-16f, -0x1.ceeaf0p-12f, 0x1.1398fap-8f, -0x1.9d0bd6p-6f, 0x1.bc18d0p-4f,
      0x1.4434f0p-1f, 0x1.212c2cp+0f, -0x1.8b3f32p-13f);
  float32x16 far = all16(1) - exponential(-q);
  return choose(size < all16(1), near, with_sign(far, x));
}

// sin(x + quadrants * pi / 2). The reduction to [-pi/4, pi/4] is done in double, good for |x| to
// 1e9; far beyond, results are meaningless but within [-1, 1].
ML_INLINE float32x16 sine_of_quadrants(float32x16 x, int32_t quadrants) {
  float64x16 wide = floats_to_doubles(x);
  float64x16 shifted = fma_doubles(wide, 0x1.45f306dc9c883p-1, (float64x16)0x1.8p52);
  float64x16 count = shifted - 0x1.8p52;
  float64x16 rest = fma_doubles(count, -0x1.921fb54442d18p+0, wide);
  rest = fma_doubles(count, -0x1.1a62633145c07p-54, rest);
  float32x16 r = doubles_to_floats(rest);
  r = choose(absolute(r) > all16(0.8f), all16(0), r);
  int32x16 quadrant = longs_to_ints((int64x16)shifted) + quadrants;
  float32x16 z = r * r;
  float32x16 sine = HORNER2(z, -0x1.99438cp-13f, 0x1.11073ap-7f, -0x1.555546p-3f);
  sine = fma16(z * r, sine, r);
  float32x16 cosine = HORNER2(z, 0x1.99eb54p-16f, -0x1.6c0c32p-10f, 0x1.55554ap-5f);
  cosine = fma16(z * z, cosine, fma16(z, all16(-0.5f), all16(1)));
  float32x16 result = choose((quadrant & 1) != 0, cosine, sine);
  return bits_as_floats(floats_as_bits(result) ^ ((quadrant & 2) << 30));
}

ML_INLINE float32x16 sign_of(float32x16 x) {
  return choose(x > all16(0), all16(1), choose(x < all16(0), all16(-1), x));
}
