// Kernels, and how an operation is run by them.
#ifndef ML_KERNELS_H
#define ML_KERNELS_H

#include <stdint.h>

#include "ml_operations.h"

// A kernel does part `part` of `parts` of its work. Any number of parts gives the same bits; parts
// may run at the same time. `operands` are inputs, then outputs, then scratch where the plan asks
// for it; each is aligned to 64 bytes, unless batches are tiled.
typedef void (*ml_kernel)(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts);

// A kernel that does all of its work for several lanes, the first of whose operands are given and are
// moved on; `steps` are the bytes from one lane's operand to the next lane's.
typedef void (*ml_lane_kernel)(
    void **operands, const int64_t *steps, const int64_t *sizes, const float *scalars,
    int64_t lanes);

// A kernel that does rows [from, to) of a batch, a tile, for one of several partitions of it.
typedef void (*ml_tile_kernel)(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t from, int64_t to,
    int64_t partition);

// How one of an operation's kernels may be run tile by tile. Its large operands are `rows` rows one
// after the other (pictures; the rows of a row program), which it reads and writes in order. Called
// for all of them in ascending order, from multiples of `granule`, `tile` gives the bits of the
// kernel. At most `partitions` threads may take neighbouring rows at the same time, each in ascending
// order, where `cut` allows it: it names the last place to cut up to a row.
typedef struct {
  ml_tile_kernel tile;  // 0: there is none
  int64_t kernel;       // the position of the kernel in the plan
  int64_t rows, granule, partitions;
  int64_t (*cut)(const int64_t *sizes, int64_t row);
} ml_batch_tiling;

// How an operation runs: by up to three kernels one after the other, on the same operands. A kernel
// must end before the next begins. `partLimits` are into how many parts it pays to cut a kernel at
// most (1: not at all).
typedef struct {
  int32_t kernelCount;
  ml_kernel kernels[3];
  int64_t partLimits[3];
  int64_t scratchBytes;       // of the scratch operand that follows the others; 0: none
  ml_lane_kernel laneKernel;  // the first kernel for several lanes, where that saves something; else 0
  ml_batch_tiling batchTiling;
} ml_plan;

// A set of kernels for one instruction set.
typedef struct ml_table ml_table;

// The tables that this machine can run, fastest first: "avx512", "avx2", "portable" on x86-64,
// "neon" (then "portable") on AArch64.
int64_t ml_table_count(void);
const ml_table *ml_table_at(int64_t index);
const char *ml_table_name(const ml_table *table);

ml_plan ml_plan_operation(const ml_table *table, ml_operation operation, const int64_t *sizes);

// Multiply-adds at the peak rate for about the given number of iterations; returns the number of
// floating-point operations done. `sink` receives a value so that nothing is removed.
double ml_peak_flops(const ml_table *table, int64_t iterations, float *sink);

#endif
