#include "families.h"

typedef struct { int64_t rows, count, width; } table_shape;

static const table_shape shapes[] = {
  {1, 1, 1}, {5, 9, 3}, {7, 4, 16}, {20, 100, 33}, {3, 0, 5}, {0, 4, 3}, {4, 6, 0}, {300, 50, 40},
  {9, 2000, 20},
};

// Some of them are outside.
static void add_indices(trial *t, const table_shape *s, numbers *n) {
  const int32_t strange[] = {-1, (int32_t)s->rows, INT32_MAX, INT32_MIN};
  int32_t *indices = add_input(t, WORDS, s->count);
  for (int64_t i = 0; i < s->count; i++) {
    const int64_t choice = number_below(n, s->rows + 4);
    indices[i] = choice < s->rows ? (int32_t)choice : strange[choice - s->rows];
  }
}

static void check_indexing(
  family *f, ml_operation operation, const table_shape *s, int64_t read, int64_t written)
{
  trial t = TRIAL(operation, s->rows, s->count, s->width);
  numbers n = numbers_of(f->cases);
  add_numbers(&t, &n, fine_number, read * s->width);
  add_indices(&t, s, &n);
  add_output(&t, FLOATS, written * s->width);
  check_trial(f, &t);
}

void gathers(family *f) {
  for (int64_t i = 0; i < LENGTH(shapes); i++)
    check_indexing(f, ML_GATHER, &shapes[i], shapes[i].rows, shapes[i].count);
}

void scatters(family *f) {
  for (int64_t i = 0; i < LENGTH(shapes); i++)
    check_indexing(f, ML_SCATTER_ADD, &shapes[i], shapes[i].count, shapes[i].rows);
}

void random_bits(family *f) {
  static const struct { uint32_t key[2]; int64_t count, stream; } all[] = {
    {{1, 0}, 1, 0}, {{2, 3}, 3, 1}, {{0xFFFFFFFF, 0xFFFF}, 1000, 0xFFFFFFFF}, {{5, 0}, 0, 0},
    {{7, 9}, 64, 0}, {{0x12345678, 0x9ABCDEF0}, 65, 7}, {{0, 0}, 5003, 2},
  };
  for (int64_t i = 0; i < LENGTH(all); i++) {
    trial t = TRIAL(ML_RANDOM_BITS, all[i].count, all[i].stream);
    uint32_t *key = add_input(&t, WORDS, 2);
    key[0] = all[i].key[0], key[1] = all[i].key[1];
    add_output(&t, WORDS, all[i].count);
    check_trial(f, &t);
  }
}
