// One operation of the kernels with its sizes and inputs, to be run on any table in any number of
// parts.
#ifndef TRIAL_H
#define TRIAL_H

#include "CTensorKernels.h"
#include "numbers.h"

typedef enum { FLOATS, WORDS, BYTES } element;

typedef struct {
  element element;
  int64_t bytes;
  void *contents;  // what it holds before the run; null: nothing that may be read
  int64_t input;   // of an output: the input whose memory it may take; -1: none
} operand;

enum { TRIAL_SIZES = 128 };  // enough for the longest row program

// Inputs come first, as in the operands of a kernel.
typedef struct {
  ml_operation operation;
  int64_t sizes[TRIAL_SIZES];
  int64_t size_count;
  int64_t threads_at;  // which size says how many threads share the work; 0: none
  float scalars[2];
  operand operands[ML_OPERANDS];
  int64_t inputs, outputs;
} trial;

trial trial_of(ml_operation operation, int64_t size_count, const int64_t *sizes);
void add_size(trial *t, int64_t size);

// Memory of a new input, to be filled.
void *add_input(trial *t, element element, int64_t count);
void add_numbers(trial *t, numbers *n, number_kind *kind, int64_t count);
operand *add_output(trial *t, element element, int64_t count);
// An output of which not everything is written: it holds zeros before.
void start_as_zeros(operand *o);

void free_trial(trial *t);

// The number of bytes of an element.
int64_t element_bytes(element element);

#define TRIAL(operation, ...)                                              \
  trial_of(operation, sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), \
           (int64_t[]){__VA_ARGS__})

// How many elements an array has.
#define LENGTH(array) ((int64_t)(sizeof(array) / sizeof((array)[0])))

#endif
