// The arithmetic of tensor operations on raw memory.
//
// No allocation, no threads, no global state. Everything here is a pure function of its arguments,
// and gives the same bits on every instruction set: each output element is accumulated in an order
// that the operation's sizes alone fix, with fused multiply-add.
#ifndef C_TENSOR_KERNELS_H
#define C_TENSOR_KERNELS_H

#include "ml_calls.h"
#include "ml_kernels.h"
#include "ml_operations.h"
#include "ml_pictures.h"
#include "ml_row_programs.h"
#include "ml_sizes.h"

#endif
