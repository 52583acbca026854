#include "families.h"

typedef struct {
  int64_t rank, extents[8], target[8], source[8];  // strides in elements
  int64_t target_offset, source_offset, target_count, source_count;
} copy;

// Slices, reversals, transposes, broadcasts, and views with gaps.
static const copy copies[] = {
  {.rank = 0, .target_count = 1, .source_count = 1},
  {1, {7}, {1}, {1}, 2, 0, 10, 7},
  {1, {7}, {1}, {-1}, 0, 6, 7, 7},
  {2, {3, 5}, {5, 1}, {1, 3}, 0, 0, 15, 15},
  {2, {70, 33}, {33, 1}, {1, 70}, 0, 0, 2310, 2310},
  {2, {4, 6}, {6, 1}, {0, 1}, 0, 0, 24, 6},
  {2, {4, 6}, {6, 1}, {1, 0}, 0, 0, 24, 4},
  {3, {2, 3, 4}, {30, 6, 1}, {12, 4, 1}, 7, 0, 70, 24},
  {4, {3, 3, 5, 17}, {255, 85, 1, 5}, {-255, -85, 17, 1}, 0, 680, 765, 765},
  {8, {2, 1, 2, 1, 2, 2, 1, 2}, {16, 16, 8, 8, 4, 2, 2, 1}, {1, 1, 2, 2, 4, 8, 8, 16}, 0, 0, 32,
   32},
  {2, {200, 300}, {300, 1}, {301, 1}, 0, 0, 60000, 60300},
  {3, {3, 0, 2}, {0, 2, 1}, {0, 2, 1}, 0, 0, 4, 4},
  {2, {10, 9}, {18, 2}, {9, 1}, 0, 0, 180, 90},
  {2, {1, 1}, {1, 1}, {1, 1}, 1, 0, 3, 1},
};

static void fill_any_bytes(void *memory, int64_t count, numbers *n) {
  for (int64_t i = 0; i < count; i++) ((unsigned char *)memory)[i] = (unsigned char)next_number(n);
}

// The target holds something before, which must stay where nothing is copied to.
static void check_copy(family *f, const copy *c, element element) {
  trial t = TRIAL(
    ML_STRIDED_COPY, element_bytes(element), c->rank, c->target_offset, c->source_offset);
  for (int64_t i = 0; i < c->rank; i++)
    add_size(&t, c->extents[i]), add_size(&t, c->target[i]), add_size(&t, c->source[i]);
  numbers n = numbers_of(f->cases);
  fill_any_bytes(
    add_input(&t, element, c->source_count), c->source_count * element_bytes(element), &n);
  start_as_zeros(add_output(&t, element, c->target_count));
  check_trial(f, &t);
}

void strided_copies(family *f) {
  for (int64_t i = 0; i < LENGTH(copies); i++) {
    check_copy(f, &copies[i], WORDS);
    check_copy(f, &copies[i], BYTES);
  }
}

void fills(family *f) {
  static const int64_t counts[] = {0, 1, 16, 37, 1000, 70001};
  static const float values[] = {0.7f, -0.0f, __builtin_inff()};
  for (int64_t i = 0; i < LENGTH(counts); i++)
    for (int64_t j = 0; j < LENGTH(values); j++) {
      trial t = TRIAL(ML_FILL, counts[i]);
      t.scalars[0] = values[j];
      add_output(&t, FLOATS, counts[i]);
      check_trial(f, &t);
    }
}

void positions(family *f) {
  static const int64_t sizes[][3] = {
    {1, 1, 1}, {3, 5, 1}, {2, 7, 3}, {4, 1, 7}, {0, 4, 3}, {2, 0, 3}, {3, 20, 1030},
  };
  for (int64_t i = 0; i < LENGTH(sizes); i++) {
    trial t = trial_of(ML_IOTA, 3, sizes[i]);
    add_output(&t, WORDS, sizes[i][0] * sizes[i][1] * sizes[i][2]);
    check_trial(f, &t);
  }
}

static void check_conversion(family *f, ml_element from, ml_element to, int64_t count) {
  trial t = TRIAL(ML_CONVERT, count, from, to);
  numbers n = numbers_of(f->cases);
  const element source = from == ML_FLOAT32 ? FLOATS : from == ML_UINT8 ? BYTES : WORDS;
  if (from == ML_FLOAT32) add_numbers(&t, &n, any_number, count);
  else fill_any_bytes(add_input(&t, source, count), count * element_bytes(source), &n);
  add_output(&t, to == ML_FLOAT32 ? FLOATS : to == ML_UINT8 ? BYTES : WORDS, count);
  check_trial(f, &t);
}

void conversions(family *f) {
  static const int64_t counts[] = {0, 1, 37, 3000};
  for (int from = ML_FLOAT32; from <= ML_UINT8; from++)
    for (int to = ML_FLOAT32; to <= ML_UINT8; to++)
      for (int64_t i = 0; i < LENGTH(counts); i++)
        check_conversion(f, (ml_element)from, (ml_element)to, counts[i]);
}
