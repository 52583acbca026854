// Forms of sixteen numbers that the families share: choices, bits, doubles.

typedef double float64x16 __attribute__((ext_vector_type(16)));
typedef int64_t int64x16 __attribute__((ext_vector_type(16)));
typedef uint64_t uint64x16 __attribute__((ext_vector_type(16)));
typedef uint8_t uint8x16 __attribute__((ext_vector_type(16)));
typedef uint8_t uint8x16_anywhere __attribute__((ext_vector_type(16), aligned(1)));

ML_INLINE int32x16 floats_as_bits(float32x16 v) { return (int32x16)v; }
ML_INLINE float32x16 bits_as_floats(int32x16 v) { return (float32x16)v; }
ML_INLINE float32x16 ints_to_floats(int32x16 v) { return __builtin_convertvector(v, float32x16); }
ML_INLINE float64x16 floats_to_doubles(float32x16 v) {
  return __builtin_convertvector(v, float64x16);
}
ML_INLINE float32x16 doubles_to_floats(float64x16 v) {
  return __builtin_convertvector(v, float32x16);
}
ML_INLINE int32x16 longs_to_ints(int64x16 v) { return __builtin_convertvector(v, int32x16); }
ML_INLINE float64x16 fma_doubles(float64x16 a, double b, float64x16 c) {
  return __builtin_elementwise_fma(a, (float64x16)b, c);
}

// a where all bits of the mask are set, b where none is.
ML_INLINE float32x16 choose(int32x16 mask, float32x16 a, float32x16 b) { return mask ? a : b; }
ML_INLINE int32x16 choose_integers(int32x16 mask, int32x16 a, int32x16 b) { return mask ? a : b; }

ML_INLINE float32x16 square_root(float32x16 v) { return __builtin_elementwise_sqrt(v); }
ML_INLINE float32x16 round_down(float32x16 v) { return __builtin_elementwise_floor(v); }

// Whether a is ahead of b as a maximum: larger, or the first NaN.
ML_INLINE int32x16 ahead(float32x16 a, float32x16 b) { return ~(a <= b) & (b == b); }
ML_INLINE int ahead_scalar(float a, float b) { return a > b || (a != a && b == b); }

// Adds x to sums, element by element.
ML_INLINE void add_to(float *sums, const float *x, int64_t count) {
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) store16(sums + i, load16(sums + i) + load16(x + i));
  for (; i < count; i++) sums[i] += x[i];
}

ML_INLINE void fill_floats(float *y, float value, int64_t count) {
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) store16(y + i, all16(value));
  for (; i < count; i++) y[i] = value;
}

// Into how many parts it pays to cut work that touches so many elements.
ML_INLINE int64_t part_limit_of_elements(int64_t elements, int64_t most) {
  return larger(1, smaller(smaller(elements / ML_PART_ELEMENTS, most), ML_PART_MOST));
}
