// Operands with windows: rows are the positions of pictures, windows lie side by side, and each
// position meets the one window that covers it.

// From the row where a range of rows begins.
static void begin_windows(row_machine *m, int64_t row) {
  const row_shape *s = &m->shape;
  int64_t area = s->height * s->width, high = s->height / s->window_height;
  m->walk = (row_walk){
    .h = row % area / s->width, .w = row % s->width, .high = high,
    .wide = s->width / s->window_width, .first = row / area * high * (s->width / s->window_width),
  };
  m->walk.oh = m->walk.h / s->window_height, m->walk.kh = m->walk.h % s->window_height;
  m->walk.ow = m->walk.w / s->window_width, m->walk.kw = m->walk.w % s->window_width;
}

ML_INLINE void walk_on(const row_shape *s, row_walk *walk) {
  if (++walk->kw == s->window_width) walk->kw = 0, walk->ow += 1;
  if (++walk->w < s->width) return;
  walk->w = walk->ow = walk->kw = 0;
  if (++walk->kh == s->window_height) walk->kh = 0, walk->oh += 1;
  if (++walk->h < s->height) return;
  walk->h = walk->oh = walk->kh = 0;
  walk->first += walk->high * walk->wide;
}

ML_INLINE int is_covered(const row_walk *walk) {
  return walk->oh < walk->high && walk->ow < walk->wide;
}

// The number of the window that covers the position.
ML_INLINE int64_t window_at(const row_walk *walk) {
  return walk->first + walk->oh * walk->wide + walk->ow;
}

ML_INLINE int32x16 is_at(const uint8_t *index, int32_t position) {
  return __builtin_convertvector(*(const uint8x16_anywhere *)index, int32x16) == position;
}

#define WINDOWS_AHEAD 8

// Asks for the numbers of windows further on: a block reads too little at a time for the machine to
// read ahead by itself.
ML_INLINE void fetch_ahead(
    const float *x, const uint8_t *index, int64_t distance, int64_t columns) {
  for (int64_t c = 0; c < columns; c += 16) __builtin_prefetch(x + distance + c);
  for (int64_t c = 0; c < columns; c += 64) __builtin_prefetch(index + distance + c);
}

static const uint8_t *window_index_of(const row_machine *m) {
  for (int64_t k = 0; k < m->shape.inputs; k++)
    if (m->shape.input_access[k] == ML_POSITIONS) return m->operands[k];
  return 0;
}

// Fills the registers of scattered inputs for the next rows; gives the position after them.
static row_walk scatter_windows(const row_machine *m, int64_t rows) {
  const row_shape *s = &m->shape;
  const uint8_t *index = window_index_of(m);
  row_walk walk = m->walk;
  for (int64_t k = 0; k < s->inputs; k++) {
    if (s->input_access[k] != ML_SCATTERED) continue;
    const float *x = m->operands[k];
    float *y = m->base[k];
    walk = m->walk;
    for (int64_t i = 0; i < rows; i++, y += s->columns, walk_on(s, &walk)) {
      if (!is_covered(&walk)) {
        fill_floats(y, 0, s->columns);
        continue;
      }
      int64_t from = window_at(&walk) * s->columns;
      int32_t position = (int32_t)(walk.kh * s->window_width + walk.kw);
      if (walk.kh == 0 && walk.kw == 0)
        fetch_ahead(x + from, index + from, WINDOWS_AHEAD * s->columns, s->columns);
#pragma clang loop unroll_count(4)
      for (int64_t c = 0; c < s->columns; c += 16)
        store16(
            y + c, choose(is_at(index + from + c, position), load16(x + from + c), all16(0)));
    }
  }
  return walk;
}

// What stands at the named position of each window.
ML_INLINE void gather_position(
    float *y, const float *x, const uint8_t *index, int32_t position, int64_t columns) {
#pragma clang loop unroll_count(4)
  for (int64_t c = 0; c < columns; c += 16)
    store16(y + c, choose(is_at(index + c, position), load16(x + c), load16(y + c)));
}

// The largest so far, and where it stands; a window's first position begins anew.
ML_INLINE void compare_position(
    float *y, uint8_t *index, const float *x, int32_t position, int64_t columns) {
#pragma clang loop unroll_count(4)
  for (int64_t c = 0; c < columns; c += 16) {
    float32x16 value = load16(x + c), largest = load16(y + c);
    uint8x16_anywhere *place = (uint8x16_anywhere *)(index + c);
    int32x16 better = position == 0 ? (int32x16)-1 : ahead(value, largest);
    store16(y + c, choose(better, value, largest));
    *place = __builtin_convertvector(
        choose_integers(better, (int32x16)position, __builtin_convertvector(*place, int32x16)),
        uint8x16);
  }
}

// What the next rows give to outputs with windows; gives the position after them. Largest values and
// their positions come in pairs, the values first.
static row_walk write_windows(const row_machine *m, int64_t rows) {
  const row_shape *s = &m->shape;
  const uint8_t *index = window_index_of(m);
  row_walk walk = m->walk;
  for (int64_t j = 0; j < s->outputs; j++) {
    int access = s->output_access[j];
    if (access != ML_GATHERED && access != ML_WINDOW_LARGEST) continue;
    float *y = m->operands[s->inputs + j];
    uint8_t *places = access == ML_GATHERED ? 0 : m->operands[s->inputs + j + 1];
    const float *x = m->now[s->output_list[2 * j]];
    walk = m->walk;
    for (int64_t i = 0; i < rows; i++, x += s->columns, walk_on(s, &walk)) {
      if (!is_covered(&walk)) continue;
      int64_t at = window_at(&walk) * s->columns;
      int32_t position = (int32_t)(walk.kh * s->window_width + walk.kw);
      if (places) compare_position(y + at, places + at, x, position, s->columns);
      else gather_position(y + at, x, index + at, position, s->columns);
    }
  }
  return walk;
}
