// Row programs: elementwise steps over R rows of C columns, interpreted block by block so that the
// registers of a block stay in the first-level cache.
//
// Narrow rows are grouped: a block is several whole rows, flat and contiguous. A wide row is cut
// along its columns: a block is a strip of one row. Sums over rows are cut into fixed blocks of
// rows whose partial sums lie in scratch; each is a line as wide as one row or several.

#define ROW_NARROW 512      // The widest row that is not cut.
#define ROW_BLOCK_MOST 1024 // Elements of a block with at most ROW_FEW_PLACES places in scratch;
#define ROW_FEW_PLACES 6    // with more of them it has ROW_NARROW elements.
#define ROW_SLACK 16        // A column's expansion may write this far beyond the block.
#define ROW_REGISTERS (ML_ROW_PROGRAM_INPUTS + ML_ROW_PROGRAM_STEPS)

// What the sizes alone fix.
typedef struct {
  int64_t rows, columns;
  int64_t inputs, steps, outputs;
  const int64_t *input_list, *step_list, *output_list;
  int8_t input_access[ML_ROW_PROGRAM_INPUTS];
  int8_t output_access[ML_ROW_PROGRAM_OUTPUTS];
  int64_t row_sums, column_sums;  // how many outputs of each kind
  int window_inputs, window_outputs;        // how many operands have windows,
  int8_t window_input_list[ML_ROW_PROGRAM_INPUTS], window_output_list[ML_ROW_PROGRAM_OUTPUTS];
  int64_t height, width;                    // the extents of the pictures,
  int64_t window_height, window_width;      // and of the windows
  int wide;
  int64_t sum_blocks, sum_block_rows;  // blocks of rows for sums over rows
  int64_t line;                        // the width of a partial sum: one row or several
} row_shape;

ML_INLINE int64_t greatest_power_of_two_divisor(int64_t n) { return n & -n; }

// How many rows make a whole number of vectors.
ML_INLINE int64_t rows_per_whole_vectors(int64_t columns) {
  int64_t divisor = greatest_power_of_two_divisor(columns);
  return divisor >= 16 ? 1 : 16 / divisor;
}

// Whether it is one, or a pair of them that begins here: the largest numbers come before their
// positions.
ML_INLINE int is_window_output(int access) {
  return access == ML_GATHERED || access == ML_WINDOW_LARGEST;
}

// One row is many rows of one column; one column knows only full operands and single ones; without
// broadcasts or sums there are no rows at all. So each shape has one form, the fastest. Where there
// are windows, rows stay what they are, even a single one.
ML_INLINE void normalize_rows(row_shape *s) {
  int8_t *in = s->input_access, *out = s->output_access;
  const int has_windows = s->window_inputs + s->window_outputs > 0;
  const int one_row = s->rows == 1 && !has_windows;
  int row_like = has_windows;
  for (int64_t i = 0; i < s->inputs; i++) {
    if (one_row) in[i] = in[i] == ML_ROW ? ML_FULL : in[i] == ML_COLUMN ? ML_SINGLE : in[i];
    else if (s->columns == 1)
      in[i] = in[i] == ML_COLUMN ? ML_FULL : in[i] == ML_ROW ? ML_SINGLE : in[i];
    row_like |= in[i] == ML_ROW || in[i] == ML_COLUMN;
  }
  for (int64_t i = 0; i < s->outputs; i++) {
    if (one_row)
      out[i] = out[i] == ML_SUM_COLUMNS && s->columns != 1 ? ML_SUM_ROWS : ML_FULL;
    else if (s->columns == 1 && out[i] == ML_SUM_COLUMNS) out[i] = ML_FULL;
    s->row_sums += out[i] == ML_SUM_ROWS;
    s->column_sums += out[i] == ML_SUM_COLUMNS;
  }
  row_like |= s->row_sums > 0 || s->column_sums > 0;
  if (one_row || !row_like) {
    s->rows *= s->columns;
    s->columns = 1;
  }
}

