#include "families.h"

typedef struct {
  int64_t batch, rows, columns, depth;
  int repeats_a, repeats_b;
} product;

// Among them products of a row, of a column, of nothing, and such that are packed.
static const product products[] = {
  {1, 1, 1, 1}, {1, 10, 40, 40}, {1, 75, 5, 64}, {1, 13, 17, 19}, {1, 1, 70, 50}, {1, 70, 1, 50},
  {1, 33, 65, 1}, {3, 6, 5, 1}, {2, 9, 1, 1, 0, 1}, {1, 7, 9, 0},
  {1, 100, 80, 31}, {1, 300, 97, 60}, {1, 50, 520, 512},
  {4, 10, 40, 3}, {3, 6, 16, 21, 1, 0}, {3, 5, 33, 20, 0, 1}, {3, 9, 1, 20, 0, 1},
  {2, 150, 80, 130, 1, 0}, {2, 150, 80, 130, 0, 1}, {0, 9, 4, 20}, {2, 0, 4, 20}, {2, 9, 0, 20},
};

static void check_product(family *f, const product *p, int transpose_a, int transpose_b) {
  const int64_t a = p->rows * p->depth, b = p->columns * p->depth;
  trial t = TRIAL(
    ML_MATRIX_PRODUCT, p->batch, p->rows, p->columns, p->depth, transpose_a, transpose_b,
    p->repeats_a ? 0 : a, p->repeats_b ? 0 : b);
  numbers n = numbers_of(f->cases);
  add_numbers(&t, &n, fine_number, (p->repeats_a ? 1 : p->batch) * a);
  add_numbers(&t, &n, fine_number, (p->repeats_b ? 1 : p->batch) * b);
  add_output(&t, FLOATS, p->batch * p->rows * p->columns);
  check_trial(f, &t);
}

void matrix_products(family *f) {
  for (int64_t i = 0; i < LENGTH(products); i++)
    for (int transposed = 0; transposed < 4; transposed++)
      check_product(f, &products[i], transposed & 1, transposed >> 1);
}
