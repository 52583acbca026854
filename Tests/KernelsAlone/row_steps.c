#include "families.h"
#include "row_program.h"

// Every step on numbers of several kinds, its operands in every access.
static void check_step(family *f, int64_t step) {
  static const struct { row_extents e; int64_t input[3]; } forms[] = {
    {{1, 1003}, {ML_FULL, ML_FULL, ML_FULL}},
    {{13, 37}, {ML_FULL, ML_ROW, ML_COLUMN}},
    {{5, 600}, {ML_SINGLE, ML_FULL, ML_ROW}},
    {{40, 3}, {ML_COLUMN, ML_SINGLE, ML_FULL}},
  };
  static number_kind *const kinds[] = {fine_number, coarse_number, wide_number, any_number};
  const int is_scaled = step == ML_STEP_SCALE || step == ML_STEP_SHIFT;
  for (int64_t form = 0; form < LENGTH(forms); form++)
    for (int64_t kind = 0; kind < LENGTH(kinds); kind++) {
      row_program p = {
        .inputs = 3, .steps = 1, .outputs = 1, .step = {{step, 0, is_scaled ? 0 : 1, 2}},
        .output = {{3, ML_FULL}}, .scalars = {0.3f},
      };
      for (int i = 0; i < 3; i++) p.input[i] = forms[form].input[i];
      check_rows(f, &p, forms[form].e, kinds[kind]);
    }
}

void row_steps(family *f) {
  for (int64_t step = 0; step < ML_STEP_COUNT; step++) check_step(f, step);
}

// How many operands of a step are registers.
static int64_t operands_of(int64_t step) {
  return step == ML_STEP_SCALE || step == ML_STEP_SQUARE || step == ML_STEP_RELU ? 1 : 2;
}

// A step, and a second one that reads its value at one of its operands.
static void check_pair(family *f, int64_t first, int64_t second, int64_t position) {
  int64_t operands[3] = {3, 4, 1};
  if (second == ML_STEP_SCALE) operands[1] = 1;
  operands[position] = 5;
  const row_program p = {
    .inputs = 5, .steps = 2, .outputs = 2,
    .input = {ML_FULL, ML_FULL, ML_FULL, ML_FULL, ML_ROW},
    .step = {
      {first, 0, first == ML_STEP_SCALE ? 0 : 1, 2},
      {second, operands[0], operands[1], operands[2]},
    },
    .output = {{6, ML_FULL}, {6, ML_SUM_ROWS}}, .scalars = {0.3f, -1.7f},
  };
  check_rows(f, &p, (row_extents){23, 29}, fine_number);
}

void row_pairs(family *f) {
  static const int64_t firsts[] = {
    ML_STEP_ADD, ML_STEP_SUBTRACT, ML_STEP_MULTIPLY, ML_STEP_GATE, ML_STEP_SCALE,
  };
  static const int64_t seconds[] = {
    ML_STEP_ADD, ML_STEP_SUBTRACT, ML_STEP_MULTIPLY, ML_STEP_GATE, ML_STEP_SCALE, ML_STEP_SQUARE,
    ML_STEP_RELU,
  };
  for (int64_t i = 0; i < LENGTH(firsts); i++)
    for (int64_t j = 0; j < LENGTH(seconds); j++)
      for (int64_t position = 0; position < operands_of(seconds[j]); position++)
        check_pair(f, firsts[i], seconds[j], position);
}
