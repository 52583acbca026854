// What the numbers of `sizes` are for each operation. Who calls kernels and the kernels name them by
// these types: each has 64-bit fields alone, so that an array of numbers is one of them.
#ifndef ML_SIZES_H
#define ML_SIZES_H

#include <stdint.h>

// a is rows x depth (depth x rows if transposed), b is depth x columns (columns x depth).
typedef struct {
  int64_t batch, rows, columns, depth;
  int64_t transposesA, transposesB;
  int64_t stepA, stepB;  // elements from one matrix of the batch to the next; 0 repeats it
} ml_matrix_product_sizes;

// Padding at the bottom and on the right follows from the output's extents.
typedef struct {
  int64_t images, height, width, channels;   // of x
  int64_t outHeight, outWidth, outChannels;  // of y
  int64_t kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft;
  int64_t exact;    // not 0: forbids fast (Winograd) forms
  int64_t threads;  // that work on it at the same time; decides how it is cut, but no bits
} ml_convolution_sizes;

// [outer][extent][inner], where the middle axis is worked on.
typedef struct { int64_t outer, extent, inner; } ml_axis_sizes;

typedef struct { int64_t outer, extent, inner, exclusive, reversed; } ml_cumulative_sum_sizes;

// The positions of the `count` largest of each row.
typedef struct { int64_t rows, columns, count; } ml_top_indices_sizes;

typedef struct { int64_t count; } ml_fill_sizes;

// Element types `from` and `to` are of ml_element.
typedef struct { int64_t count, from, to; } ml_conversion_sizes;

typedef struct { int64_t rows, count, width; } ml_gather_sizes;

typedef struct {
  int64_t images, height, width, channels, outHeight, outWidth;
  int64_t windowHeight, windowWidth, strideHeight, strideWidth, padTop, padLeft;
} ml_window_sizes;

typedef struct { int64_t batch, order; } ml_cholesky_sizes;

typedef struct { int64_t batch, order, columns, transposed; } ml_triangular_solve_sizes;

typedef struct { int64_t count, stream; } ml_random_bits_sizes;

typedef struct { int64_t lanes, count; } ml_lane_sum_sizes;

// Followed by `rank` axes. Offsets are in elements, which have 1 or 4 bytes.
typedef struct { int64_t elementBytes, rank, targetOffset, sourceOffset; } ml_copy_sizes;

// Strides in elements: 0 in the source repeats it, negative ones reverse.
typedef struct { int64_t extent, targetStride, sourceStride; } ml_copy_axis;

// The most axes of a copy.
#define ML_COPY_RANK 8

#endif
