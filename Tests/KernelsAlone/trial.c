#include "trial.h"

#include <stdlib.h>
#include <string.h>

int64_t element_bytes(element element) { return element == BYTES ? 1 : 4; }

trial trial_of(ml_operation operation, int64_t size_count, const int64_t *sizes) {
  trial t = {.operation = operation, .size_count = size_count};
  memcpy(t.sizes, sizes, (size_t)size_count * sizeof *sizes);
  return t;
}

void add_size(trial *t, int64_t size) { t->sizes[t->size_count++] = size; }

static operand *add_operand(trial *t, element element, int64_t count) {
  operand *o = &t->operands[t->inputs + t->outputs];
  *o = (operand){.element = element, .bytes = count * element_bytes(element), .input = -1};
  return o;
}

void *add_input(trial *t, element element, int64_t count) {
  operand *o = add_operand(t, element, count);
  o->contents = calloc((size_t)o->bytes + 1, 1);
  t->inputs += 1;
  return o->contents;
}

void add_numbers(trial *t, numbers *n, number_kind *kind, int64_t count) {
  float *x = add_input(t, FLOATS, count);
  for (int64_t i = 0; i < count; i++) x[i] = kind(n);
}

operand *add_output(trial *t, element element, int64_t count) {
  operand *o = add_operand(t, element, count);
  t->outputs += 1;
  return o;
}

void start_as_zeros(operand *o) { o->contents = calloc((size_t)o->bytes + 1, 1); }

void free_trial(trial *t) {
  for (int64_t i = 0; i < t->inputs + t->outputs; i++) free(t->operands[i].contents);
}
