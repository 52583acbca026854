// Pairs: a simple step of a row program whose value the next step alone reads. A pair is one loop
// that keeps the value in a register, for half of the time of a simple step goes into its store.

// What the second step does to the value t of the first, with its other operand p.
typedef enum {
  PAIR_NONE,
  PAIR_ADD,            // t + p
  PAIR_SUBTRACT,       // t - p
  PAIR_SUBTRACT_FROM,  // p - t
  PAIR_MULTIPLY,       // t * p
  PAIR_GATED,          // p > 0 ? t : 0
  PAIR_SCALE,          // t * s
  PAIR_SQUARE,         // t * t
  PAIR_RELU,
  PAIR_FORMS
} pair_form;

// The form of a step whose operand at a position is the first step's value.
static const int8_t pair_forms[ML_STEP_COUNT][3] = {
    [ML_STEP_ADD] = {PAIR_ADD, PAIR_ADD},
    [ML_STEP_SUBTRACT] = {PAIR_SUBTRACT, PAIR_SUBTRACT_FROM},
    [ML_STEP_MULTIPLY] = {PAIR_MULTIPLY, PAIR_MULTIPLY},
    [ML_STEP_GATE] = {PAIR_NONE, PAIR_GATED},
    [ML_STEP_SCALE] = {PAIR_SCALE},
    [ML_STEP_SQUARE] = {PAIR_SQUARE},
    [ML_STEP_RELU] = {PAIR_RELU},
};

#define P load16(pp + i)
#define S all16(s)

#define ROW_PAIRS(first, t)                                \
  SIMPLE_ROW_LOOP(first##_then_add, (t) + P)                    \
  SIMPLE_ROW_LOOP(first##_then_subtract, (t) - P)               \
  SIMPLE_ROW_LOOP(first##_then_subtract_from, P - (t))          \
  SIMPLE_ROW_LOOP(first##_then_multiply, (t) * P)               \
  SIMPLE_ROW_LOOP(first##_then_gated, gated(P, t))              \
  SIMPLE_ROW_LOOP(first##_then_scale, (t) * S)                  \
  SIMPLE_ROW_LOOP(first##_then_square, squared(t))              \
  SIMPLE_ROW_LOOP(first##_then_relu, rectified(t))

ROW_PAIRS(add, A + B)
ROW_PAIRS(subtract, A - B)
ROW_PAIRS(multiply, A * B)
ROW_PAIRS(gate, gated(A, B))
ROW_PAIRS(scale, A * S)

#undef P

#define ROW_PAIR_LOOPS(first)                               \
  {                                                         \
    [PAIR_ADD] = row_##first##_then_add,                         \
    [PAIR_SUBTRACT] = row_##first##_then_subtract,               \
    [PAIR_SUBTRACT_FROM] = row_##first##_then_subtract_from,     \
    [PAIR_MULTIPLY] = row_##first##_then_multiply,               \
    [PAIR_GATED] = row_##first##_then_gated,                     \
    [PAIR_SCALE] = row_##first##_then_scale,                     \
    [PAIR_SQUARE] = row_##first##_then_square,                   \
    [PAIR_RELU] = row_##first##_then_relu,                       \
  }

static const row_loop row_pairs[ML_STEP_COUNT][PAIR_FORMS] = {
    [ML_STEP_ADD] = ROW_PAIR_LOOPS(add),
    [ML_STEP_SUBTRACT] = ROW_PAIR_LOOPS(subtract),
    [ML_STEP_MULTIPLY] = ROW_PAIR_LOOPS(multiply),
    [ML_STEP_GATE] = ROW_PAIR_LOOPS(gate),
    [ML_STEP_SCALE] = ROW_PAIR_LOOPS(scale),
};

// One loop of a program: a step or a pair of them.
typedef struct {
  row_loop loop;
  int8_t d, a, b, c, p;  // registers
  float s;
} row_link;

ML_INLINE int is_scaled(int64_t step) { return step == ML_STEP_SCALE || step == ML_STEP_SHIFT; }

ML_INLINE row_link single_link(const ml_row_step *step, int64_t d, const float *scalars) {
  int scaled = is_scaled(step->step);
  return (row_link){
      .loop = row_steps[step->step],
      .d = (int8_t)d,
      .a = (int8_t)step->registers[0],
      .b = scaled ? 0 : (int8_t)step->registers[1],
      .c = (int8_t)step->registers[2],
      .s = scaled ? scalars[step->registers[1]] : 0,
  };
}

// Makes the link of a step, which writes register `value`, that of a pair with the next step if
// there is such a loop.
ML_INLINE int join_next(
    row_link *link, const ml_row_step *step, int64_t value, const float *scalars) {
  const ml_row_step *next = step + 1;
  int64_t operands = row_step_operands(next), position = -1;
  for (int64_t k = 0; k < operands; k++) {
    if (next->registers[k] != value) continue;
    if (position >= 0) return 0;
    position = k;
  }
  if (position < 0) return 0;
  int8_t form = pair_forms[next->step][position];
  row_loop loop = row_pairs[step->step][form];
  if (!loop || (is_scaled(step->step) && is_scaled(next->step))) return 0;
  link->loop = loop;
  link->d = (int8_t)(value + 1);
  if (is_scaled(next->step)) {
    link->s = scalars[next->registers[1]];
    return 1;
  }
  link->p = (int8_t)next->registers[position == 0 ? 1 : 0];
  return 1;
}
