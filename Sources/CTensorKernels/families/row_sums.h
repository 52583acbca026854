// The sums that a row program ends with.

ML_INLINE float *row_sum_line(const row_machine *m, int64_t sum, int64_t block) {
  int64_t padded = quotient_up(m->shape.line, 16) * 16;
  return m->sums + (sum * m->shape.sum_blocks + block) * padded;
}

static void clear_row_sums(const row_machine *m) {
  const row_shape *s = &m->shape;
  for (int64_t j = 0; j < s->outputs; j++) {
    float *y = m->operands[s->inputs + j];
    if (s->output_access[j] == ML_SUM_ROWS) fill_floats(y, 0, s->columns);
    if (s->output_access[j] == ML_SUM_COLUMNS) fill_floats(y, 0, s->rows);
  }
}

// Columns [from, to) of the sums over rows: over the blocks in order, then over the rows of a line.
static void combine_row_sums(const row_machine *m, int64_t from, int64_t to) {
  const row_shape *s = &m->shape;
  int64_t sum = 0;
  for (int64_t j = 0; j < s->outputs; j++) {
    if (s->output_access[j] != ML_SUM_ROWS) continue;
    float *y = m->operands[s->inputs + j];
    float *first = row_sum_line(m, sum, 0);
    for (int64_t c = 0; c < s->line; c += s->columns)
      for (int64_t block = 1; block < s->sum_blocks; block++)
        add_to(first + c + from, row_sum_line(m, sum, block) + c + from, to - from);
    for (int64_t i = from; i < to; i += ML_LANES) {
      const int64_t count = smaller(ML_LANES, to - i);
      float32x16 v = load_first(first + i, count);
      for (int64_t c = s->columns; c < s->line; c += s->columns)
        v += load_first(first + c + i, count);
      store_first(y + i, v, count);
    }
    sum += 1;
  }
}

ML_INLINE void sum_narrow_block(
    const row_machine *m, int64_t row, int64_t rows, int64_t sum_block) {
  const row_shape *s = &m->shape;
  int64_t sum = 0;
  for (int64_t j = 0; j < s->outputs; j++) {
    const float *x = m->now[s->output_list[j].source];
    if (s->output_access[j] == ML_SUM_ROWS)
      add_lines(row_sum_line(m, sum++, sum_block), x, rows * s->columns, s->line);
    if (s->output_access[j] != ML_SUM_COLUMNS) continue;
    float *y = (float *)m->operands[s->inputs + j] + row;
    for (int64_t i = 0; i < rows; i++, x += s->columns)
      y[i] = sum16(add_sixteens(all16(0), x, s->columns));
  }
}
