#include "families.h"
#include "row_program.h"

// Those of batch normalization: the result, sums of squares, and gradients.
static const row_program programs[] = {
  {
    .inputs = 4, .steps = 4, .outputs = 1, .input = {ML_FULL, ML_ROW, ML_ROW, ML_ROW},
    .step = {
      {ML_STEP_SUBTRACT, 0, 1, 0}, {ML_STEP_MULTIPLY, 4, 2, 0}, {ML_STEP_ADD, 5, 3, 0},
      {ML_STEP_RELU, 6, 0, 0},
    },
    .output = {{7, ML_FULL}},
  },
  {
    .inputs = 2, .steps = 2, .outputs = 3, .input = {ML_FULL, ML_ROW},
    .step = {{ML_STEP_SUBTRACT, 0, 1, 0}, {ML_STEP_SQUARE, 2, 0, 0}},
    .output = {{3, ML_SUM_ROWS}, {3, ML_SUM_COLUMNS}, {0, ML_SUM_ROWS}},
  },
  {
    .inputs = 6, .steps = 7, .outputs = 5,
    .input = {ML_FULL, ML_FULL, ML_FULL, ML_ROW, ML_COLUMN, ML_SINGLE},
    .step = {
      {ML_STEP_GATE, 0, 1, 0}, {ML_STEP_SUBTRACT, 2, 3, 0}, {ML_STEP_MULTIPLY, 7, 4, 0},
      {ML_STEP_MULTIPLY, 6, 8, 0}, {ML_STEP_SCALE, 9, 0, 0}, {ML_STEP_MULTIPLY, 8, 5, 0},
      {ML_STEP_ADD, 11, 10, 0},
    },
    .output = {
      {10, ML_FULL}, {12, ML_FULL}, {6, ML_SUM_ROWS}, {9, ML_SUM_ROWS}, {9, ML_SUM_COLUMNS},
    },
    .scalars = {0.75f},
  },
};

static const row_extents small[] = {
  {1, 1}, {1, 5}, {5, 1}, {2, 3}, {10, 40}, {33, 16}, {257, 17}, {7, 511}, {5, 513}, {1, 3000},
  {0, 4}, {3, 0},
};
static const row_extents large[] = {
  {100, 63}, {1000, 64}, {19, 512}, {3, 1500}, {7000, 5}, {1, 40000}, {700, 100}, {4, 70000},
};

void row_programs(family *f) {
  for (int64_t i = 0; i < LENGTH(programs); i++) {
    for (int64_t j = 0; j < LENGTH(small); j++)
      check_rows(f, &programs[i], small[j], fine_number);
    for (int64_t j = 0; j < LENGTH(large); j++)
      check_rows(f, &programs[i], large[j], fine_number);
  }
  for (int64_t seed = 1; seed <= 300; seed++) {
    numbers n = numbers_of(seed);
    const row_program p = random_row_program(&n);
    const row_extents e = seed % 8 == 0
      ? large[number_below(&n, LENGTH(large))] : small[number_below(&n, LENGTH(small))];
    check_rows(f, &p, e, fine_number);
  }
}
