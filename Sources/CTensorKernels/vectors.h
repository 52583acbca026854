// Vectors of sixteen numbers, the same on every instruction set: one AVX-512 register, two of
// AVX2, four of NEON or SSE. Included by a table under its target attribute.
#ifndef ML_VECTORS_H
#define ML_VECTORS_H

#include <stdint.h>

#define ML_LANES 16
#define ML_INLINE static inline __attribute__((always_inline, unused))

typedef float float32x16 __attribute__((ext_vector_type(16)));
typedef int32_t int32x16 __attribute__((ext_vector_type(16)));
typedef uint32_t uint32x16 __attribute__((ext_vector_type(16)));
typedef float float32x16_anywhere __attribute__((ext_vector_type(16), aligned(4)));
typedef int32_t int32x16_anywhere __attribute__((ext_vector_type(16), aligned(4)));

// Memory need not be aligned.
ML_INLINE float32x16 load16(const float *p) { return *(const float32x16_anywhere *)p; }
ML_INLINE void store16(float *p, float32x16 v) { *(float32x16_anywhere *)p = v; }

ML_INLINE float32x16 all16(float value) { return (float32x16)value; }

// a * b + c, rounded once; without the instruction the compiler calls the library's exact fmaf.
ML_INLINE float32x16 fma16(float32x16 a, float32x16 b, float32x16 c) {
  return __builtin_elementwise_fma(a, b, c);
}

#if defined(ML_AVX2)
ML_INLINE __m256i first_lanes(int64_t n) {
  return _mm256_cmpgt_epi32(
    _mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
#endif

// The first n (1...16) numbers; the others are zero, and their memory is not touched.
ML_INLINE float32x16 load_first(const float *p, int64_t n) {
#if defined(ML_AVX512)
  return (float32x16)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
#elif defined(ML_AVX2)
  float32x16 v;
  v.lo = _mm256_maskload_ps(p, first_lanes(n));
  v.hi = n > 8 ? _mm256_maskload_ps(p + 8, first_lanes(n - 8)) : _mm256_setzero_ps();
  return v;
#else
  float32x16 v = all16(0);
  for (int64_t i = 0; i < n; i++) v[i] = p[i];
  return v;
#endif
}

ML_INLINE void store_first(float *p, float32x16 v, int64_t n) {
#if defined(ML_AVX512)
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)v);
#elif defined(ML_AVX2)
  _mm256_maskstore_ps(p, first_lanes(n), v.lo);
  if (n > 8) _mm256_maskstore_ps(p + 8, first_lanes(n - 8), v.hi);
#else
  for (int64_t i = 0; i < n; i++) p[i] = v[i];
#endif
}

ML_INLINE void store_first_integers(int32_t *p, int32x16 v, int64_t n) {
  store_first((float *)p, (float32x16)v, n);
}

// The sum of the sixteen by halves: i with i + 8, then i + 4, i + 2, i + 1.
ML_INLINE float sum16(float32x16 v) {
  float __attribute__((ext_vector_type(8))) a = v.lo + v.hi;
  float __attribute__((ext_vector_type(4))) b = a.lo + a.hi;
  float __attribute__((ext_vector_type(2))) c = b.lo + b.hi;
  return c.x + c.y;
}

ML_INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
ML_INLINE int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
ML_INLINE int64_t quotient_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Items [from, to) of `count` are part `part` of `parts`.
typedef struct { int64_t from, to; } ml_range;
ML_INLINE ml_range part_range(int64_t count, int64_t part, int64_t parts) {
  if (parts == 1) return (ml_range){count * part, count * (part + 1)};
  return (ml_range){count * part / parts, count * (part + 1) / parts};
}

// Into how many parts it pays to cut work of so many floating-point operations.
ML_INLINE int64_t part_limit(double operations, int64_t most) {
  double parts = operations / ML_PART_OPERATIONS;
  int64_t limit = smaller(most, ML_PART_MOST);
  return parts >= (double)limit ? larger(limit, 1) : larger((int64_t)parts, 1);
}

// Of a batch that any number of threads may partition, and that may be cut before any row.
#define ML_ANY_PARTITIONS INT64_MAX
ML_INLINE int64_t cut_anywhere(const int64_t *sizes, int64_t row) { return row; }

// The plan of a single kernel without scratch.
ML_INLINE ml_plan plan_of_one(ml_kernel kernel, int64_t partLimit) {
  return (ml_plan){.kernelCount = 1, .kernels = {kernel}, .partLimits = {partLimit}};
}

#endif
