#include "families.h"

typedef struct {
  int64_t images, height, width, channels, out_height, out_width;
  int64_t window_height, window_width, stride_height, stride_width, top, left;
} windows;

// Side by side, overlapping, with gaps, over the edge, and wholly outside.
static const windows all[] = {
  {1, 2, 2, 1, 1, 1, 2, 2, 2, 2, 0, 0}, {3, 7, 7, 64, 3, 3, 2, 2, 2, 2, 0, 0},
  {2, 8, 6, 17, 4, 3, 2, 2, 2, 2, 0, 0}, {2, 5, 9, 16, 3, 5, 3, 3, 2, 2, 1, 1},
  {1, 6, 5, 5, 4, 4, 3, 2, 1, 1, 0, 0}, {2, 4, 4, 33, 1, 1, 4, 4, 4, 4, 0, 0},
  {1, 5, 5, 16, 2, 2, 2, 2, 3, 3, 0, 0}, {1, 3, 4, 20, 4, 3, 2, 3, 1, 2, 1, 2},
  {1, 3, 3, 16, 2, 2, 2, 2, 2, 2, 0, 0}, {9, 28, 28, 16, 14, 14, 2, 2, 2, 2, 0, 0},
  {1, 2, 2, 3, 5, 2, 1, 1, 1, 1, 2, 0}, {0, 2, 2, 3, 1, 1, 2, 2, 2, 2, 0, 0},
};

static int64_t pixels(const windows *w) {
  return w->images * w->height * w->width * w->channels;
}

static int64_t results(const windows *w) {
  return w->images * w->out_height * w->out_width * w->channels;
}

static trial trial_of_windows(ml_operation operation, const windows *w) {
  return TRIAL(
    operation, w->images, w->height, w->width, w->channels, w->out_height, w->out_width,
    w->window_height, w->window_width, w->stride_height, w->stride_width, w->top, w->left);
}

static void check_maximum(family *f, const windows *w, number_kind *kind) {
  trial both = trial_of_windows(ML_WINDOW_MAXIMUM, w), index = trial_of_windows(ML_WINDOW_INDEX, w);
  numbers n = numbers_of(f->cases);
  add_numbers(&both, &n, kind, pixels(w));
  add_output(&both, FLOATS, results(w));
  add_output(&both, BYTES, results(w));
  check_trial(f, &both);
  add_numbers(&index, &n, kind, pixels(w));
  add_output(&index, BYTES, results(w));
  check_trial(f, &index);
}

// At positions in the windows, which need not be inside the picture.
static void check_at_positions(
  family *f, ml_operation operation, const windows *w, int64_t read, int64_t written)
{
  trial t = trial_of_windows(operation, w);
  numbers n = numbers_of(f->cases);
  add_numbers(&t, &n, fine_number, read);
  uint8_t *positions = add_input(&t, BYTES, results(w));
  for (int64_t i = 0; i < results(w); i++)
    positions[i] = (uint8_t)number_below(&n, w->window_height * w->window_width);
  add_output(&t, FLOATS, written);
  check_trial(f, &t);
}

void window_maxima(family *f) {
  for (int64_t i = 0; i < LENGTH(all); i++) {
    check_maximum(f, &all[i], coarse_number);
    check_maximum(f, &all[i], any_number);
    check_at_positions(f, ML_WINDOW_GATHER, &all[i], pixels(&all[i]), results(&all[i]));
    check_at_positions(f, ML_WINDOW_SCATTER, &all[i], results(&all[i]), pixels(&all[i]));
  }
}

static void check_sum(
  family *f, ml_operation operation, const windows *w, int64_t read, int64_t written)
{
  trial t = trial_of_windows(operation, w);
  numbers n = numbers_of(f->cases);
  add_numbers(&t, &n, fine_number, read);
  add_output(&t, FLOATS, written);
  check_trial(f, &t);
}

void window_sums(family *f) {
  for (int64_t i = 0; i < LENGTH(all); i++) {
    check_sum(f, ML_WINDOW_SUM, &all[i], pixels(&all[i]), results(&all[i]));
    check_sum(f, ML_WINDOW_SPREAD, &all[i], results(&all[i]), pixels(&all[i]));
  }
}
