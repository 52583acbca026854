#include <stdio.h>

#include "families.h"

typedef struct {
  int64_t images, height, width, channels, out_height, out_width, out_channels;
  int64_t kernel_height, kernel_width, stride_height, stride_width, pad_top, pad_left;
} convolution;

static const ml_operation operations[] = {
  ML_CONVOLUTION, ML_CONVOLUTION_INPUT_GRADIENT, ML_CONVOLUTION_WEIGHT_GRADIENT,
};

// Kernels, strides and paddings that are no squares; pictures smaller than the padding; weight
// gradients in several blocks and in pieces of a picture.
static const convolution uneven[] = {
  {3, 9, 7, 5, 6, 4, 9, 3, 2, 2, 2, 1, 0},
  {2, 5, 6, 17, 9, 4, 20, 2, 3, 1, 3, 3, 2},
  {2, 4, 4, 3, 3, 3, 5, 1, 1, 3, 3, 2, 2},
  {2, 8, 8, 3, 2, 2, 5, 2, 2, 4, 4, 0, 0},
  {4, 6, 6, 16, 4, 4, 32, 3, 3, 1, 1, 0, 0},
  {5, 28, 28, 1, 28, 28, 64, 3, 3, 1, 1, 1, 1},
  {6, 28, 28, 32, 28, 28, 16, 3, 3, 1, 1, 1, 1},
  {2, 32, 32, 64, 32, 32, 128, 1, 1, 1, 1, 0, 0},
  {0, 4, 4, 3, 4, 4, 5, 3, 3, 1, 1, 1, 1},
};

// Where Winograd's F(4x4) is chosen unless exactness is asked for; the last one sums its weight
// gradient in strips.
static const convolution large_tiles[] = {
  {25, 14, 14, 16, 14, 14, 32, 3, 3, 1, 1, 1, 1},
  {6, 28, 28, 32, 28, 28, 16, 3, 3, 1, 1, 1, 1},
  {31, 13, 17, 16, 13, 17, 16, 3, 3, 1, 1, 1, 1},
  {9, 14, 15, 32, 12, 13, 32, 3, 3, 1, 1, 0, 0},
  {9, 12, 13, 32, 14, 15, 32, 3, 3, 1, 1, 2, 2},
  {5, 14, 14, 64, 14, 14, 64, 3, 3, 1, 1, 1, 1},
  {17, 28, 28, 16, 28, 28, 16, 3, 3, 1, 1, 1, 1},
};

// The same of F(2x2): sides that larger tiles fill badly.
static const convolution small_tiles[] = {
  {20, 6, 6, 32, 6, 6, 48, 3, 3, 1, 1, 1, 1},
  {9, 6, 5, 64, 6, 5, 64, 3, 3, 1, 1, 1, 1},
  {11, 2, 14, 64, 2, 14, 80, 3, 3, 1, 1, 1, 1},
  {90, 6, 6, 32, 6, 6, 32, 3, 3, 1, 1, 1, 1},
};

// A square picture, kernel and stride, with a result of side / stride, rounded up.
static convolution same_convolution(
  int64_t images, int64_t side, int64_t channels, int64_t out_channels, int64_t kernel,
  int64_t stride)
{
  const int64_t out = (side + stride - 1) / stride, pad = kernel / 2;
  return (convolution){
    images, side, side, channels, out, out, out_channels, kernel, kernel, stride, stride, pad, pad,
  };
}

static trial trial_of_convolution(ml_operation operation, const convolution *c, int exact) {
  trial t = TRIAL(
    operation, c->images, c->height, c->width, c->channels, c->out_height, c->out_width,
    c->out_channels, c->kernel_height, c->kernel_width, c->stride_height, c->stride_width,
    c->pad_top, c->pad_left, exact, 1);
  t.threads_at = t.size_count - 1;
  return t;
}

// The three operations: of pictures, results and weights two are read and one is written.
static void check_convolution(family *f, const convolution *c, int exact) {
  const int64_t picture = c->images * c->height * c->width * c->channels;
  const int64_t result = c->images * c->out_height * c->out_width * c->out_channels;
  const int64_t weights = c->kernel_height * c->kernel_width * c->channels * c->out_channels;
  const int64_t counts[3][3] = {
    {picture, weights, result}, {result, weights, picture}, {picture, result, weights},
  };
  for (int64_t i = 0; i < LENGTH(operations); i++) {
    trial t = trial_of_convolution(operations[i], c, exact);
    numbers n = numbers_of(f->cases);
    add_numbers(&t, &n, fine_number, counts[i][0]);
    add_numbers(&t, &n, fine_number, counts[i][1]);
    add_output(&t, FLOATS, counts[i][2]);
    check_trial(f, &t);
  }
}

void exact_convolutions(family *f) {
  static const int64_t channels[][2] = {
    {1, 64}, {3, 20}, {8, 5}, {5, 8}, {20, 48}, {16, 16}, {48, 32}, {17, 33},
  };
  static const int64_t kernels[][2] = {
    {1, 1}, {2, 1}, {3, 1}, {5, 1}, {1, 2}, {3, 2}, {2, 3}, {5, 3},
  };
  static const int64_t sides[] = {7, 9, 5, 3, 1, 8, 4, 6, 2, 11};
  for (int64_t i = 0; i < LENGTH(channels); i++)
    for (int64_t j = 0; j < LENGTH(kernels); j++) {
      const convolution c = same_convolution(
        1 + (5 * i + 3 * j) % 13, sides[(3 * i + j) % 10], channels[i][0], channels[i][1],
        kernels[j][0], kernels[j][1]);
      check_convolution(f, &c, 1);
    }
  for (int64_t i = 0; i < LENGTH(uneven); i++) check_convolution(f, &uneven[i], 1);
}

// Whether the fast form is another one than the exact one.
static int is_fast(ml_operation operation, const convolution *c) {
  const trial exact = trial_of_convolution(operation, c, 1);
  const trial fast = trial_of_convolution(operation, c, 0);
  const ml_table *table = ml_table_at(0);
  return ml_plan_operation(table, operation, exact.sizes).kernels[0] !=
    ml_plan_operation(table, operation, fast.sizes).kernels[0];
}

static void check_fast(family *f, const convolution *c) {
  for (int64_t j = 0; j < LENGTH(operations); j++) {
    if (is_fast(operations[j], c)) continue;
    fprintf(
      stderr, "%s: operation %d of %lld x %lldx%lld has no fast form\n", f->name, operations[j],
      (long long)c->images, (long long)c->height, (long long)c->width);
    f->faults += 1;
  }
  check_convolution(f, c, 0);
}

void fast_convolutions(family *f) {
  for (int64_t i = 0; i < LENGTH(large_tiles); i++) check_fast(f, &large_tiles[i]);
  for (int64_t i = 0; i < LENGTH(small_tiles); i++) check_fast(f, &small_tiles[i]);
}
