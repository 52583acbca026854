#include "families.h"
#include "row_program.h"

// Pictures whose positions are the rows of a program, with windows side by side.
typedef struct { int64_t images, height, width, channels, window_height, window_width; } pictures;

static row_extents extents_of(const pictures *p) {
  return (row_extents){p->images * p->height * p->width, p->channels};
}

static int64_t elements_of(const pictures *p) {
  return p->images * p->height * p->width * p->channels;
}

static int64_t window_elements(const pictures *p) {
  return p->images * (p->height / p->window_height) * (p->width / p->window_width) * p->channels;
}

static trial trial_of_windows(const row_program *program, const pictures *p) {
  trial t = trial_of_rows(program, extents_of(p));
  add_size(&t, p->height), add_size(&t, p->width);
  add_size(&t, p->window_height), add_size(&t, p->window_width);
  return t;
}

// The largest of each window of an affine function, with its position.
static void check_largest(family *f, const pictures *p, number_kind *kind) {
  static const row_program program = {
    .inputs = 3, .steps = 2, .outputs = 3, .input = {ML_FULL, ML_ROW, ML_ROW},
    .step = {{ML_STEP_MULTIPLY, 0, 1, 0}, {ML_STEP_ADD, 3, 2, 0}},
    .output = {{4, ML_WINDOW_LARGEST}, {4, ML_WINDOW_POSITION}, {4, ML_FULL}},
  };
  trial t = trial_of_windows(&program, p);
  numbers n = numbers_of(f->cases);
  add_numbers(&t, &n, kind, elements_of(p));
  add_numbers(&t, &n, coarse_number, p->channels);
  add_numbers(&t, &n, coarse_number, p->channels);
  add_output(&t, FLOATS, window_elements(p));
  add_output(&t, BYTES, window_elements(p));
  add_output(&t, FLOATS, elements_of(p));
  check_trial(f, &t);
}

static void add_scattered(trial *t, const pictures *p, numbers *n) {
  const int64_t windows = window_elements(p);
  add_numbers(t, n, fine_number, elements_of(p));
  uint8_t *positions = add_input(t, BYTES, windows);
  for (int64_t i = 0; i < windows; i++)
    positions[i] = (uint8_t)number_below(n, p->window_height * p->window_width);
  add_numbers(t, n, fine_number, windows);
}

// Numbers at a position of each window, times another: whole and summed.
static void check_scattered(family *f, const pictures *p) {
  static const row_program program = {
    .inputs = 3, .steps = 1, .outputs = 3, .input = {ML_FULL, ML_POSITIONS, ML_SCATTERED},
    .step = {{ML_STEP_MULTIPLY, 0, 2, 0}},
    .output = {{3, ML_FULL}, {3, ML_SUM_ROWS}, {3, ML_SUM_COLUMNS}},
  };
  trial t = trial_of_windows(&program, p);
  numbers n = numbers_of(f->cases);
  add_scattered(&t, p, &n);
  add_output(&t, FLOATS, elements_of(p))->input = 0;
  add_output(&t, FLOATS, p->channels);
  add_output(&t, FLOATS, extents_of(p).rows);
  check_trial(f, &t);
}

// What stands at a position of each window.
static void check_gathered(family *f, const pictures *p) {
  static const row_program program = {
    .inputs = 3, .steps = 1, .outputs = 2, .input = {ML_FULL, ML_POSITIONS, ML_SCATTERED},
    .step = {{ML_STEP_ADD, 0, 2, 0}}, .output = {{3, ML_GATHERED}, {0, ML_SUM_ROWS}},
  };
  trial t = trial_of_windows(&program, p);
  numbers n = numbers_of(f->cases);
  add_scattered(&t, p, &n);
  add_output(&t, FLOATS, window_elements(p));
  add_output(&t, FLOATS, p->channels);
  check_trial(f, &t);
}

void row_windows(family *f) {
  static const pictures all[] = {
    {1, 2, 2, 16, 2, 2}, {3, 7, 7, 64, 2, 2}, {2, 8, 6, 48, 2, 2}, {5, 28, 28, 64, 2, 2},
    {2, 9, 5, 32, 3, 2}, {4, 3, 3, 512, 2, 2}, {9, 5, 4, 16, 1, 3}, {0, 4, 4, 16, 2, 2},
    {1, 32, 32, 16, 16, 16}, {1, 1, 1, 32, 1, 1},
  };
  for (int64_t i = 0; i < LENGTH(all); i++) {
    check_largest(f, &all[i], coarse_number);
    check_largest(f, &all[i], any_number);
    check_scattered(f, &all[i]);
    check_gathered(f, &all[i]);
  }
}