ML_INLINE row_shape row_shape_of(const int64_t *sizes) {
  row_shape s;
  s.rows = sizes[0];
  s.columns = sizes[1];
  s.inputs = sizes[2];
  s.steps = sizes[3];
  s.outputs = sizes[4];
  s.input_list = sizes + 5;
  s.step_list = s.input_list + s.inputs;
  s.output_list = s.step_list + 4 * s.steps;
  s.row_sums = s.column_sums = 0;
  s.window_inputs = s.window_outputs = 0;
  for (int64_t i = 0; i < s.inputs; i++) {
    s.input_access[i] = (int8_t)s.input_list[i];
    if (s.input_access[i] == ML_SCATTERED) s.window_input_list[s.window_inputs++] = (int8_t)i;
  }
  for (int64_t i = 0; i < s.outputs; i++) {
    s.output_access[i] = (int8_t)s.output_list[2 * i + 1];
    if (is_window_output(s.output_access[i]))
      s.window_output_list[s.window_outputs++] = (int8_t)i;
  }
  normalize_rows(&s);
  if (s.window_inputs + s.window_outputs > 0) {
    const int64_t *window = s.output_list + 2 * s.outputs;
    s.height = window[0], s.width = window[1];
    s.window_height = window[2], s.window_width = window[3];
  }
  s.wide = s.columns > ROW_NARROW;
  s.line = s.columns;
  s.sum_blocks = 1;
  s.sum_block_rows = s.rows;
  if (s.row_sums == 0 || s.wide || s.rows * s.columns == 0) return s;
  int64_t group = rows_per_whole_vectors(s.columns);
  if (group * s.columns > ROW_NARROW) group = 1;
  if (group * s.columns < 64) group *= quotient_up(64, group * s.columns);
  s.line = group * s.columns;
  int64_t wanted = units_for_elements(s.rows * s.columns, 64);
  if (s.window_outputs > 0) group = s.height * s.width;  // windows are not cut
  s.sum_block_rows = quotient_up(quotient_up(s.rows, wanted), group) * group;
  s.sum_blocks = quotient_up(s.rows, s.sum_block_rows);
  return s;
}

// A position of a picture, and the window that covers it.
typedef struct {
  int64_t h, w;       // the position
  int64_t oh, ow;     // the window
  int64_t kh, kw;     // and where in it the position is
  int64_t high, wide; // how many windows cover a picture
  int64_t first;      // the number of the picture's first window
} row_walk;

// A call at work on its memory.
typedef struct {
  row_shape shape;
  void *const *operands;
  const float *scalars;
  int64_t block;                         // elements of a block, at most
  int64_t block_rows;                    // rows of a block of narrow rows
  float *base[ROW_REGISTERS];            // where a register lies: in scratch, or in an operand,
  int64_t by_element[ROW_REGISTERS];     // moving by the element of the tensor (all bits set),
  int64_t by_column[ROW_REGISTERS];      // or by the column,
  int8_t operand[ROW_REGISTERS];         // in which operand; -1 in scratch,
  float *now[ROW_REGISTERS];             // and where in the present block
  row_link links[ML_ROW_PROGRAM_STEPS];  // the loops to run
  int64_t link_count;
  int8_t turn[ML_ROW_PROGRAM_OUTPUTS];   // when this output is copied; 0 if a step writes it
  int64_t last_turn;
  row_walk reading, writing;             // where windows are: of inputs, and of outputs
  float *scratch;
  float *sums;                           // the partial sums: [row sums][sum blocks][line]
} row_machine;

#include "row_registers.h"
#include "row_blocks.h"
#include "row_windows.h"
#include "row_sums.h"

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

static void row_program_turn(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t from, int64_t to,
    int64_t share) {
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
ML_INLINE int64_t row_turn_granule(const row_shape *s) {
  const int64_t line = s->row_sums > 0 ? s->line / s->columns : rows_per_whole_vectors(s->columns);
  if (s->window_inputs + s->window_outputs == 0) return line;
  return s->height * s->width % line == 0 ? s->height * s->width : 0;
}

// Between blocks of sums, and between pictures with windows.
static int64_t row_program_cut(const int64_t *sizes, int64_t row) {
  const row_shape s = row_shape_of(sizes);
  const int64_t granule = row_turn_granule(&s), block = s.row_sums > 0 ? s.sum_block_rows : granule;
  row -= row % block;
  while (row % granule != 0) row -= block;
  return row;
}

ML_INLINE ml_turns row_program_turns(const row_shape *s) {
  if (s->wide || s->rows * s->columns == 0) return (ml_turns){0};
  const int64_t granule = row_turn_granule(s);
  if (granule == 0) return (ml_turns){0};
  return (ml_turns){row_program_turn, 0, s->rows, granule, ML_ANY_SHARES, row_program_cut};
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
  ml_plan plan = plan_of_one(row_program_run, units_for_elements(elements, most));
  plan.lanes = row_program_lanes;
  plan.turns = row_program_turns(&s);
  if (s.row_sums > 0)
    plan.scratchBytes = s.row_sums * s.sum_blocks * quotient_up(s.line, 16) * 64;
  if (s.sum_blocks > 1) {
    plan.stageCount = 2;
    plan.stages[1] = row_program_combine;
    plan.units[1] = units_for_elements(s.sum_blocks * s.columns * s.row_sums, s.columns / 64);
  }
  return plan;
}
