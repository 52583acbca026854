// The arithmetic of tensor operations on raw memory.
//
// No allocation, no threads, no global state. Everything here is a pure function of its arguments,
// and gives the same bits on every instruction set: each output element is accumulated in an order
// that the operation's sizes alone fix, with fused multiply-add.
#ifndef C_TENSOR_KERNELS_H
#define C_TENSOR_KERNELS_H

#include <stdint.h>

// A kernel does part `part` of `parts` of its work. Any number of parts gives the same bits; parts
// may run at the same time. `operands` are inputs, then outputs, then scratch where the plan asks
// for it; each is aligned to 64 bytes, unless turns are taken. What `sizes` and `scalars` hold is said at each operation.
typedef void (*ml_kernel)(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part, int64_t parts);

// A kernel that does all of its work for several lanes, the first of whose operands are given and are
// moved on; `steps` are the bytes from one lane's operand to the next lane's.
typedef void (*ml_lane_kernel)(
    void **operands, const int64_t *steps, const int64_t *sizes, const float *scalars,
    int64_t lanes);

// Unless said otherwise tensors are float32, dense and row-major.
typedef enum {
  // operands a, b, c: c = op(a) op(b), for each of a batch of matrices.
  // sizes: batch, M, N, K, transposeA, transposeB, stepA, stepB (elements from one matrix of the
  // batch to the next; 0 repeats it). a is MxK (KxM if transposed), b is KxN (NxK).
  // Each element: one accumulator over k ascending.
  ML_MATRIX_PRODUCT,

  // Cross-correlation, NHWC pictures, weights [KH][KW][IC][OC].
  // sizes: N, H, W, IC, OH, OW, OC, KH, KW, strideH, strideW, padTop, padLeft, exact, threads.
  // (bottom and right padding follow from OH, OW.) exact != 0 forbids fast (Winograd) forms.
  // threads: how many will share the work; decides only how it is cut, no bits.
  // operands: x [N,H,W,IC], w, y [N,OH,OW,OC]
  ML_CONVOLUTION,
  // operands: g [N,OH,OW,OC], w, dx [N,H,W,IC]; sizes as above.
  ML_CONVOLUTION_INPUT_GRADIENT,
  // operands: x, g, dw [KH,KW,IC,OC]; sizes as above.
  ML_CONVOLUTION_WEIGHT_GRADIENT,

  // A chain of elementwise steps over R rows of C columns, block by block. See ml_row_program.
  ML_ROW_PROGRAM,

  // operands x, y; sizes: outer, extent, inner: y[outer][inner] over x[outer][extent][inner].
  ML_SUM,
  ML_MAXIMUM,
  ML_ARGUMENT_MAXIMUM,  // y int32; the first of equal ones
  // operands x, y; sizes: outer, extent, inner, exclusive, reversed.
  ML_CUMULATIVE_SUM,
  // operands x [rows, columns], y int32 [rows, k]; sizes: rows, columns, k. Largest first, the
  // lower position first among equal ones.
  ML_TOP_INDICES,

  // operands source, target; sizes: elementBytes (1 or 4), rank (<= 8), extents[rank],
  // targetStrides[rank], sourceStrides[rank], targetOffset, sourceOffset, all in elements.
  // Strides of 0 in the source repeat it; negative ones reverse.
  ML_STRIDED_COPY,
  // operand y (float32); sizes: count; scalars: value.
  ML_FILL,
  // operand y int32: positions along the middle axis; sizes: outer, extent, inner.
  ML_IOTA,
  // operands x, y; sizes: count, from, to (ml_element). To integers: towards zero, saturating.
  ML_CONVERT,

  // operands x [rows, width], indices int32 [count], y [count, width]; sizes: rows, count, width.
  // An index outside gives zeros. Elements are 4 bytes.
  ML_GATHER,
  // operands g [count, width], indices int32 [count], y [rows, width]; sizes: rows, count, width.
  // Every element of y is written; contributions are added in ascending order of position.
  ML_SCATTER_ADD,

  // Pooling windows. sizes: N, H, W, C, OH, OW, KH, KW, strideH, strideW, padTop, padLeft.
  ML_WINDOW_INDEX,    // x, index uint8: position kh * KW + kw of the first maximum inside the picture
  ML_WINDOW_GATHER,   // x, index, y [N,OH,OW,C]
  ML_WINDOW_SCATTER,  // g [N,OH,OW,C], index, dx [N,H,W,C]: every element written, sums where windows overlap
  ML_WINDOW_MAXIMUM,  // x, y, index: gather of the maximum and its index in one
  ML_WINDOW_SUM,      // x, y: sum over the window's positions inside the picture
  ML_WINDOW_SPREAD,   // g, dx: the derivative of the sum

  // operands a [batch,n,n] symmetric (lower half read), l [batch,n,n] (upper half zero); sizes:
  // batch, n. A pivot that is not positive gives NaN.
  ML_CHOLESKY,
  // operands l [batch,n,n] lower, b [batch,n,m], x [batch,n,m]: l x = b, or transposed l' x = b.
  // sizes: batch, n, m, transposed.
  ML_TRIANGULAR_SOLVE,

  // operands key uint32[2], y uint32[count]; sizes: count, stream. Philox4x32-10: element i is word
  // i % 4 of the block with key (key[0], key[1]) and counter (i / 4, stream, 0, 0).
  ML_RANDOM_BITS,

  // operands x [lanes, count], y [count]; sizes: lanes, count. y = sum over lanes in a fixed binary
  // tree: halves [0, m), [m, lanes) with m the largest power of two below lanes, recursively.
  ML_LANE_SUM,

  ML_OPERATION_COUNT
} ml_operation;

