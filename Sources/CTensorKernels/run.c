#include "CTensorKernels.h"

static void find_operands(
    const ml_call *call, char *const *bases, int64_t first, int64_t lane, void **operands) {
  for (int64_t i = 0; i < call->operandCount; i++) {
    const ml_place *place = &call->places[i];
    // Numbers, as the memory of a value of which only some rows exist would begin elsewhere.
    const uintptr_t base = (uintptr_t)bases[place->region];
    operands[i] = (void *)(base +
      (uintptr_t)(place->offset + lane * place->laneStep + first * place->firstStep));
  }
}

void ml_run_part(
    const ml_call *call, char *const *bases, int64_t lane, int64_t part, int64_t parts) {
  void *operands[ML_OPERANDS];
  find_operands(call, bases, lane, 0, operands);
  call->kernel(operands, call->sizes, call->scalars, part, parts);
}

static void run_lane(const ml_call *call, char *const *bases, int64_t first, int64_t lane) {
  void *operands[ML_OPERANDS];
  find_operands(call, bases, first, lane, operands);
  if (call->tileKernel)
    call->tileKernel(operands, call->sizes, call->scalars, call->from, call->to, call->partition);
  else call->kernel(operands, call->sizes, call->scalars, 0, 1);
}

static void run_lanes(const ml_call *call, char *const *bases, int64_t first, int64_t lanes) {
  void *operands[ML_OPERANDS];
  int64_t steps[ML_OPERANDS];
  find_operands(call, bases, first, 0, operands);
  for (int64_t i = 0; i < call->operandCount; i++) steps[i] = call->places[i].laneStep;
  call->laneKernel(operands, steps, call->sizes, call->scalars, lanes);
}

void ml_run_calls(
    const ml_call *calls, int64_t count, char *const *bases, int64_t first, int64_t lanes) {
  for (const ml_call *call = calls; call < calls + count; call++) {
    if (lanes > 1 && call->laneKernel && !call->tileKernel) {
      run_lanes(call, bases, first, lanes);
    } else {
      for (int64_t lane = 0; lane < lanes; lane++) run_lane(call, bases, first, lane);
    }
  }
}
