// Which taps of a convolution's kernel reach from where.

// One axis of a convolution. Forwards, position o reads from o * stride - padding on. Backwards,
// position i reads the outputs (i + padding - tap) / stride where that is whole; taps are then
// stored by their remainder modulo stride, within one remainder from the last to the first, so
// that they too go upwards with what they read.
typedef struct {
  int64_t extent, sourceExtent, kernel, stride, padding;
  int backwards;
} ml_axis;

// What a position reads: `taps` (0 or less: nothing) from firstTap on, from position `source` on.
typedef struct { int64_t source, taps, firstTap; } ml_reach;

ML_INLINE ml_reach axis_reach(const ml_axis *a, int64_t position) {
  if (!a->backwards) {
    const int64_t start = position * a->stride - a->padding, first = larger(0, -start);
    return (ml_reach){start + first, smaller(a->kernel, a->sourceExtent - start) - first, first};
  }
  const int64_t at = position + a->padding, remainder = at % a->stride, whole = at / a->stride;
  int64_t stored = 0;
  for (int64_t r = 0; r < remainder && r < a->kernel; r++)
    stored += quotient_up(a->kernel - r, a->stride);
  const int64_t count = a->kernel > remainder ? quotient_up(a->kernel - remainder, a->stride) : 0;
  const int64_t least = larger(0, whole - a->sourceExtent + 1), most = smaller(count - 1, whole);
  return (ml_reach){whole - most, most - least + 1, stored + count - 1 - most};
}

// Where a tap of the kernel is stored on a backwards axis.
ML_INLINE int64_t axis_stored_tap(const ml_axis *a, int64_t tap) {
  int64_t stored = 0;
  for (int64_t r = 0; r < tap % a->stride; r++) stored += quotient_up(a->kernel - r, a->stride);
  return stored + quotient_up(a->kernel - tap % a->stride, a->stride) - 1 - tap / a->stride;
}

// Positions first, first + step, ... (count of them) that use the same taps; each reads `advance`
// further than the one before.
typedef struct { int64_t first, count, step, advance; ml_reach reach; } ml_run;

ML_INLINE ml_run axis_run(const ml_axis *a, int64_t first) {
  ml_run run = {
    .first = first, .count = 1, .step = a->backwards ? a->stride : 1,
    .advance = a->backwards ? 1 : a->stride, .reach = axis_reach(a, first),
  };
  for (int64_t next = first + run.step; next < a->extent; next += run.step, run.count++) {
    const ml_reach reach = axis_reach(a, next);
    if (reach.taps != run.reach.taps || reach.firstTap != run.reach.firstTap) break;
  }
  return run;
}

// The run after one, or one with count 0: remainders modulo step one after the other.
ML_INLINE ml_run axis_next_run(const ml_axis *a, ml_run run) {
  const int64_t next = run.first + run.count * run.step;
  if (next < a->extent) return axis_run(a, next);
  const int64_t remainder = run.first % run.step + 1;
  if (remainder < smaller(run.step, a->extent)) return axis_run(a, remainder);
  return (ml_run){.count = 0};
}

// The positions of a forwards axis whose tap lies inside the source.
ML_INLINE ml_range axis_tap_range(const ml_axis *a, int64_t tap) {
  const int64_t before = a->padding - tap, after = a->sourceExtent + before;
  ml_range range = {
    before > 0 ? quotient_up(before, a->stride) : 0,
    after > 0 ? smaller(quotient_up(after, a->stride), a->extent) : 0,
  };
  if (range.to < range.from) range.to = range.from;
  return range;
}

// The taps inside the source, over all positions of a forwards axis.
ML_INLINE int64_t axis_tap_count(const ml_axis *a) {
  int64_t count = 0;
  for (int64_t tap = 0; tap < a->kernel; tap++) {
    const ml_range range = axis_tap_range(a, tap);
    count += range.to - range.from;
  }
  return count;
}

ML_INLINE ml_axis vertical_axis(const ml_convolution_sizes *s, int backwards) {
  return (ml_axis){
    backwards ? s->height : s->outHeight, backwards ? s->outHeight : s->height, s->kernelHeight,
    s->strideHeight, s->padTop, backwards,
  };
}

ML_INLINE ml_axis horizontal_axis(const ml_convolution_sizes *s, int backwards) {
  return (ml_axis){
    backwards ? s->width : s->outWidth, backwards ? s->outWidth : s->width, s->kernelWidth,
    s->strideWidth, s->padLeft, backwards,
  };
}

// Operations of the direct form, taps outside the picture counted.
ML_INLINE double convolution_operations(const ml_convolution_sizes *s) {
  return 2.0 * (double)(s->images * s->outHeight * s->outWidth) *
    (double)(s->kernelHeight * s->kernelWidth * s->channels * s->outChannels);
}