typedef enum { ML_FLOAT32, ML_INT32, ML_UINT32, ML_UINT8 } ml_element;

// The steps of a row program. A step reads registers and writes a new one.
typedef enum {
  // d = f(a)
  ML_STEP_NEGATE, ML_STEP_EXP, ML_STEP_LOG, ML_STEP_SQRT, ML_STEP_RSQRT,
  ML_STEP_RECIPROCAL, ML_STEP_TANH, ML_STEP_SIGMOID, ML_STEP_RELU, ML_STEP_ABS, ML_STEP_SIGN,
  ML_STEP_SIN, ML_STEP_COS, ML_STEP_SQUARE, ML_STEP_SOFTPLUS, ML_STEP_ERF, ML_STEP_FLOOR,
  ML_STEP_UNIT_FROM_BITS,  // uint32 bits to a float on [0, 1): (bits >> 8) * 2^-24
  // d = a op b
  ML_STEP_ADD, ML_STEP_SUBTRACT, ML_STEP_MULTIPLY, ML_STEP_DIVIDE, ML_STEP_MAXIMUM, ML_STEP_MINIMUM,
  ML_STEP_GATE,       // a > 0 ? b : 0
  // masks: 1 where it holds, else 0. For int32 operands the integer forms.
  ML_STEP_EQUAL, ML_STEP_LESS, ML_STEP_LESS_EQUAL, ML_STEP_EQUAL_INTEGER, ML_STEP_LESS_INTEGER,
  ML_STEP_LESS_EQUAL_INTEGER,
  // d = a != 0 ? b : c
  ML_STEP_SELECT,
  // d = a * s, d = a + s, with s = scalars[b]
  ML_STEP_SCALE, ML_STEP_SHIFT,
  ML_STEP_COUNT
} ml_step;

// How a register is filled from an operand, or an operand from a register.
typedef enum {
  ML_FULL,        // [R][C]
  ML_ROW,         // [C], the same for each row
  ML_COLUMN,      // [R], one number a row
  ML_SINGLE,      // one number
  ML_SUM_ROWS,    // output [C]: sum over rows (in fixed blocks of rows, then over the blocks)
  ML_SUM_COLUMNS, // output [R]: sum over columns, sixteen accumulators
  // Where rows are the positions of pictures [n][h][w] and windows lie side by side, [n][oh][ow]:
  ML_POSITIONS,       // uint8 [n][oh][ow][C]: a position in each window, kh * width + kw; no register
  ML_SCATTERED,       // [n][oh][ow][C], at that position, 0 elsewhere
  ML_GATHERED,        // output [n][oh][ow][C]: what stands at that position
  ML_WINDOW_LARGEST,  // output [n][oh][ow][C]: the largest of a window
  ML_WINDOW_POSITION  // output uint8 [n][oh][ow][C]: where it stands, the first of equal ones
} ml_access;

