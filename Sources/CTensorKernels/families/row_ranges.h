// The two ways of walking over the rows of a program: narrow ones in blocks of several, wide ones in
// strips of their columns.

ML_INLINE void run_narrow_range(row_machine *m, int64_t from, int64_t to, int64_t sum_block) {
  const row_shape *s = &m->shape;
  if (s->window_inputs + s->window_outputs > 0) begin_windows(m, from);
  for (int64_t row = from; row < to; row += m->block_rows) {
    int64_t rows = smaller(m->block_rows, to - row);
    expand_columns(m, row, rows, s->columns);
    if (s->window_inputs > 0) scatter_windows(m, rows);
    run_block_steps(m, row * s->columns, 0, rows * s->columns);
    if (s->window_outputs > 0) write_windows(m, rows);
    if (s->row_sums + s->column_sums > 0) sum_narrow_block(m, row, rows, sum_block);
    copy_outputs(m, row * s->columns, rows * s->columns);
  }
}

// How many rows make a block. Tiny programs are spared the divisions.
ML_INLINE int64_t narrow_block_rows(const row_machine *m) {
  const row_shape *s = &m->shape;
  if (s->columns == 1) return m->block;
  int64_t rows = m->block / s->columns;
  if (rows >= s->rows) return s->rows;
  int64_t group = s->row_sums > 0 ? s->line / s->columns : rows_per_whole_vectors(s->columns);
  return rows > group ? rows / group * group : rows;
}

// Rows [from, to), sums over them included; a block of sums is begun at its first row.
static void run_narrow_blocks(row_machine *m, int64_t from, int64_t to) {
  const row_shape *s = &m->shape;
  fill_constant_inputs(m, smaller(m->block_rows, s->rows) * s->columns);
  while (from < to) {
    int64_t block = from / s->sum_block_rows, first = block * s->sum_block_rows;
    int64_t end = smaller(first + s->sum_block_rows, to);
    for (int64_t sum = 0; from == first && sum < s->row_sums; sum++)
      fill_floats(row_sum_line(m, sum, block), 0, s->line);
    run_narrow_range(m, from, end, block);
    from = end;
  }
  if (s->row_sums > 0 && s->sum_blocks == 1 && to == s->rows) combine_row_sums(m, 0, s->columns);
}

static void run_narrow_rows(row_machine *m, int64_t part, int64_t parts) {
  const row_shape *s = &m->shape;
  int64_t items = 1, item_rows = m->block_rows;
  if (s->row_sums > 0) {
    items = s->sum_blocks;
    item_rows = s->sum_block_rows;
  } else if (s->window_outputs > 0) {
    item_rows = s->height * s->width;
    items = s->rows / item_rows;
  } else if (s->rows > item_rows) {
    items = quotient_up(s->rows, item_rows);
  }
  ml_range range = part_range(items, part, parts);
  if (range.from == range.to) return;
  run_narrow_blocks(m, range.from * item_rows, smaller(range.to * item_rows, s->rows));
}

// A strip of one row: columns [from, to).
ML_INLINE void run_strip(
    row_machine *m, int64_t row, int64_t from, int64_t to, float32x16 *column_sums) {
  const row_shape *s = &m->shape;
  int64_t element = row * s->columns + from, count = to - from;
  expand_columns(m, row, 1, count);
  run_block_steps(m, element, from, count);
  int64_t sum = 0;
  for (int64_t j = 0; j < s->outputs; j++) {
    const float *x = m->now[s->output_list[j].source];
    if (s->output_access[j] == ML_SUM_ROWS) add_to(row_sum_line(m, sum++, 0) + from, x, count);
    if (s->output_access[j] == ML_SUM_COLUMNS)
      column_sums[j] = add_sixteens(column_sums[j], x, count);
  }
  copy_outputs(m, element, count);
}

ML_INLINE void run_wide_row(row_machine *m, int64_t row, int64_t from, int64_t to) {
  const row_shape *s = &m->shape;
  float32x16 column_sums[ML_ROW_PROGRAM_OUTPUTS];
  for (int64_t j = 0; j < s->outputs; j++) column_sums[j] = all16(0);
  for (int64_t c = from; c < to; c += m->block)
    run_strip(m, row, c, smaller(c + m->block, to), column_sums);
  for (int64_t j = 0; j < s->outputs; j++)
    if (s->output_access[j] == ML_SUM_COLUMNS)
      ((float *)m->operands[s->inputs + j])[row] = sum16(column_sums[j]);
}

// Parts are rows; ranges of columns where rows are summed; only one where columns are summed too.
static void run_wide_rows(row_machine *m, int64_t part, int64_t parts) {
  const row_shape *s = &m->shape;
  int64_t strips = quotient_up(s->columns, m->block);
  ml_range rows = {0, s->rows}, columns = {0, strips};
  if (s->row_sums > 0 && s->column_sums > 0) rows.to = part == 0 ? s->rows : 0;
  else if (s->row_sums > 0) columns = part_range(strips, part, parts);
  else rows = part_range(s->rows, part, parts);
  int64_t from = columns.from * m->block, to = smaller(columns.to * m->block, s->columns);
  if (rows.from >= rows.to || from >= to) return;
  fill_constant_inputs(m, m->block);
  for (int64_t sum = 0; sum < s->row_sums; sum++)
    fill_floats(row_sum_line(m, sum, 0) + from, 0, to - from);
  for (int64_t row = rows.from; row < rows.to; row++) run_wide_row(m, row, from, to);
  if (s->row_sums > 0) combine_row_sums(m, from, to);
}
