// How convolutions of stride 2 are cut for the transforms of halving_transforms.h, where that pays.

// An axis is cut into triples of results, and a single one at either border that has an outer tap
// outside.
typedef struct { int64_t results, padding, extent, leading, triples, trailing; } ml_halving_axis;

// The axis; without results where it cannot be cut so.
ML_INLINE ml_halving_axis halving_axis(const ml_axis *a) {
  const int64_t trailing = 2 * a->extent + 1 - a->padding - a->sourceExtent;
  const int64_t inner = a->extent - a->padding - trailing;
  if (a->kernel != 3 || a->stride != 2 || a->padding < 0 || a->padding > 1 || trailing < 0 ||
      trailing > 1 || inner < 0 || inner % 3 != 0)
    return (ml_halving_axis){0};
  return (ml_halving_axis){
    a->extent, a->padding, a->sourceExtent, a->padding, inner / 3, trailing,
  };
}

ML_INLINE int64_t halving_axis_units(const ml_halving_axis *a) {
  return 7 * a->triples + 2 * (a->leading + a->trailing);
}

// How many segments of an axis have a point.
ML_INLINE int64_t halving_rows(const ml_halving_axis *a, int64_t point) {
  return a->triples + (point == 0 ? a->trailing : 0) + (point == 3 ? a->leading : 0);
}

// A triple or a single result: its first result; its units' positions, from `source` on; which row
// of its points it is, and which point a single one has.
typedef struct { int64_t index, result, source, step, row, point; int single; } ml_halving_segment;

ML_INLINE int64_t halving_segments(const ml_halving_axis *a) {
  return a->leading + a->triples + a->trailing;
}

ML_INLINE ml_halving_segment halving_segment(const ml_halving_axis *a, int64_t index) {
  if (index < a->leading) return (ml_halving_segment){0, 0, 1, -1, a->triples, 3, 1};
  const int64_t row = index - a->leading, result = a->leading + 3 * row;
  return (ml_halving_segment){index, result, 2 * result - a->padding, 1, row, 0, row == a->triples};
}

typedef struct {
  ml_halving_axis down, across;
  int64_t images, channels, outChannels;
  int64_t together;                        // pictures that are transformed at a time
  int64_t strips;                          // shares of the pictures, each with scratch of its own
  int64_t weightStep;
  int64_t units[17], points[17];           // where those of each pair of points begin; the ends
} ml_halving;

// `cache` bytes are for the units of the pictures that are transformed at a time.
static ml_halving halving_form(const ml_convolution_sizes *s, int64_t cache) {
  const ml_axis vertical = vertical_axis(s, 0), horizontal = horizontal_axis(s, 0);
  ml_halving f = {
    .down = halving_axis(&vertical), .across = halving_axis(&horizontal), .images = s->images,
    .channels = s->channels, .outChannels = s->outChannels,
    .weightStep = s->channels * s->outChannels + ML_LANES,
  };
  const int64_t bytes =
    4 * halving_axis_units(&f.down) * halving_axis_units(&f.across) * f.channels;
  f.together = larger(1, smaller(smaller(16, f.images), cache / (bytes + 1)));
  for (int64_t at = 0; at < 16; at++) {
    const int64_t a = at / 4, b = at % 4;
    const int64_t rows = f.together * halving_rows(&f.down, a) * halving_rows(&f.across, b);
    const int64_t units = halving_point_units[a] * halving_point_units[b];
    f.units[at + 1] = f.units[at] + rows * units * f.channels + ML_LANES;
    f.points[at + 1] = f.points[at] + rows * f.outChannels + ML_LANES;
  }
  f.strips = smaller(f.images / (2 * f.together), (1 << 20) / (f.units[16] + f.points[16]));
  f.strips = larger(1, smaller(16, f.strips));
  return f;
}

static ml_halving halving_product_form(const ml_convolution_sizes *s) {
  return halving_form(s, 400 << 10);
}

// Whether the form is allowed and faster. Costs are in multiply-adds a pair of channels, as in
// winograd_cost: directly one for each tap inside the picture; here one for each unit, the more for
// transforms the fewer channels share them, and the transform of the weights.
static int halving_pays(const ml_convolution_sizes *s) {
  if (s->exact || s->channels % ML_LANES != 0 || s->outChannels % ML_LANES != 0 ||
      s->channels == 0 || s->outChannels == 0)
    return 0;
  const ml_axis vertical = vertical_axis(s, 0), horizontal = horizontal_axis(s, 0);
  const ml_halving_axis down = halving_axis(&vertical), across = halving_axis(&horizontal);
  if (down.results == 0 || across.results == 0) return 0;
  const double direct =
    (double)(s->images * axis_tap_count(&vertical) * axis_tap_count(&horizontal));
  const double units =
    (double)(s->images * halving_axis_units(&down) * halving_axis_units(&across));
  const double transforms = 8.0 / (double)s->channels + 8.0 / (double)s->outChannels;
  return 1.05 * (units * (1 + transforms) + 180) < direct;
}
