#include "families.h"

typedef struct { int64_t batch, n, m; } system_shape;

static const system_shape shapes[] = {
  {1, 1, 1}, {2, 3, 2}, {1, 16, 16}, {3, 17, 5}, {1, 40, 33}, {2, 5, 0}, {0, 4, 4}, {5, 25, 1},
  {9, 33, 40},
};

// Lower halves with a diagonal of their own; the upper halves may not be read.
static void add_lower_matrices(trial *t, numbers *n, const system_shape *s, float diagonal) {
  float *a = add_input(t, FLOATS, s->batch * s->n * s->n);
  for (int64_t matrix = 0; matrix < s->batch; matrix++)
    for (int64_t i = 0; i < s->n; i++)
      for (int64_t j = 0; j < s->n; j++) {
        const float number = fine_number(n);
        *a++ = j < i ? number : j == i ? number + diagonal : __builtin_nanf("");
      }
}

// Without a strong diagonal pivots are not positive, and numbers become none.
static void check_cholesky(family *f, const system_shape *s, float diagonal) {
  trial t = TRIAL(ML_CHOLESKY, s->batch, s->n);
  numbers n = numbers_of(f->cases);
  add_lower_matrices(&t, &n, s, diagonal);
  add_output(&t, FLOATS, s->batch * s->n * s->n)->input = 0;
  check_trial(f, &t);
}

void cholesky_factors(family *f) {
  for (int64_t i = 0; i < LENGTH(shapes); i++) {
    check_cholesky(f, &shapes[i], (float)shapes[i].n + 1);
    check_cholesky(f, &shapes[i], 2);
  }
}

static void check_system(family *f, const system_shape *s, int transposed) {
  trial t = TRIAL(ML_TRIANGULAR_SOLVE, s->batch, s->n, s->m, transposed);
  numbers n = numbers_of(f->cases);
  add_lower_matrices(&t, &n, s, 4);
  add_numbers(&t, &n, fine_number, s->batch * s->n * s->m);
  add_output(&t, FLOATS, s->batch * s->n * s->m);
  check_trial(f, &t);
}

void triangular_systems(family *f) {
  for (int64_t i = 0; i < LENGTH(shapes); i++)
    for (int transposed = 0; transposed < 2; transposed++)
      check_system(f, &shapes[i], transposed);
}
