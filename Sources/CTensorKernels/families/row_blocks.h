// Running the steps of a row program on one block after the other.

ML_INLINE int in_operand(const row_machine *m, int64_t r) {
  return (m->by_element[r] | m->by_column[r]) != 0;
}

ML_INLINE void run_steps(const row_machine *m, float *const *r, int64_t vectors) {
  for (const row_link *link = m->links, *end = link + m->link_count; link < end; link++)
    link->loop(r[link->d], r[link->a], r[link->b], r[link->c], r[link->p], link->s, vectors);
}

// The last elements of a block, fewer than sixteen: operands are staged, so that nothing beyond
// them is touched.
static void run_edge(const row_machine *m, int64_t from, int64_t count) {
  const row_shape *s = &m->shape;
  float staged[ROW_REGISTERS][16];
  float *registers[ROW_REGISTERS];
  int64_t all = s->inputs + s->steps;
  for (int64_t r = 0; r < all; r++) {
    registers[r] = m->now[r] + from;
    if (!in_operand(m, r)) continue;
    registers[r] = staged[r];
    if (r < s->inputs) store16(staged[r], load_first(m->now[r] + from, count));
  }
  run_steps(m, registers, 1);
  for (int64_t r = s->inputs; r < all; r++)
    if (in_operand(m, r)) store_first(m->now[r] + from, load16(staged[r]), count);
}

// Full outputs that no step wrote.
ML_INLINE void copy_outputs(const row_machine *m, int64_t element, int64_t count) {
  const row_shape *s = &m->shape;
  for (int64_t order = 1; order <= m->last_copy; order++)
    for (int64_t j = 0; j < s->outputs; j++) {
      if (s->output_access[j] != ML_FULL || m->copy_order[j] != order) continue;
      const float *x = m->now[s->output_list[j].source];
      float *y = (float *)m->operands[s->inputs + j] + element;
      if (y != x) memcpy(y, x, (size_t)count * 4);
    }
}

// Elements [element, element + count) of the tensor, which begin at a column.
ML_INLINE void run_block_steps(row_machine *m, int64_t element, int64_t column, int64_t count) {
  int64_t all = m->shape.inputs + m->shape.steps;
  for (int64_t r = 0; r < all; r++)
    m->now[r] = m->base[r] + ((element & m->by_element[r]) + (column & m->by_column[r]));
  int64_t whole = count & -16;
  if (whole > 0) run_steps(m, m->now, whole / 16);
  if (whole < count) run_edge(m, whole, count - whole);
}

// A row, repeated for each row of a block.
ML_INLINE void repeat_row(float *tile, const float *row, int64_t columns, int64_t count) {
  memcpy(tile, row, (size_t)columns * 4);
  for (int64_t done = columns; done < count;) {
    int64_t more = smaller(done, count - done);
    memcpy(tile + done, tile, (size_t)more * 4);
    done += more;
  }
}

// Inputs that are the same in each block of at most `elements`.
static void fill_constant_inputs(const row_machine *m, int64_t elements) {
  const row_shape *s = &m->shape;
  for (int64_t k = 0; k < s->inputs; k++) {
    const float *x = m->operands[k];
    if (s->input_access[k] == ML_SINGLE)
      fill_floats(m->base[k], *x, quotient_up(elements, 16) * 16);
    else if (s->input_access[k] == ML_ROW && !s->wide)
      repeat_row(m->base[k], x, s->columns, elements);
  }
}

// One number a row, expanded over the columns of rows [row, row + rows).
ML_INLINE void expand_columns(
    const row_machine *m, int64_t row, int64_t rows, int64_t columns) {
  const row_shape *s = &m->shape;
  for (int64_t k = 0; k < s->inputs; k++) {
    if (s->input_access[k] != ML_COLUMN) continue;
    const float *x = (const float *)m->operands[k] + row;
    float *y = m->base[k];
    // Each row overwrites what the one before it wrote too far.
    for (int64_t i = 0; i < rows; i++, y += columns)
      for (int64_t c = 0; c < columns; c += 16) store16(y + c, all16(x[i]));
  }
}
