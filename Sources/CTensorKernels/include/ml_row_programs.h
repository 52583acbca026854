// Row programs: elementwise steps over rows of columns.
//
// The sizes of ML_ROW_PROGRAM are an ml_row_program_sizes, an ml_access of each input, an ml_row_step
// of each step, an ml_row_output of each output and, where an operand has windows, ml_row_windows.
// Registers 0..<inputs are the inputs; step i writes register inputs + i. A full output may be the
// memory of a full input, unless another output copies that input. Elements are 4 bytes.
#ifndef ML_ROW_PROGRAMS_H
#define ML_ROW_PROGRAMS_H

#include <stdint.h>

// The most inputs, steps and outputs of a program.
#define ML_ROW_PROGRAM_INPUTS 10
#define ML_ROW_PROGRAM_STEPS 24
#define ML_ROW_PROGRAM_OUTPUTS 6
// The most columns of rows with windows.
#define ML_WINDOW_COLUMNS 512

// What a step does. It reads registers a, b, c and writes a new one, d.
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

// How a register is filled from an operand, or an operand from a register; R rows, C columns.
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

// How many there are of each.
typedef struct { int64_t rows, columns, inputs, steps, outputs; } ml_row_program_sizes;

// An ml_step and the registers that it reads; unused ones are 0.
typedef struct { int64_t step, registers[3]; } ml_row_step;

// The register that leaves the program, and its ml_access.
typedef struct { int64_t source, access; } ml_row_output;

// The extents of pictures and of their windows. At most one input is of ML_POSITIONS; columns are a
// multiple of 16, at most ML_WINDOW_COLUMNS.
typedef struct { int64_t height, width, windowHeight, windowWidth; } ml_row_windows;

#endif
