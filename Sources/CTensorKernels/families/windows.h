// Pooling: windows over pictures [N][H][W][C], one number a window and channel. Positions outside
// the picture do not count; a window wholly outside has maximum 0 at position 0 and sum 0.

typedef struct {
  int64_t n, h, w, c, oh, ow, kh, kw, stride_h, stride_w, top, left;
} window_shape;

ML_INLINE window_shape window_shape_of(const int64_t *sizes) {
  const ml_window_sizes *s = (const ml_window_sizes *)sizes;
  return (window_shape){
      .n = s->images, .h = s->height, .w = s->width, .c = s->channels, .oh = s->outHeight,
      .ow = s->outWidth, .kh = s->windowHeight, .kw = s->windowWidth, .stride_h = s->strideHeight,
      .stride_w = s->strideWidth, .top = s->padTop, .left = s->padLeft,
  };
}

// Sixteen channels or fewer.
ML_INLINE uint8x16 load_bytes(const uint8_t *p, int64_t n) {
  if (n == 16) return *(const uint8x16_anywhere *)p;
  uint8x16 v = 0;
  memcpy(&v, p, (size_t)n);
  return v;
}

ML_INLINE void store_bytes(uint8_t *p, uint8x16 v, int64_t n) {
  if (n == 16) *(uint8x16_anywhere *)p = v;
  else memcpy(p, &v, (size_t)n);
}

ML_INLINE float32x16 load_channels(const float *p, int64_t n) {
  return n == 16 ? load16(p) : load_first(p, n);
}

ML_INLINE void store_channels(float *p, float32x16 v, int64_t n) {
  if (n == 16) store16(p, v);
  else store_first(p, v, n);
}

// The part of a window inside the picture.
typedef struct {
  int64_t from_h, to_h, from_w, to_w;  // positions in the window
  int64_t h, w;                        // of its first position, in the picture
} window_inside;

ML_INLINE window_inside inside_of(const window_shape *s, int64_t oh, int64_t ow) {
  int64_t h = oh * s->stride_h - s->top, w = ow * s->stride_w - s->left;
  return (window_inside){
      larger(0, -h), smaller(s->kh, s->h - h), larger(0, -w), smaller(s->kw, s->w - w), h, w};
}

typedef enum { WINDOW_INDEX, WINDOW_GATHER, WINDOW_MAXIMUM, WINDOW_SUM } window_task;

// x is the picture's channels at its first position.
ML_INLINE void one_window(
    const window_shape *s, window_task task, const float *x, window_inside in, float *y,
    uint8_t *index, int64_t n) {
  float32x16 result = all16(0);
  int32x16 position = 0, wanted = 0;
  if (task == WINDOW_GATHER) wanted = __builtin_convertvector(load_bytes(index, n), int32x16);
  int first = 1;
  for (int64_t kh = in.from_h; kh < in.to_h; kh++)
    for (int64_t kw = in.from_w; kw < in.to_w; kw++) {
      int64_t offset = ((in.h + kh) * s->w + in.w + kw) * s->c;
      float32x16 value = load_channels(x + offset, n);
      int32x16 here = (int32x16)(int32_t)(kh * s->kw + kw);
      if (task == WINDOW_SUM) {
        result += value;
      } else if (task == WINDOW_GATHER) {
        result = choose(here == wanted, value, result);
      } else {
        int32x16 better = first ? (int32x16)-1 : ahead(value, result);
        result = choose(better, value, result);
        position = choose_integers(better, here, position);
        first = 0;
      }
    }
  if (task != WINDOW_INDEX) store_channels(y, result, n);
  if (task == WINDOW_INDEX || task == WINDOW_MAXIMUM)
    store_bytes(index, __builtin_convertvector(position, uint8x16), n);
}

// One row of windows. With constant window sizes the compiler unrolls the loops over a window.
ML_INLINE void window_row(
    const window_shape *s, window_task task, const float *x, int64_t oh, float *y,
    uint8_t *index) {
  for (int64_t ow = 0; ow < s->ow; ow++) {
    window_inside in = inside_of(s, oh, ow);
    int whole = in.from_h == 0 && in.to_h == 2 && in.from_w == 0 && in.to_w == 2;
    for (int64_t c = 0; c < s->c; c += 16) {
      int64_t at = ow * s->c + c, n = smaller(16, s->c - c);
      float *values = y ? y + at : 0;
      uint8_t *positions = index ? index + at : 0;
      if (whole && s->kw == 2 && n == 16)
        one_window(s, task, x + c, (window_inside){0, 2, 0, 2, in.h, in.w}, values, positions, 16);
      else one_window(s, task, x + c, in, values, positions, n);
    }
  }
}

ML_INLINE void run_windows(
    window_task task, const float *x, float *y, uint8_t *index, const int64_t *sizes,
    int64_t part, int64_t parts) {
  window_shape s = window_shape_of(sizes);
  ml_range range = part_range(s.n * s.oh, part, parts);
  for (int64_t row = range.from; row < range.to; row++)
    window_row(
        &s, task, x + row / s.oh * s.h * s.w * s.c, row % s.oh, y ? y + row * s.ow * s.c : 0,
        index ? index + row * s.ow * s.c : 0);
}

// Moves on to the windows along one axis that cover a position: [from, to).
ML_INLINE void cover(
    ml_range *windows, int64_t position, int64_t window, int64_t stride, int64_t padding,
    int64_t count) {
  int64_t at = position + padding;
  while (windows->from < count && windows->from * stride + window <= at) windows->from += 1;
  while (windows->to < count && windows->to * stride <= at) windows->to += 1;
}

