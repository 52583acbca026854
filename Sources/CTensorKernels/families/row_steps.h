// The steps of a row program, each a loop over whole vectors of flat memory. A destination may be
// the same memory as an operand.

typedef void (*row_step)(
    float *d, const float *pa, const float *pb, const float *pc, float s, int64_t vectors);

#define ROW_STEP(name, result)                                                                  \
  static void row_step_##name(                                                                  \
      float *d, const float *pa, const float *pb, const float *pc, float s, int64_t vectors) {  \
    for (int64_t i = 0; i < 16 * vectors; i += 16) store16(d + i, result);                        \
  }

#define A load16(pa + i)
#define B load16(pb + i)
#define C load16(pc + i)

ML_INLINE float32x16 one_where(int32x16 mask) { return bits_as_floats(mask & 0x3f800000); }
ML_INLINE float32x16 gated(float32x16 a, float32x16 b) { return choose(a > all16(0), b, all16(0)); }
ML_INLINE float32x16 unit_from_bits(float32x16 a) {
  return ints_to_floats((int32x16)((uint32x16)floats_as_bits(a) >> 8)) * all16(0x1p-24f);
}
ML_INLINE float32x16 squared(float32x16 a) { return a * a; }

ROW_STEP(copy, A)
ROW_STEP(negate, -A)
ROW_STEP(exp, exponential(A))
ROW_STEP(log, logarithm(A))
ROW_STEP(sqrt, square_root(A))
ROW_STEP(rsqrt, all16(1) / square_root(A))
ROW_STEP(reciprocal, all16(1) / A)
ROW_STEP(tanh, hyperbolic_tangent(A))
ROW_STEP(sigmoid, logistic(A))
ROW_STEP(relu, rectified(A))
ROW_STEP(abs, absolute(A))
ROW_STEP(sign, sign_of(A))
ROW_STEP(sin, sine_of_quarters(A, 0))
ROW_STEP(cos, sine_of_quarters(A, 1))
ROW_STEP(square, squared(A))
ROW_STEP(softplus, soft_plus(A))
ROW_STEP(erf, error_function(A))
ROW_STEP(floor, round_down(A))
ROW_STEP(unit_from_bits, unit_from_bits(A))
ROW_STEP(add, A + B)
ROW_STEP(subtract, A - B)
ROW_STEP(multiply, A * B)
ROW_STEP(divide, A / B)
ROW_STEP(maximum, maximum(A, B))
ROW_STEP(minimum, minimum(A, B))
ROW_STEP(gate, gated(A, B))
ROW_STEP(equal, one_where(A == B))
ROW_STEP(less, one_where(A < B))
ROW_STEP(less_equal, one_where(A <= B))
ROW_STEP(equal_integer, one_where(floats_as_bits(A) == floats_as_bits(B)))
ROW_STEP(less_integer, one_where(floats_as_bits(A) < floats_as_bits(B)))
ROW_STEP(less_equal_integer, one_where(floats_as_bits(A) <= floats_as_bits(B)))
ROW_STEP(select, choose(A != all16(0), B, C))
ROW_STEP(scale, A * all16(s))
ROW_STEP(shift, A + all16(s))
ROW_STEP(multiply_add, fma16(A, B, C))

#undef A
#undef B
#undef C

static const row_step row_steps[ML_STEP_COUNT] = {
    [ML_STEP_COPY] = row_step_copy,
    [ML_STEP_NEGATE] = row_step_negate,
    [ML_STEP_EXP] = row_step_exp,
    [ML_STEP_LOG] = row_step_log,
    [ML_STEP_SQRT] = row_step_sqrt,
    [ML_STEP_RSQRT] = row_step_rsqrt,
    [ML_STEP_RECIPROCAL] = row_step_reciprocal,
    [ML_STEP_TANH] = row_step_tanh,
    [ML_STEP_SIGMOID] = row_step_sigmoid,
    [ML_STEP_RELU] = row_step_relu,
    [ML_STEP_ABS] = row_step_abs,
    [ML_STEP_SIGN] = row_step_sign,
    [ML_STEP_SIN] = row_step_sin,
    [ML_STEP_COS] = row_step_cos,
    [ML_STEP_SQUARE] = row_step_square,
    [ML_STEP_SOFTPLUS] = row_step_softplus,
    [ML_STEP_ERF] = row_step_erf,
    [ML_STEP_FLOOR] = row_step_floor,
    [ML_STEP_UNIT_FROM_BITS] = row_step_unit_from_bits,
    [ML_STEP_ADD] = row_step_add,
    [ML_STEP_SUBTRACT] = row_step_subtract,
    [ML_STEP_MULTIPLY] = row_step_multiply,
    [ML_STEP_DIVIDE] = row_step_divide,
    [ML_STEP_MAXIMUM] = row_step_maximum,
    [ML_STEP_MINIMUM] = row_step_minimum,
    [ML_STEP_GATE] = row_step_gate,
    [ML_STEP_EQUAL] = row_step_equal,
    [ML_STEP_LESS] = row_step_less,
    [ML_STEP_LESS_EQUAL] = row_step_less_equal,
    [ML_STEP_EQUAL_INTEGER] = row_step_equal_integer,
    [ML_STEP_LESS_INTEGER] = row_step_less_integer,
    [ML_STEP_LESS_EQUAL_INTEGER] = row_step_less_equal_integer,
    [ML_STEP_SELECT] = row_step_select,
    [ML_STEP_SCALE] = row_step_scale,
    [ML_STEP_SHIFT] = row_step_shift,
    [ML_STEP_MULTIPLY_ADD] = row_step_multiply_add,
};

// How many registers a step reads.
ML_INLINE int64_t row_step_operands(int64_t step) {
  if (step == ML_STEP_SELECT || step == ML_STEP_MULTIPLY_ADD) return 3;
  return step >= ML_STEP_ADD && step < ML_STEP_SELECT ? 2 : 1;
}
