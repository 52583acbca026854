#include "CTensorKernels.h"

static void find_operands(const ml_call *call, int64_t first, int64_t lane, void **operands) {
  for (int64_t i = 0; i < call->operandCount; i++)
    operands[i] = call->operands[i] + lane * call->laneSteps[i] + first * call->batchSteps[i];
}

void ml_run_part(const ml_call *call, int64_t first, int64_t lane, int64_t part, int64_t parts) {
  void *operands[ML_OPERANDS];
  find_operands(call, first, lane, operands);
  call->kernel(operands, call->sizes, call->scalars, part, parts);
}

static void run_turn(const ml_call *call, int64_t first, int64_t lane) {
  void *operands[ML_OPERANDS];
  find_operands(call, first, lane, operands);
  call->turn(operands, call->sizes, call->scalars, call->from, call->to, call->share);
}

static void run_lanes(const ml_call *call, int64_t first, int64_t lanes) {
  void *operands[ML_OPERANDS];
  find_operands(call, first, 0, operands);
  call->laneKernel(operands, call->laneSteps, call->sizes, call->scalars, lanes);
}

void ml_run_calls(const ml_call *calls, int64_t count, int64_t first, int64_t lanes) {
  for (const ml_call *call = calls; call < calls + count; call++) {
    if (call->turn) {
      for (int64_t lane = 0; lane < lanes; lane++) run_turn(call, first, lane);
    } else if (lanes > 1 && call->laneKernel) {
      run_lanes(call, first, lanes);
    } else {
      for (int64_t lane = 0; lane < lanes; lane++) ml_run_part(call, first, lane, 0, 1);
    }
  }
}
