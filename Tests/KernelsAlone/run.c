#include "run.h"

#include <stdlib.h>
#include <string.h>

// The memory of a trial's operands, scratch last, and what the kernels are told besides.
typedef struct {
  void *operands[ML_OPERANDS];
  int64_t operandCount;
  const int64_t *sizes;
  const float *scalars;
} bound;

enum { GUARD_BYTES = 64, GUARD = 0xA5 };

// Bytes on a boundary of 64 with guards before and behind them.
static unsigned char *allocate(int64_t bytes, int before, const void *contents) {
  const size_t whole = (size_t)(2 * GUARD_BYTES + (bytes + 63) / 64 * 64);
  unsigned char *guarded = aligned_alloc(64, whole);
  if (!guarded) abort();
  memset(guarded, GUARD, whole);
  unsigned char *memory = guarded + GUARD_BYTES;
  memset(memory, before, (size_t)bytes);
  if (contents) memcpy(memory, contents, (size_t)bytes);
  return memory;
}

static void deallocate(unsigned char *memory) { free(memory - GUARD_BYTES); }

static int keeps_guards(const unsigned char *memory, int64_t bytes) {
  for (int64_t i = 0; i < GUARD_BYTES; i++)
    if (memory[i - GUARD_BYTES] != GUARD || memory[bytes + i] != GUARD) return 0;
  return 1;
}

// Results may not depend on what memory held before, so it holds something else in each form.
static int contents_before(int64_t parts) { return parts == 1 ? 0xFF : parts == 3 ? 0 : 0x5A; }

static int takes_input(const operand *o, run_form form) { return form.shares && o->input >= 0; }

static void place_operands(const trial *t, run_form form, int64_t scratch, bound *b) {
  const int before = contents_before(form.parts);
  const int64_t operands = t->inputs + t->outputs;
  for (int64_t i = 0; i < operands; i++) {
    const operand *o = &t->operands[i];
    b->operands[i] = takes_input(o, form)
      ? b->operands[o->input]
      : allocate(o->bytes, before, o->contents);
  }
  b->operands[operands] = allocate(scratch, before, 0);
  b->operandCount = operands + 1;
}

// A partition's tile of so many rows from one on, but not beyond the end; where the next begins.
static int64_t run_tile(
    const bound *b, ml_tile_kernel tile, int64_t partition, int64_t from, int64_t rows, int64_t end) {
  if (from == end) return end;
  const int64_t to = from + rows < end ? from + rows : end;
  tile(b->operands, b->sizes, b->scalars, from, to, partition);
  return to;
}

// The tiles of two partitions alternately, of one granule, two, three and so on.
static void run_tiles(const ml_batch_tiling *tiling, const bound *b) {
  const int64_t cut = tiling->partitions > 1 ? tiling->cut(b->sizes, tiling->rows / 2) : 0;
  int64_t first = 0, second = cut, rows = tiling->granule;
  for (; first < cut || second < tiling->rows; rows += tiling->granule) {
    second = run_tile(b, tiling->tile, cut > 0, second, rows, tiling->rows);
    first = run_tile(b, tiling->tile, 0, first, rows, cut);
  }
}

// Runs the parts of a kernel, the last first: they may run in any order, and at the same time, so that
// none may write in the scratch what another one does. Whether they kept apart.
static int run_parts(const bound *b, ml_kernel kernel, int64_t parts, int64_t scratch) {
  unsigned char *memory = b->operands[b->operandCount - 1];
  unsigned char *written = calloc((size_t)scratch + 1, 1), *before = malloc((size_t)scratch + 1);
  if (!written || !before) abort();
  int apart = 1;
  for (int64_t part = parts; part-- > 0;) {
    memcpy(before, memory, (size_t)scratch);
    kernel(b->operands, b->sizes, b->scalars, part, parts);
    for (int64_t i = 0; i < scratch; i++)
      if (memory[i] != before[i]) {
        if (written[i]) apart = 0;
        written[i] = 1;
      }
  }
  free(written);
  free(before);
  return apart;
}

// The kernels one after the other; whether the parts of each kept apart.
static int run_kernels(const ml_plan *plan, run_form form, const bound *b) {
  int apart = 1;
  for (int32_t kernel = 0; kernel < plan->kernelCount; kernel++) {
    if (form.tiles && plan->batchTiling.rows > 0 && kernel == plan->batchTiling.kernel) {
      run_tiles(&plan->batchTiling, b);
      continue;
    }
    apart &= run_parts(b, plan->kernels[kernel], form.parts, plan->scratchBytes);
  }
  return apart;
}

static const char *fault_of(const trial *t, run_form form, int64_t scratch, const bound *b) {
  int taken[ML_OPERANDS] = {0};
  for (int64_t i = t->inputs; i < t->inputs + t->outputs; i++)
    if (takes_input(&t->operands[i], form)) taken[t->operands[i].input] = 1;
  for (int64_t i = 0; i < b->operandCount; i++) {
    const unsigned char *memory = b->operands[i];
    const operand *o = &t->operands[i];
    const int is_scratch = i == b->operandCount - 1;
    if (!keeps_guards(memory, is_scratch ? scratch : o->bytes)) return "writes beside an operand";
    if (i < t->inputs && !taken[i] && memcmp(memory, o->contents, (size_t)o->bytes) != 0)
      return "changes an input";
  }
  return 0;
}

// Instruction sets differ in the sign and the payload of NaN, so these are set
// aside: bits are the same where there is a number.
static void unify_nans(const operand *o, unsigned char *memory) {
  if (o->element != FLOATS) return;
  for (int64_t i = 0; i < o->bytes; i += 4) {
    uint32_t bits;
    memcpy(&bits, memory + i, sizeof bits);
    if ((bits & 0x7fffffff) <= 0x7f800000) continue;
    bits = 0x7fc00000;
    memcpy(memory + i, &bits, sizeof bits);
  }
}

static unsigned char *copied_output(const operand *o, const void *memory) {
  unsigned char *copy = malloc((size_t)o->bytes + 1);
  if (!copy) abort();
  memcpy(copy, memory, (size_t)o->bytes);
  unify_nans(o, copy);
  return copy;
}

run_result run_trial(const trial *t, run_form form) {
  int64_t sizes[TRIAL_SIZES];
  memcpy(sizes, t->sizes, sizeof sizes);
  if (form.threads > 0) sizes[t->threads_at] = form.threads;
  const ml_plan plan = ml_plan_operation(form.table, t->operation, sizes);
  bound b = {.sizes = sizes, .scalars = t->scalars};
  place_operands(t, form, plan.scratchBytes, &b);
  const int apart = run_kernels(&plan, form, &b);
  run_result result = {.fault = fault_of(t, form, plan.scratchBytes, &b)};
  if (!apart) result.fault = "has parts that write to the same scratch";
  for (int64_t j = 0; j < t->outputs; j++)
    result.outputs[j] = copied_output(&t->operands[t->inputs + j], b.operands[t->inputs + j]);
  for (int64_t i = 0; i < b.operandCount; i++)
    if (i == b.operandCount - 1 || !takes_input(&t->operands[i], form))
      deallocate(b.operands[i]);
  return result;
}

void free_result(const trial *t, run_result *result) {
  for (int64_t j = 0; j < t->outputs; j++) free(result->outputs[j]);
}
