// Operands with windows: rows are the positions of pictures, windows lie side by side, and each
// position meets the one window that covers it.

// From the row where a range of rows begins.
static void begin_windows(row_machine *m, int64_t row) {
  const row_shape *s = &m->shape;
  int64_t area = s->height * s->width, high = s->height / s->window_height;
  row_walk walk = {
    .h = row % area / s->width, .w = row % s->width, .high = high,
    .wide = s->width / s->window_width, .first = row / area * high * (s->width / s->window_width),
  };
  walk.oh = walk.h / s->window_height, walk.kh = walk.h % s->window_height;
  walk.ow = walk.w / s->window_width, walk.kw = walk.w % s->window_width;
  m->reading = m->writing = walk;
}

// On to a position further right in the same window, or to the first of the next.
ML_INLINE void walk_on(const row_shape *s, row_walk *walk, int64_t positions) {
  walk->kw += positions, walk->w += positions;
  if (walk->kw == s->window_width) walk->kw = 0, walk->ow += 1;
  if (walk->w < s->width) return;
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

// How many positions are met at once: two neighbours of one window where they are there.
ML_INLINE int64_t positions_at_once(const row_shape *s, const row_walk *walk, int64_t rows) {
  return rows > 1 && walk->kw + 1 < s->window_width && is_covered(walk) ? 2 : 1;
}

ML_INLINE int32x16 load_places(const uint8_t *index) {
  return __builtin_convertvector(*(const uint8x16_anywhere *)index, int32x16);
}

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

// A window's number where it belongs among neighbouring positions, and zeros at the others.
ML_INLINE void scatter_positions(
    float *y, const float *x, const uint8_t *index, int32_t position, int64_t positions,
    int64_t columns) {
#pragma clang loop unroll_count(4)
  for (int64_t c = 0; c < columns; c += 16) {
    int32x16 places = load_places(index + c);
    float32x16 value = load16(x + c);
    store16(y + c, choose(places == position, value, all16(0)));
    if (positions == 2)
      store16(y + columns + c, choose(places == position + 1, value, all16(0)));
  }
}

// Fills the registers of scattered inputs for the next rows. Two calls for one or two positions: with
// a constant the loops over columns have no branch.
static void scatter_windows(row_machine *m, int64_t rows) {
  const row_shape *s = &m->shape;
  const uint8_t *index = window_index_of(m);
  row_walk *walk = &m->reading;
  for (int64_t i = 0, met; i < rows; i += met, walk_on(s, walk, met)) {
    met = positions_at_once(s, walk, rows - i);
    const int covered = is_covered(walk);
    int64_t from = covered ? window_at(walk) * s->columns : 0;
    int32_t position = (int32_t)(walk->kh * s->window_width + walk->kw);
    for (int64_t w = 0; w < s->window_inputs; w++) {
      int64_t k = s->window_input_list[w];
      const float *x = (const float *)m->operands[k] + from;
      float *y = m->base[k] + i * s->columns;
      if (covered && position == 0)
        fetch_ahead(x, index + from, ROW_WINDOWS_AHEAD * s->columns, s->columns);
      if (!covered) fill_floats(y, 0, s->columns);
      else if (met == 2) scatter_positions(y, x, index + from, position, 2, s->columns);
      else scatter_positions(y, x, index + from, position, 1, s->columns);
    }
  }
}

// What stands at the named position of each window.
ML_INLINE void gather_positions(
    float *y, const float *x, const uint8_t *index, int32_t position, int64_t positions,
    int64_t columns) {
#pragma clang loop unroll_count(4)
  for (int64_t c = 0; c < columns; c += 16) {
    int32x16 places = load_places(index + c);
    float32x16 value = choose(places == position, load16(x + c), load16(y + c));
    if (positions == 2)
      value = choose(places == position + 1, load16(x + columns + c), value);
    store16(y + c, value);
  }
}

// The largest so far, and where it stands; a window begins at its first position.
ML_INLINE void compare_positions(
    float *y, uint8_t *index, const float *x, int32_t position, int64_t positions,
    int64_t columns) {
#pragma clang loop unroll_count(4)
  for (int64_t c = 0; c < columns; c += 16) {
    float32x16 value = load16(x + c), largest = load16(y + c);
    int32x16 better = position == 0 ? (int32x16)-1 : ahead(value, largest);
    largest = choose(better, value, largest);
    int32x16 place = choose_integers(better, (int32x16)position, load_places(index + c));
    if (positions == 2) {
      float32x16 next = load16(x + columns + c);
      better = ahead(next, largest);
      largest = choose(better, next, largest);
      place = choose_integers(better, (int32x16)(position + 1), place);
    }
    store16(y + c, largest);
    *(uint8x16_anywhere *)(index + c) = __builtin_convertvector(place, uint8x16);
  }
}

// What the next rows give to outputs with windows.
static void write_windows(row_machine *m, int64_t rows) {
  const row_shape *s = &m->shape;
  const uint8_t *index = window_index_of(m);
  row_walk *walk = &m->writing;
  for (int64_t i = 0, met; i < rows; i += met, walk_on(s, walk, met)) {
    met = positions_at_once(s, walk, rows - i);
    if (!is_covered(walk)) continue;
    int64_t at = window_at(walk) * s->columns;
    int32_t position = (int32_t)(walk->kh * s->window_width + walk->kw);
    for (int64_t w = 0; w < s->window_outputs; w++) {
      int64_t j = s->window_output_list[w];
      float *y = (float *)m->operands[s->inputs + j] + at;
      const float *x = m->now[s->output_list[j].source] + i * s->columns;
      if (s->output_access[j] == ML_GATHERED) {
        if (met == 2) gather_positions(y, x, index + at, position, 2, s->columns);
        else gather_positions(y, x, index + at, position, 1, s->columns);
        continue;
      }
      uint8_t *places = (uint8_t *)m->operands[s->inputs + j + 1] + at;
      if (met == 2) compare_positions(y, places, x, position, 2, s->columns);
      else compare_positions(y, places, x, position, 1, s->columns);
    }
  }
}