// A position that one window covers: what the window gives back.
ML_INLINE void one_window_back(
    const float *g, const uint8_t *index, float *dx, int64_t channels, int32_t position) {
  int64_t c = 0;
  for (; c + 16 <= channels; c += 16) {
    float32x16 value = load16(g + c);
    if (index) {
      int32x16 wanted = __builtin_convertvector(load_bytes(index + c, 16), int32x16);
      value = choose(wanted == position, value, all16(0));
    }
    store16(dx + c, value);
  }
  for (; c < channels; c++) dx[c] = !index || index[c] == position ? g[c] : 0;
}

// A position that several windows cover, or none: the sum over them in their order.
ML_INLINE void several_windows_back(
    const window_shape *s, const float *g, const uint8_t *index, float *dx, int64_t h, int64_t w,
    ml_range oh, ml_range ow) {
  for (int64_t c = 0; c < s->c; c += 16) {
    int64_t n = smaller(16, s->c - c);
    float32x16 sum = all16(0);
    for (int64_t i = oh.from; i < oh.to; i++)
      for (int64_t j = ow.from; j < ow.to; j++) {
        int64_t at = (i * s->ow + j) * s->c + c;
        float32x16 value = load_channels(g + at, n);
        if (index) {
          int64_t kh = h + s->top - i * s->stride_h, kw = w + s->left - j * s->stride_w;
          int32x16 wanted = __builtin_convertvector(load_bytes(index + at, n), int32x16);
          value = choose(wanted == (int32_t)(kh * s->kw + kw), value, all16(0));
        }
        sum += value;
      }
    store_channels(dx + c, sum, n);
  }
}

// One row of the picture: each position takes all of g of the windows that cover it (no index), or
// g where the index names the position.
ML_INLINE void window_row_back(
    const window_shape *s, const float *g, const uint8_t *index, float *dx, int64_t h) {
  ml_range oh = {0, 0}, ow = {0, 0};
  cover(&oh, h, s->kh, s->stride_h, s->top, s->oh);
  for (int64_t w = 0; w < s->w; w++, dx += s->c) {
    cover(&ow, w, s->kw, s->stride_w, s->left, s->ow);
    if (oh.to - oh.from != 1 || ow.to - ow.from != 1) {
      several_windows_back(s, g, index, dx, h, w, oh, ow);
      continue;
    }
    int64_t at = (oh.from * s->ow + ow.from) * s->c;
    int64_t kh = h + s->top - oh.from * s->stride_h, kw = w + s->left - ow.from * s->stride_w;
    one_window_back(g + at, index ? index + at : 0, dx, s->c, (int32_t)(kh * s->kw + kw));
  }
}

ML_INLINE void run_windows_back(
    const float *g, const uint8_t *index, float *dx, const int64_t *sizes, int64_t part,
    int64_t parts) {
  window_shape s = window_shape_of(sizes);
  ml_range range = part_range(s.n * s.h, part, parts);
  for (int64_t row = range.from; row < range.to; row++) {
    int64_t first = row / s.h * s.oh * s.ow * s.c;
    window_row_back(
        &s, g + first, index ? index + first : 0, dx + row * s.w * s.c, row % s.h);
  }
}

#define WINDOW_KERNEL(name, call)                                                       \
  static void name(                                                                     \
      void *const *operands, const int64_t *sizes, const float *scalars, int64_t part,  \
      int64_t parts) {                                                                  \
    call;                                                                               \
  }
WINDOW_KERNEL(
    window_index_run,
    run_windows(WINDOW_INDEX, operands[0], 0, operands[1], sizes, part, parts))
WINDOW_KERNEL(
    window_gather_run,
    run_windows(WINDOW_GATHER, operands[0], operands[2], operands[1], sizes, part, parts))
WINDOW_KERNEL(
    window_maximum_run,
    run_windows(WINDOW_MAXIMUM, operands[0], operands[1], operands[2], sizes, part, parts))
WINDOW_KERNEL(
    window_sum_run, run_windows(WINDOW_SUM, operands[0], operands[1], 0, sizes, part, parts))
WINDOW_KERNEL(
    window_scatter_run,
    run_windows_back(operands[0], operands[1], operands[2], sizes, part, parts))
WINDOW_KERNEL(
    window_spread_run, run_windows_back(operands[0], 0, operands[1], sizes, part, parts))

// Parts are rows of windows, or of pictures where windows give back.
ML_INLINE ml_plan window_plan(ml_kernel kernel, const int64_t *sizes, int givesBack) {
  window_shape s = window_shape_of(sizes);
  int64_t rows = givesBack ? s.h : s.oh;
  return plan_of_one(kernel, part_limit_of_elements(s.n * s.h * s.w * s.c, s.n * rows));
}

static ml_plan plan_window_index(const int64_t *sizes) {
  return window_plan(window_index_run, sizes, 0);
}
static ml_plan plan_window_gather(const int64_t *sizes) {
  return window_plan(window_gather_run, sizes, 0);
}
static ml_plan plan_window_maximum(const int64_t *sizes) {
  return window_plan(window_maximum_run, sizes, 0);
}
static ml_plan plan_window_sum(const int64_t *sizes) {
  return window_plan(window_sum_run, sizes, 0);
}
static ml_plan plan_window_scatter(const int64_t *sizes) {
  return window_plan(window_scatter_run, sizes, 1);
}
static ml_plan plan_window_spread(const int64_t *sizes) {
  return window_plan(window_spread_run, sizes, 1);
}
