// Row programs as data.
#ifndef ROW_PROGRAM_H
#define ROW_PROGRAM_H

#include "family.h"

typedef struct { int64_t step, a, b, c; } row_step;
typedef struct { int64_t value, access; } row_output;

typedef struct {
  int64_t inputs, steps, outputs;
  int64_t input[ML_ROW_PROGRAM_INPUTS];
  row_step step[ML_ROW_PROGRAM_STEPS];
  row_output output[ML_ROW_PROGRAM_OUTPUTS];
  float scalars[2];
} row_program;

typedef struct { int64_t rows, columns; } row_extents;

// The number of elements behind an access without windows.
int64_t row_elements(int64_t access, row_extents e);

// A trial of a program, without operands.
trial trial_of_rows(const row_program *p, row_extents e);

// Runs a program without windows on numbers of a kind; full outputs may take the memory of full
// inputs.
void check_rows(family *f, const row_program *p, row_extents e, number_kind *kind);

// A program of random steps whose values stay moderate.
row_program random_row_program(numbers *n);

#endif
