// Where the registers of a row program lie: full operands are used in place, the others share
// scratch, a place being free again after its last read.

#define ROW_SLACK 16  // a column's expansion may write this far beyond the block

#define ROW_NOT_YET -1
#define ROW_IN_OPERAND -2
#define ROW_IN_PAIR -3

typedef struct {
  int64_t last_read[ROW_REGISTERS];  // the last step that reads it; `steps` if an output does
  int8_t place[ROW_REGISTERS];       // in scratch
  int8_t free_places[ROW_REGISTERS];
  int64_t free_count, place_count;
} row_placement;

ML_INLINE void find_last_reads(const row_shape *s, row_placement *p) {
  for (int64_t r = 0; r < s->inputs + s->steps; r++) p->last_read[r] = ROW_NOT_YET;
  for (int64_t i = 0; i < s->steps; i++) {
    const ml_row_step *step = s->step_list + i;
    int64_t operands = row_step_operands(step);
    for (int64_t k = 0; k < operands; k++) p->last_read[step->registers[k]] = i;
  }
  for (int64_t i = 0; i < s->outputs; i++) p->last_read[s->output_list[i].source] = s->steps;
}

// Whether writing this memory at step i destroys nothing that is still read. It may be that of a
// full input.
ML_INLINE int may_write_at(const row_machine *m, const row_placement *p, const void *y, int64_t i) {
  for (int64_t k = 0; k < m->shape.inputs; k++)
    if (m->operands[k] == y && p->last_read[k] > i) return 0;
  return 1;
}

ML_INLINE int is_memory_of_input(const row_machine *m, const void *y) {
  for (int64_t k = 0; k < m->shape.inputs; k++)
    if (m->operands[k] == y) return 1;
  return 0;
}

// Steps that can write a full output themselves do. The other full outputs are copied at the end of
// a block: those of inputs first, and of these first the ones that overwrite no input.
ML_INLINE void place_full_outputs(row_machine *m, row_placement *p) {
  const row_shape *s = &m->shape;
  for (int64_t j = 0; j < s->outputs; j++) {
    if (s->output_access[j] != ML_FULL) continue;
    int64_t r = s->output_list[j].source;
    void *y = m->operands[s->inputs + j];
    m->copy_order[j] = 3;
    if (r < s->inputs) {
      m->copy_order[j] = is_memory_of_input(m, y) ? 2 : 1;
    } else if (p->place[r] == ROW_NOT_YET && may_write_at(m, p, y, r - s->inputs)) {
      m->copy_order[j] = 0;
      p->place[r] = ROW_IN_OPERAND;
      m->base[r] = y;
      m->operand[r] = (int8_t)(s->inputs + j);
      m->by_element[r] = -1;
      m->by_column[r] = 0;
    }
    m->last_copy = larger(m->last_copy, m->copy_order[j]);
  }
}

ML_INLINE void place_in_scratch(row_placement *p, int64_t r) {
  p->place[r] = p->free_count > 0 ? p->free_places[--p->free_count] : (int8_t)p->place_count++;
}

ML_INLINE void place_inputs(row_machine *m, row_placement *p) {
  const row_shape *s = &m->shape;
  for (int64_t k = 0; k < s->inputs; k++) {
    int access = s->input_access[k];
    int stays = access == ML_FULL || (access == ML_ROW && s->wide);
    m->by_element[k] = access == ML_FULL ? -1 : 0;
    m->by_column[k] = access == ML_ROW && s->wide ? -1 : 0;
    m->base[k] = m->operands[k];
    m->operand[k] = (int8_t)k;
    if (stays || access == ML_POSITIONS) p->place[k] = ROW_IN_OPERAND;
    else place_in_scratch(p, k);
  }
}

// Joins steps to pairs where possible. A value inside a pair has no place.
ML_INLINE void find_links(row_machine *m, row_placement *p) {
  const row_shape *s = &m->shape;
  m->link_count = 0;
  for (int64_t i = 0; i < s->steps; i++) {
    const ml_row_step *step = s->step_list + i;
    int64_t value = s->inputs + i;
    row_link *link = m->links + m->link_count++;
    *link = single_link(step, value, m->scalars);
    if (i + 1 == s->steps || p->last_read[value] != i + 1) continue;
    if (!join_next(link, step, value, m->scalars)) continue;
    p->place[value] = ROW_IN_PAIR;
    i += 1;
  }
}

ML_INLINE void place_steps(row_machine *m, row_placement *p) {
  const row_shape *s = &m->shape;
  for (int64_t i = 0; i < s->steps; i++) {
    const ml_row_step *step = s->step_list + i;
    int64_t operands = row_step_operands(step);
    for (int64_t k = 0; k < operands; k++) {
      int64_t r = step->registers[k];
      if (r < s->inputs || p->last_read[r] != i || p->place[r] < 0) continue;
      p->free_places[p->free_count++] = p->place[r];
      p->last_read[r] = ROW_NOT_YET;
    }
    int64_t r = s->inputs + i;
    if (p->place[r] == ROW_IN_OPERAND) continue;
    m->by_element[r] = m->by_column[r] = 0;
    m->base[r] = m->scratch;
    if (p->place[r] != ROW_IN_PAIR) place_in_scratch(p, r);
  }
}

static void place_registers(row_machine *m) {
  const row_shape *s = &m->shape;
  int64_t registers = s->inputs + s->steps;
  m->last_copy = 0;
  row_placement p;
  p.free_count = p.place_count = 0;
  for (int64_t r = s->inputs; r < registers; r++) p.place[r] = ROW_NOT_YET;
  find_last_reads(s, &p);
  place_full_outputs(m, &p);
  place_inputs(m, &p);
  find_links(m, &p);
  place_steps(m, &p);
  m->block = p.place_count > ROW_FEW_PLACES ? ROW_NARROW : ROW_BLOCK_MOST;
  for (int64_t r = 0; r < registers; r++) {
    if (p.place[r] == ROW_IN_OPERAND) continue;
    m->operand[r] = -1;
    if (p.place[r] >= 0) m->base[r] = m->scratch + p.place[r] * (m->block + ROW_SLACK);
  }
}
