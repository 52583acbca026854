// Row programs: elementwise steps over rows of columns, interpreted block by block so that the
// registers of a block stay in the first-level cache.

// What sizes and operands fix, found once for all lanes.
ML_INLINE void prepare_rows(
    row_machine *m, void *const *operands, const int64_t *sizes, const float *scalars,
    float *scratch) {
  m->shape = row_shape_of(sizes);
  m->operands = operands;
  m->scalars = scalars;
  m->scratch = scratch;
  if (m->shape.rows * m->shape.columns == 0) return;
  place_registers(m);
  m->block_rows = narrow_block_rows(m);
}

ML_INLINE float *sums_operand(const row_machine *m) {
  const row_shape *s = &m->shape;
  return s->row_sums > 0 ? m->operands[s->inputs + s->outputs] : 0;
}

ML_INLINE void run_rows(row_machine *m, int64_t part, int64_t parts) {
  const row_shape *s = &m->shape;
  m->sums = sums_operand(m);
  if (s->rows * s->columns == 0) {
    if (part == 0) clear_row_sums(m);
  } else if (s->wide) {
    run_wide_rows(m, part, parts);
  } else {
    run_narrow_rows(m, part, parts);
  }
}

#define ROW_SCRATCH (ROW_REGISTERS * (ROW_NARROW + ROW_SLACK))

static void row_program_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  _Alignas(64) float scratch[ROW_SCRATCH];
  row_machine m;
  prepare_rows(&m, operands, sizes, scalars, scratch);
  run_rows(&m, part, parts);
}

static void row_program_batch_tile(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t from, int64_t to,
    int64_t partition) {
  _Alignas(64) float scratch[ROW_SCRATCH];
  row_machine m;
  prepare_rows(&m, operands, sizes, scalars, scratch);
  m.sums = sums_operand(&m);
  run_narrow_blocks(&m, from, to);
}

// Moves from one lane to the next.
ML_INLINE void next_row_lane(row_machine *m, void **operands, const int64_t *steps) {
  const row_shape *s = &m->shape;
  int64_t count = s->inputs + s->outputs + (s->row_sums > 0);
  for (int64_t i = 0; i < count; i++) operands[i] = (char *)operands[i] + steps[i];
  if (s->rows * s->columns == 0) return;
  for (int64_t r = 0; r < s->inputs + s->steps; r++)
    if (m->operand[r] >= 0) m->base[r] = (float *)((char *)m->base[r] + steps[m->operand[r]]);
}

static void row_program_lanes(
    void **operands, const int64_t *steps, const int64_t *sizes, const float *scalars,
    int64_t lanes) {
  _Alignas(64) float scratch[ROW_SCRATCH];
  row_machine m;
  prepare_rows(&m, operands, sizes, scalars, scratch);
  for (int64_t lane = 0; lane < lanes; lane++) {
    if (lane > 0) next_row_lane(&m, operands, steps);
    run_rows(&m, 0, 1);
  }
}

static void row_program_combine(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  row_machine m;
  m.shape = row_shape_of(sizes);
  m.operands = operands;
  m.sums = operands[m.shape.inputs + m.shape.outputs];
  ml_range range = part_range(m.shape.columns, part, parts);
  combine_row_sums(&m, range.from, range.to);
}

// Pictures with windows are not cut, nor are the lines of sums or, where there are neither, vectors. 0
// where lines do not end with pictures.
ML_INLINE int64_t row_tile_granule(const row_shape *s) {
  const int64_t line = s->row_sums > 0 ? s->line / s->columns : rows_per_whole_vectors(s->columns);
  if (s->window_inputs + s->window_outputs == 0) return line;
  return s->height * s->width % line == 0 ? s->height * s->width : 0;
}

// Between blocks of sums, and between pictures with windows.
static int64_t row_program_cut(const int64_t *sizes, int64_t row) {
  const row_shape s = row_shape_of(sizes);
  const int64_t granule = row_tile_granule(&s), block = s.row_sums > 0 ? s.sum_block_rows : granule;
  row -= row % block;
  while (row % granule != 0) row -= block;
  return row;
}

ML_INLINE ml_batch_tiling row_program_tiling(const row_shape *s) {
  if (s->wide || s->rows * s->columns == 0) return (ml_batch_tiling){0};
  const int64_t granule = row_tile_granule(s);
  if (granule == 0) return (ml_batch_tiling){0};
  return (ml_batch_tiling){row_program_batch_tile, 0, s->rows, granule, ML_ANY_PARTITIONS, row_program_cut};
}

static ml_plan plan_row_program(const int64_t *sizes) {
  row_shape s = row_shape_of(sizes);
  int64_t elements = s.rows * s.columns * larger(1, (s.inputs + s.steps + s.outputs) / 4);
  int64_t most = s.rows;
  if (s.wide) {
    if (s.row_sums > 0) most = s.column_sums > 0 ? 1 : s.columns / ROW_BLOCK_MOST;
  } else if (s.row_sums > 0) {
    most = s.sum_blocks;
  } else if (s.window_outputs > 0) {
    most = s.rows / (s.height * s.width);
  }
  ml_plan plan = plan_of_one(row_program_run, part_limit_of_elements(elements, most));
  plan.laneKernel = row_program_lanes;
  plan.batchTiling = row_program_tiling(&s);
  if (s.row_sums > 0)
    plan.scratchBytes = s.row_sums * s.sum_blocks * quotient_up(s.line, 16) * 64;
  if (s.sum_blocks > 1) {
    plan.kernelCount = 2;
    plan.kernels[1] = row_program_combine;
    plan.partLimits[1] = part_limit_of_elements(s.sum_blocks * s.columns * s.row_sums, s.columns / 64);
  }
  return plan;
}
