#include "coverage.h"

#include <stdio.h>

enum { ACCESSES = ML_WINDOW_POSITION + 1 };

static int64_t operations[ML_OPERATION_COUNT], steps[ML_STEP_COUNT], accesses[ACCESSES];

static void note_row_program(const int64_t *sizes) {
  const int64_t inputs = sizes[2], step_count = sizes[3], outputs = sizes[4];
  const int64_t *at = sizes + 5;
  for (int64_t i = 0; i < inputs; i++) accesses[*at++] += 1;
  for (int64_t i = 0; i < step_count; i++, at += 4) steps[*at] += 1;
  for (int64_t i = 0; i < outputs; i++, at += 2) accesses[at[1]] += 1;
}

void note_coverage(const trial *t) {
  operations[t->operation] += 1;
  if (t->operation == ML_ROW_PROGRAM) note_row_program(t->sizes);
}

static int64_t count_unused(const char *kind, const int64_t *uses, int64_t count) {
  int64_t unused = 0;
  for (int64_t i = 0; i < count; i++) {
    if (uses[i] > 0) continue;
    fprintf(stderr, "%s %lld is used by no case\n", kind, (long long)i);
    unused += 1;
  }
  return unused;
}

int64_t uncovered(void) {
  return count_unused("operation", operations, ML_OPERATION_COUNT) +
    count_unused("step", steps, ML_STEP_COUNT) + count_unused("access", accesses, ACCESSES);
}