// sizes of ML_ROW_PROGRAM: R, C, inputs, steps, outputs,
//   access of each input,
//   for each step: step, a, b, c (registers; unused ones 0),
//   for each output: register, access,
//   where an operand has windows: h, w, window height, window width. At most one input is an index;
//   C is a multiple of 16, at most ML_WINDOW_COLUMNS.
// Registers: 0..<inputs are the inputs; step i writes register inputs + i.
// A full output may be the memory of a full input, unless another output copies that input.
// At most ML_ROW_PROGRAM_INPUTS inputs, _STEPS steps and _OUTPUTS outputs. Elements are 4 bytes.
#define ML_ROW_PROGRAM_INPUTS 10
#define ML_ROW_PROGRAM_STEPS 24
#define ML_ROW_PROGRAM_OUTPUTS 6
#define ML_WINDOW_COLUMNS 512

// The most axes of ML_STRIDED_COPY.
#define ML_COPY_RANK 8

// A set of kernels for one instruction set.
typedef struct ml_table ml_table;

// The tables that this machine can run, fastest first: "avx512", "avx2", "portable" on x86-64,
// "neon" (then "portable") on AArch64.
int64_t ml_table_count(void);
const ml_table *ml_table_at(int64_t index);
const char *ml_table_name(const ml_table *table);

// Does rows [from, to) of a stage for one of several shares, as ml_turns says.
typedef void (*ml_turn)(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t from, int64_t to,
    int64_t share);

// A stage whose large operands are `rows` rows one after the other (pictures; the rows of a row
// program) and that reads and writes these in order. Called for all of them in ascending order, from
// multiples of `granule`, `turn` gives the bits of the stage. At most `shares` threads may take
// neighbouring rows at the same time, each in ascending order, where `cut` allows it: it names the
// last place to cut up to a row.
typedef struct {
  ml_turn turn;  // 0: there is none
  int64_t stage, rows, granule, shares;
  int64_t (*cut)(const int64_t *sizes, int64_t row);
} ml_turns;

// How an operation runs: up to three kernels one after the other, on the same operands. A kernel
// must end before the next begins. `units` is into how many parts it pays to cut a stage at most
// (1: not at all).
typedef struct {
  int32_t stageCount;
  ml_kernel stages[3];
  int64_t units[3];
  int64_t scratchBytes;  // of the scratch operand that follows the others; 0: none
  ml_lane_kernel lanes;  // the first stage for several lanes, where that saves something; else 0
  ml_turns turns;        // how one of the stages may be run a few rows at a time
} ml_plan;

ml_plan ml_plan_operation(const ml_table *table, ml_operation operation, const int64_t *sizes);

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
  ml_turn turn;               // or 0: in place of the kernel, for these rows
  int64_t from, to, share;
  const int64_t *sizes;
  const float *scalars;
  const ml_place *places;  // of the operands
  int64_t operandCount;
  int64_t units;
} ml_call;

// Runs calls in order, each for all lanes of a chunk: a turn, or else the whole (part 0 of 1).
void ml_run_calls(
    const ml_call *calls, int64_t count, char *const *bases, int64_t first, int64_t lanes);
// Runs one part of one call for one lane of the batch.
void ml_run_part(
    const ml_call *call, char *const *bases, int64_t lane, int64_t part, int64_t parts);

// Samples of one channel of a picture, by bilinear interpolation. `plane` is [height + 3][width + 3]:
// the picture with one row and column of border before it and two after it. Sample (row, column) lies
// where `map` (xx, xy, yx, yy), about the picture's centre, sends the point that is `right` and `down`
// before it; it is written at samples[(row * width + column) * step]. Below 2^31 numbers in a plane.
void ml_sample_plane(
    const float *plane, int64_t height, int64_t width, const float *map, float right, float down,
    float *samples, int64_t step);

// Multiply-adds at the peak rate for about the given number of iterations; returns the number of
// floating-point operations done. `sink` receives a value so that nothing is removed.
double ml_peak_flops(const ml_table *table, int64_t iterations, float *sink);

#endif
