// Copies between strided views: slices, transposes, reversals, broadcasts.

typedef struct {
  int64_t rank;
  int64_t extent[ML_COPY_RANK], target[ML_COPY_RANK], source[ML_COPY_RANK];  // strides in elements
  int64_t target_offset, source_offset;
  int64_t element_bytes;
} copy_shape;

// Axes of one position are dropped, and neighbours that are one axis in both views joined.
static copy_shape copy_shape_of(const int64_t *sizes) {
  const ml_copy_sizes *copy = (const ml_copy_sizes *)sizes;
  copy_shape s;
  s.element_bytes = copy->elementBytes;
  s.target_offset = copy->targetOffset;
  s.source_offset = copy->sourceOffset;
  s.rank = 0;
  const ml_copy_axis *axes = (const ml_copy_axis *)(copy + 1);
  for (const ml_copy_axis *axis = axes; axis < axes + copy->rank; axis++) {
    if (axis->extent == 1) continue;
    int64_t last = s.rank - 1;
    if (last >= 0 && s.target[last] == axis->targetStride * axis->extent &&
        s.source[last] == axis->sourceStride * axis->extent) {
      s.extent[last] *= axis->extent;
    } else {
      last = s.rank++;
      s.extent[last] = axis->extent;
    }
    s.target[last] = axis->targetStride;
    s.source[last] = axis->sourceStride;
  }
  for (; s.rank < 2; s.rank++) {
    for (int64_t i = s.rank; i > 0; i--) {
      s.extent[i] = s.extent[i - 1];
      s.target[i] = s.target[i - 1];
      s.source[i] = s.source[i - 1];
    }
    s.extent[0] = 1;
    s.target[0] = s.source[0] = 0;
  }
  return s;
}

// A plane of the last two axes. Where the source's neighbours lie along the rows, squares of
// sixteen keep both views in cache.
#define COPY_PLANE(name, type)                                                                   \
  ML_INLINE void name##_row(                                                                     \
      type *t, const type *x, int64_t count, int64_t t_step, int64_t x_step) {                   \
    if (t_step == 1 && x_step == 1) memcpy(t, x, (size_t)count * sizeof(type));                  \
    else if (t_step == 1 && x_step == 0)                                                         \
      for (int64_t i = 0; i < count; i++) t[i] = *x;                                             \
    else                                                                                         \
      for (int64_t i = 0; i < count; i++) t[i * t_step] = x[i * x_step];                         \
  }                                                                                              \
  static void name(type *t, const type *x, const copy_shape *s) {                                \
    int64_t r = s->rank - 2, c = s->rank - 1, rows = s->extent[r], columns = s->extent[c];       \
    int64_t wide = s->source[c] != 1 && s->source[c] != 0 ? COPY_COLUMNS : columns;              \
    for (int64_t from = 0; from < columns; from += wide)                                         \
      for (int64_t i = 0; i < rows; i++)                                                         \
        name##_row(t + i * s->target[r] + from * s->target[c],                                   \
                   x + i * s->source[r] + from * s->source[c], smaller(wide, columns - from),    \
                   s->target[c], s->source[c]);                                                  \
  }
COPY_PLANE(copy_plane_words, uint32_t)
COPY_PLANE(copy_plane_bytes, uint8_t)

// Planes are the items; with few of them, the rows of a plane are cut as well.
static void strided_copy_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  copy_shape s = copy_shape_of(sizes);
  int64_t planes = 1, rows = s.extent[s.rank - 2];
  for (int64_t i = 0; i < s.rank; i++)
    if (s.extent[i] == 0) return;
  for (int64_t i = 0; i < s.rank - 2; i++) planes *= s.extent[i];
  ml_range range = part_range(planes * rows, part, parts);
  while (range.from < range.to) {
    int64_t plane = range.from / rows, row = range.from % rows;
    copy_shape here = s;
    here.extent[s.rank - 2] = smaller(rows - row, range.to - range.from);
    range.from += here.extent[s.rank - 2];
    int64_t t = s.target_offset + row * s.target[s.rank - 2];
    int64_t x = s.source_offset + row * s.source[s.rank - 2];
    for (int64_t i = s.rank - 2; i-- > 0; plane /= s.extent[i]) {
      t += plane % s.extent[i] * s.target[i];
      x += plane % s.extent[i] * s.source[i];
    }
    if (s.element_bytes == 4)
      copy_plane_words((uint32_t *)operands[1] + t, (const uint32_t *)operands[0] + x, &here);
    else copy_plane_bytes((uint8_t *)operands[1] + t, (const uint8_t *)operands[0] + x, &here);
  }
}

static ml_plan plan_strided_copy(const int64_t *sizes) {
  copy_shape s = copy_shape_of(sizes);
  int64_t elements = s.extent[s.rank - 1], rows = 1;
  for (int64_t i = 0; i < s.rank - 1; i++) rows *= s.extent[i];
  return plan_of_one(strided_copy_run, part_limit_of_elements(elements * rows, rows));
}
