// The shape of a row program: what its sizes alone fix.
//
// Narrow rows are grouped: a block is several whole rows, flat and contiguous. A wide row is cut
// along its columns: a block is a strip of one row. Sums over rows are cut into fixed blocks of
// rows whose partial sums lie in scratch; each is a line as wide as one row or several.

#define ROW_REGISTERS (ML_ROW_PROGRAM_INPUTS + ML_ROW_PROGRAM_STEPS)

typedef struct {
  int64_t rows, columns;
  int64_t inputs, steps, outputs;
  const ml_row_step *step_list;
  const ml_row_output *output_list;
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

// The operands, and which of them have windows.
ML_INLINE void read_row_operands(row_shape *s, const int64_t *inputs) {
  s->window_inputs = s->window_outputs = 0;
  for (int64_t i = 0; i < s->inputs; i++) {
    s->input_access[i] = (int8_t)inputs[i];
    if (s->input_access[i] == ML_SCATTERED) s->window_input_list[s->window_inputs++] = (int8_t)i;
  }
  for (int64_t i = 0; i < s->outputs; i++) {
    s->output_access[i] = (int8_t)s->output_list[i].access;
    if (is_window_output(s->output_access[i]))
      s->window_output_list[s->window_outputs++] = (int8_t)i;
  }
}

// The blocks of sums over rows.
ML_INLINE void cut_row_sums(row_shape *s) {
  s->line = s->columns;
  s->sum_blocks = 1;
  s->sum_block_rows = s->rows;
  if (s->row_sums == 0 || s->wide || s->rows * s->columns == 0) return;
  int64_t group = rows_per_whole_vectors(s->columns);
  if (group * s->columns > ROW_NARROW) group = 1;
  if (group * s->columns < ROW_LEAST_LINE)
    group *= quotient_up(ROW_LEAST_LINE, group * s->columns);
  s->line = group * s->columns;
  int64_t wanted = part_limit_of_elements(s->rows * s->columns, ML_PART_MOST);
  if (s->window_outputs > 0) group = s->height * s->width;  // windows are not cut
  s->sum_block_rows = quotient_up(quotient_up(s->rows, wanted), group) * group;
  s->sum_blocks = quotient_up(s->rows, s->sum_block_rows);
}

ML_INLINE row_shape row_shape_of(const int64_t *sizes) {
  const ml_row_program_sizes *counts = (const ml_row_program_sizes *)sizes;
  row_shape s = {
      .rows = counts->rows, .columns = counts->columns, .inputs = counts->inputs,
      .steps = counts->steps, .outputs = counts->outputs,
  };
  const int64_t *inputs = (const int64_t *)(counts + 1);
  s.step_list = (const ml_row_step *)(inputs + s.inputs);
  s.output_list = (const ml_row_output *)(s.step_list + s.steps);
  read_row_operands(&s, inputs);
  normalize_rows(&s);
  if (s.window_inputs + s.window_outputs > 0) {
    const ml_row_windows *windows = (const ml_row_windows *)(s.output_list + s.outputs);
    s.height = windows->height, s.width = windows->width;
    s.window_height = windows->windowHeight, s.window_width = windows->windowWidth;
  }
  s.wide = s.columns > ROW_NARROW;
  cut_row_sums(&s);
  return s;
}
