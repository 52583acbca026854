// Kernels bound to what they work on, and how they are called.
#ifndef ML_CALLS_H
#define ML_CALLS_H

#include <stdint.h>

#include "ml_kernels.h"

// The memories that operands lie in. A program finds each through a base address, given when it runs.
typedef enum {
  ML_REGION_CONSTANTS,   // what the program's own constants are kept in
  ML_REGION_PERSISTENT,  // what stays from run to run, shared with other programs
  ML_REGION_SHARED,      // one place for all lanes
  ML_REGION_LANE,        // places for the lanes of the chunk at work, one set for each worker
  ML_REGION_BATCH,       // a place for each lane of the batch
  ML_REGION_COUNT
} ml_region;

// Where an operand lies. For lane `lane` of a chunk that begins at lane `first` of the batch that is
// bases[region] + offset + lane * laneStep + first * firstStep, in bytes.
typedef struct {
  int64_t region, offset, laneStep, firstStep;
} ml_place;

// The most operands of a kernel, scratch included.
#define ML_OPERANDS 18

// One kernel and what it works on.
typedef struct {
  ml_kernel kernel;
  ml_lane_kernel laneKernel;  // or 0
  ml_tile_kernel tileKernel;  // or 0: in place of the kernel, for these rows
  int64_t from, to, partition;
  const int64_t *sizes;
  const float *scalars;
  const ml_place *places;  // of the operands
  int64_t operandCount;
  int64_t partLimit;
} ml_call;

// Runs calls in order, each for all lanes of a chunk: a tile, or else the whole (part 0 of 1).
void ml_run_calls(
    const ml_call *calls, int64_t count, char *const *bases, int64_t first, int64_t lanes);
// Runs one part of one call for one lane of the batch.
void ml_run_part(
    const ml_call *call, char *const *bases, int64_t lane, int64_t part, int64_t parts);

#endif
