#include "CTensorKernels.h"

void ml_run_part(const ml_call *call, int64_t first, int64_t lane, int64_t part, int64_t parts) {
  void *operands[ML_OPERANDS];
  for (int64_t i = 0; i < call->operandCount; i++)
    operands[i] = call->operands[i] + lane * call->laneSteps[i] + first * call->batchSteps[i];
  call->kernel(operands, call->sizes, call->scalars, part, parts);
}

void ml_run_calls(const ml_call *calls, int64_t count, int64_t first, int64_t lanes) {
  for (int64_t i = 0; i < count; i++)
    for (int64_t lane = 0; lane < lanes; lane++) ml_run_part(&calls[i], first, lane, 0, 1);
}
