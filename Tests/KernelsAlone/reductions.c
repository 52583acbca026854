#include "families.h"

typedef struct { int64_t outer, extent, inner; } axes;

static const axes all[] = {
  {1, 1, 1}, {3, 5, 1}, {2, 17, 1}, {5, 300, 1}, {1, 100003, 1}, {2, 7, 3}, {3, 31, 5},
  {1, 1000, 1}, {2, 9, 16}, {1, 33, 40}, {2, 5, 64}, {1, 3000, 63}, {1, 3, 2100}, {4, 1, 7},
  {1, 70000, 2}, {0, 4, 3}, {2, 3, 0}, {1, 2049, 16}, {3, 20, 1030}, {2, 0, 1}, {2, 0, 5},
  {2, 0, 70},
};

static void check_axis(
  family *f, ml_operation operation, const axes *a, number_kind *kind, element element)
{
  trial t = TRIAL(operation, a->outer, a->extent, a->inner);
  numbers n = numbers_of(f->cases);
  add_numbers(&t, &n, kind, a->outer * a->extent * a->inner);
  add_output(&t, element, a->outer * a->inner);
  check_trial(f, &t);
}

void sums(family *f) {
  for (int64_t i = 0; i < LENGTH(all); i++) check_axis(f, ML_SUM, &all[i], fine_number, FLOATS);
}

void maxima(family *f) {
  static number_kind *const kinds[] = {fine_number, coarse_number, any_number};
  for (int64_t i = 0; i < LENGTH(all); i++)
    for (int64_t kind = 0; kind < LENGTH(kinds); kind++) {
      check_axis(f, ML_MAXIMUM, &all[i], kinds[kind], FLOATS);
      check_axis(f, ML_ARGUMENT_MAXIMUM, &all[i], kinds[kind], WORDS);
    }
}

void largest_first(family *f) {
  static const int64_t sizes[][3] = {
    {1, 1, 1}, {3, 10, 10}, {4, 100, 5}, {2, 33, 1}, {5, 20, 7}, {0, 3, 2}, {2, 6, 0},
    {300, 64, 9},
  };
  static number_kind *const kinds[] = {coarse_number, any_number};
  for (int64_t i = 0; i < LENGTH(sizes); i++)
    for (int64_t kind = 0; kind < LENGTH(kinds); kind++) {
      trial t = trial_of(ML_TOP_INDICES, 3, sizes[i]);
      numbers n = numbers_of(f->cases);
      add_numbers(&t, &n, kinds[kind], sizes[i][0] * sizes[i][1]);
      add_output(&t, WORDS, sizes[i][0] * sizes[i][2]);
      check_trial(f, &t);
    }
}

static void check_cumulative(family *f, const axes *a, int exclusive, int reversed) {
  const int64_t count = a->outer * a->extent * a->inner;
  trial t = TRIAL(ML_CUMULATIVE_SUM, a->outer, a->extent, a->inner, exclusive, reversed);
  numbers n = numbers_of(f->cases);
  add_numbers(&t, &n, fine_number, count);
  add_output(&t, FLOATS, count);
  check_trial(f, &t);
}

void cumulative_sums(family *f) {
  for (int64_t i = 0; i < LENGTH(all); i++)
    for (int form = 0; form < 4; form++) check_cumulative(f, &all[i], form & 1, form >> 1);
}

void lane_sums(family *f) {
  static const int64_t lanes[] = {0, 1, 2, 3, 4, 5, 7, 8, 13, 25, 64};
  static const int64_t counts[] = {1, 5, 128, 300, 1300};
  for (int64_t i = 0; i < LENGTH(lanes); i++)
    for (int64_t j = 0; j < LENGTH(counts); j++) {
      trial t = TRIAL(ML_LANE_SUM, lanes[i], counts[j]);
      numbers n = numbers_of(f->cases);
      add_numbers(&t, &n, fine_number, lanes[i] * counts[j]);
      add_output(&t, FLOATS, counts[j]);
      check_trial(f, &t);
    }
}
