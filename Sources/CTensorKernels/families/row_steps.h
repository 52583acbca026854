// The steps of a row program, each a loop over whole vectors of flat memory. A destination may be
// the same memory as an operand.

// The registers d, a, b, c of a step; p is the other operand of a second step joined to it.
typedef void (*row_loop)(
    float *d, const float *pa, const float *pb, const float *pc, const float *pp, float s,
    int64_t vectors);

#define ROW_LOOP(name, result, unrolling)                                                      \
  static void row_##name(                                                                      \
      float *d, const float *pa, const float *pb, const float *pc, const float *pp, float s,   \
      int64_t vectors) {                                                                       \
    unrolling for (int64_t i = 0; i < 16 * vectors; i += 16) store16(d + i, result);           \
  }
// Where sixteen floats are one register, a simple loop is unrolled to hide its own cost.
#if defined(ML_AVX512)
#define SIMPLE_ROW_LOOP(name, result) \
  ROW_LOOP(name, result, _Pragma("clang loop unroll_count(4)"))
#else
#define SIMPLE_ROW_LOOP(name, result) \
  ROW_LOOP(name, result, _Pragma("clang loop unroll(disable)"))
#endif
#define COSTLY_ROW_LOOP(name, result) ROW_LOOP(name, result, )

#define A load16(pa + i)
#define B load16(pb + i)
#define C load16(pc + i)

ML_INLINE float32x16 one_where(int32x16 mask) { return bits_as_floats(mask & 0x3f800000); }
ML_INLINE float32x16 gated(float32x16 a, float32x16 b) { return choose(a > all16(0), b, all16(0)); }
ML_INLINE float32x16 unit_from_bits(float32x16 a) {
  return ints_to_floats((int32x16)((uint32x16)floats_as_bits(a) >> 8)) * all16(0x1p-24f);
}
ML_INLINE float32x16 squared(float32x16 a) { return a * a; }

SIMPLE_ROW_LOOP(negate, -A)
COSTLY_ROW_LOOP(exp, exponential(A))
COSTLY_ROW_LOOP(log, logarithm(A))
COSTLY_ROW_LOOP(sqrt, square_root(A))
COSTLY_ROW_LOOP(rsqrt, all16(1) / square_root(A))
COSTLY_ROW_LOOP(reciprocal, all16(1) / A)
COSTLY_ROW_LOOP(tanh, hyperbolic_tangent(A))
COSTLY_ROW_LOOP(sigmoid, logistic(A))
SIMPLE_ROW_LOOP(relu, rectified(A))
SIMPLE_ROW_LOOP(abs, absolute(A))
SIMPLE_ROW_LOOP(sign, sign_of(A))
COSTLY_ROW_LOOP(sin, sine_of_quadrants(A, 0))
COSTLY_ROW_LOOP(cos, sine_of_quadrants(A, 1))
SIMPLE_ROW_LOOP(square, squared(A))
COSTLY_ROW_LOOP(softplus, soft_plus(A))
COSTLY_ROW_LOOP(erf, error_function(A))
SIMPLE_ROW_LOOP(floor, round_down(A))
SIMPLE_ROW_LOOP(unit_from_bits, unit_from_bits(A))
SIMPLE_ROW_LOOP(add, A + B)
SIMPLE_ROW_LOOP(subtract, A - B)
SIMPLE_ROW_LOOP(multiply, A * B)
COSTLY_ROW_LOOP(divide, A / B)
SIMPLE_ROW_LOOP(maximum, maximum(A, B))
SIMPLE_ROW_LOOP(minimum, minimum(A, B))
SIMPLE_ROW_LOOP(gate, gated(A, B))
SIMPLE_ROW_LOOP(equal, one_where(A == B))
SIMPLE_ROW_LOOP(less, one_where(A < B))
SIMPLE_ROW_LOOP(less_equal, one_where(A <= B))
SIMPLE_ROW_LOOP(equal_integer, one_where(floats_as_bits(A) == floats_as_bits(B)))
SIMPLE_ROW_LOOP(less_integer, one_where(floats_as_bits(A) < floats_as_bits(B)))
SIMPLE_ROW_LOOP(less_equal_integer, one_where(floats_as_bits(A) <= floats_as_bits(B)))
SIMPLE_ROW_LOOP(select, choose(A != all16(0), B, C))
SIMPLE_ROW_LOOP(scale, A * all16(s))
SIMPLE_ROW_LOOP(shift, A + all16(s))

static const row_loop row_steps[ML_STEP_COUNT] = {
    [ML_STEP_NEGATE] = row_negate,
    [ML_STEP_EXP] = row_exp,
    [ML_STEP_LOG] = row_log,
    [ML_STEP_SQRT] = row_sqrt,
    [ML_STEP_RSQRT] = row_rsqrt,
    [ML_STEP_RECIPROCAL] = row_reciprocal,
    [ML_STEP_TANH] = row_tanh,
    [ML_STEP_SIGMOID] = row_sigmoid,
    [ML_STEP_RELU] = row_relu,
    [ML_STEP_ABS] = row_abs,
    [ML_STEP_SIGN] = row_sign,
    [ML_STEP_SIN] = row_sin,
    [ML_STEP_COS] = row_cos,
    [ML_STEP_SQUARE] = row_square,
    [ML_STEP_SOFTPLUS] = row_softplus,
    [ML_STEP_ERF] = row_erf,
    [ML_STEP_FLOOR] = row_floor,
    [ML_STEP_UNIT_FROM_BITS] = row_unit_from_bits,
    [ML_STEP_ADD] = row_add,
    [ML_STEP_SUBTRACT] = row_subtract,
    [ML_STEP_MULTIPLY] = row_multiply,
    [ML_STEP_DIVIDE] = row_divide,
    [ML_STEP_MAXIMUM] = row_maximum,
    [ML_STEP_MINIMUM] = row_minimum,
    [ML_STEP_GATE] = row_gate,
    [ML_STEP_EQUAL] = row_equal,
    [ML_STEP_LESS] = row_less,
    [ML_STEP_LESS_EQUAL] = row_less_equal,
    [ML_STEP_EQUAL_INTEGER] = row_equal_integer,
    [ML_STEP_LESS_INTEGER] = row_less_integer,
    [ML_STEP_LESS_EQUAL_INTEGER] = row_less_equal_integer,
    [ML_STEP_SELECT] = row_select,
    [ML_STEP_SCALE] = row_scale,
    [ML_STEP_SHIFT] = row_shift,
};

// How many registers a step reads.
ML_INLINE int64_t row_step_operands(const ml_row_step *step) {
  if (step->step == ML_STEP_SELECT) return 3;
  return step->step >= ML_STEP_ADD && step->step < ML_STEP_SELECT ? 2 : 1;
}
