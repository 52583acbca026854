// Constants, positions and conversions.

static void fill_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  ml_range range = part_range(((const ml_fill_sizes *)sizes)->count, part, parts);
  fill_floats((float *)operands[0] + range.from, scalars[0], range.to - range.from);
}

static ml_plan plan_fill(const int64_t *sizes) {
  return plan_of_one(fill_run, part_limit_of_elements(((const ml_fill_sizes *)sizes)->count, ML_PART_MOST));
}

static void iota_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  const ml_axis_sizes *s = (const ml_axis_sizes *)sizes;
  int64_t extent = s->extent, inner = s->inner;
  ml_range range = part_range(s->outer * extent, part, parts);
  int32_t *y = (int32_t *)operands[0] + range.from * inner;
  for (int64_t row = range.from; row < range.to; row++, y += inner)
    for (int64_t i = 0; i < inner; i++) y[i] = (int32_t)(row % extent);
}

static ml_plan plan_iota(const int64_t *sizes) {
  const ml_axis_sizes *s = (const ml_axis_sizes *)sizes;
  return plan_of_one(
      iota_run, part_limit_of_elements(s->outer * s->extent * s->inner, ML_PART_MOST));
}

// Limits are exact in float: a number at or beyond `above` saturates; none is zero.
#define FROM_FLOAT(type, lowest, highest, above) \
  static type float_to_##type(float x) {         \
    if (x != x) return 0;                        \
    if (x >= above) return highest;              \
    return x <= (float)lowest ? lowest : (type)x; \
  }
FROM_FLOAT(int32_t, INT32_MIN, INT32_MAX, 0x1p31f)
FROM_FLOAT(uint32_t, 0, UINT32_MAX, 0x1p32f)
FROM_FLOAT(uint8_t, 0, UINT8_MAX, 0x1p8f)

ML_INLINE int64_t within(int64_t x, int64_t lowest, int64_t highest) {
  return larger(lowest, smaller(x, highest));
}

#define CONVERT_LOOP(source, target, result)                  \
  {                                                           \
    const source *p = (const source *)x + range.from;         \
    target *q = (target *)y + range.from;                     \
    for (int64_t i = 0; i < count; i++) {                     \
      source v = p[i];                                        \
      q[i] = (target)(result);                                \
    }                                                         \
    return;                                                   \
  }
#define CONVERT_CASE(source, target) ((source) * 4 + (target))

static void convert_run(
    void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,
    int64_t parts) {
  const void *x = operands[0];
  void *y = operands[1];
  const ml_conversion_sizes *s = (const ml_conversion_sizes *)sizes;
  ml_range range = part_range(s->count, part, parts);
  int64_t count = range.to - range.from;
  switch (CONVERT_CASE(s->from, s->to)) {
    case CONVERT_CASE(ML_FLOAT32, ML_INT32): CONVERT_LOOP(float, int32_t, float_to_int32_t(v))
    case CONVERT_CASE(ML_FLOAT32, ML_UINT32): CONVERT_LOOP(float, uint32_t, float_to_uint32_t(v))
    case CONVERT_CASE(ML_FLOAT32, ML_UINT8): CONVERT_LOOP(float, uint8_t, float_to_uint8_t(v))
    case CONVERT_CASE(ML_INT32, ML_FLOAT32): CONVERT_LOOP(int32_t, float, v)
    case CONVERT_CASE(ML_INT32, ML_UINT32): CONVERT_LOOP(int32_t, uint32_t, v < 0 ? 0 : v)
    case CONVERT_CASE(ML_INT32, ML_UINT8): CONVERT_LOOP(int32_t, uint8_t, within(v, 0, UINT8_MAX))
    case CONVERT_CASE(ML_UINT32, ML_FLOAT32): CONVERT_LOOP(uint32_t, float, v)
    case CONVERT_CASE(ML_UINT32, ML_INT32):
      CONVERT_LOOP(uint32_t, int32_t, v > INT32_MAX ? INT32_MAX : v)
    case CONVERT_CASE(ML_UINT32, ML_UINT8): CONVERT_LOOP(uint32_t, uint8_t, within(v, 0, UINT8_MAX))
    case CONVERT_CASE(ML_UINT8, ML_FLOAT32): CONVERT_LOOP(uint8_t, float, v)
    case CONVERT_CASE(ML_UINT8, ML_INT32): CONVERT_LOOP(uint8_t, int32_t, v)
    case CONVERT_CASE(ML_UINT8, ML_UINT32): CONVERT_LOOP(uint8_t, uint32_t, v)
    default: {
      int64_t bytes = s->from == ML_UINT8 ? 1 : 4;
      memmove((char *)y + range.from * bytes, (const char *)x + range.from * bytes,
              (size_t)(count * bytes));
    }
  }
}

static ml_plan plan_convert(const int64_t *sizes) {
  const ml_conversion_sizes *s = (const ml_conversion_sizes *)sizes;
  return plan_of_one(convert_run, part_limit_of_elements(s->count, ML_PART_MOST));
}
