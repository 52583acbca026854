// The four transforms of halving_transforms.h on tiles: between positions of a picture and units,
// and between points and results.

// One segment of the rows and one of the columns, of a picture among those taken together.
typedef struct { ml_halving_segment down, across; int64_t picture; } ml_halving_tile;

// Whether a tile has single rows (2) and single columns (1); how many numbers that makes.
typedef struct { int down, across; } ml_halving_extent;
ML_INLINE ml_halving_extent halving_extent(const int form, int triple, int single) {
  return (ml_halving_extent){form & 2 ? single : triple, form & 1 ? single : triple};
}

// Columns, then rows, of the numbers at the places `in`, to the places `out`; adding to what the
// first row or column of those holds.
ML_INLINE void halving_transform(
  ml_halving_axis_transform axis, const int form, ml_halving_extent from, ml_halving_extent to,
  float *const *in, float *const *out, int64_t channels, int addsDown, int addsAcross)
{
  for (int64_t c = 0; c < channels; c += ML_LANES) {
    float32x16 half[ML_HALVING_UNITS * ML_HALVING_UNITS];
#pragma clang loop unroll(full)
    for (int j = 0; j < from.across; j++) {
      float32x16 column[ML_HALVING_UNITS];
#pragma clang loop unroll(full)
      for (int i = 0; i < from.down; i++) column[i] = load16(in[i * from.across + j] + c);
      axis((form & 2) != 0, column, 1, half + j, from.across);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < to.down; i++) {
      float32x16 row[ML_HALVING_UNITS];
      axis((form & 1) != 0, half + i * from.across, 1, row, 1);
#pragma clang loop unroll(full)
      for (int j = 0; j < to.across; j++) {
        float *at = out[i * to.across + j] + c;
        if ((i == 0 && addsDown) || (j == 0 && addsAcross)) row[j] += load16(at);
        store16(at, row[j]);
      }
    }
  }
}

// Where a tile's numbers are in a picture: positions or results.
ML_INLINE void halving_square(
  float *first, ml_halving_extent extent, int64_t rowStep, int64_t columnStep, float **at)
{
#pragma clang loop unroll(full)
  for (int i = 0; i < extent.down; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < extent.across; j++)
      at[i * extent.across + j] = first + i * rowStep + j * columnStep;
}

ML_INLINE void halving_positions(
  const ml_halving *f, const ml_halving_tile *t, const int form, float *picture, float **at)
{
  const int64_t row = f->across.extent * f->channels;
  halving_square(
    picture + t->down.source * row + t->across.source * f->channels, halving_extent(form, 7, 2),
    t->down.step * row, t->across.step * f->channels, at);
}

ML_INLINE void halving_results(
  const ml_halving *f, const ml_halving_tile *t, const int form, float *picture, float **at)
{
  const int64_t row = f->across.results * f->outChannels;
  halving_square(
    picture + t->down.result * row + t->across.result * f->outChannels,
    halving_extent(form, 3, 1), row, f->outChannels, at);
}

// Which row of a pair of points is the tile's.
ML_INLINE int64_t halving_tile_row(
  const ml_halving *f, const ml_halving_tile *t, int64_t a, int64_t b)
{
  const int64_t down = t->picture * halving_rows(&f->down, a) + t->down.row;
  return down * halving_rows(&f->across, b) + t->across.row;
}

ML_INLINE void halving_points(
  const ml_halving *f, const ml_halving_tile *t, const int form, float *points, float **at)
{
  const ml_halving_extent extent = halving_extent(form, 4, 1);
#pragma clang loop unroll(full)
  for (int i = 0; i < extent.down; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < extent.across; j++) {
      const int64_t a = i + t->down.point, b = j + t->across.point;
      at[i * extent.across + j] =
        points + f->points[4 * a + b] + halving_tile_row(f, t, a, b) * f->outChannels;
    }
}

ML_INLINE void halving_units(
  const ml_halving *f, const ml_halving_tile *t, const int form, float *units, float **at)
{
  const ml_halving_extent points = halving_extent(form, 4, 1);
  const int width = halving_extent(form, 7, 2).across;
#pragma clang loop unroll(full)
  for (int i = 0; i < points.down; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < points.across; j++) {
      const int64_t a = i + t->down.point, b = j + t->across.point;
      const int down = halving_point_units[i], across = halving_point_units[j];
      float *first = units + f->units[4 * a + b] +
        halving_tile_row(f, t, a, b) * (down * across * f->channels);
#pragma clang loop unroll(full)
      for (int u = 0; u < down * across; u++)
        at[(halving_first_unit[i] + u / across) * width + halving_first_unit[j] + u % across] =
          first + u * f->channels;
    }
}

// The transforms of a tile.
ML_INLINE void halving_input_of(
  const ml_halving *f, const ml_halving_tile *t, const int form, float *picture, float *units)
{
  const ml_halving_extent extent = halving_extent(form, 7, 2);
  float *from[49], *to[49];
  halving_positions(f, t, form, picture, from);
  halving_units(f, t, form, units, to);
  halving_transform(halving_input_axis, form, extent, extent, from, to, f->channels, 0, 0);
}

// The first row and column of a tile's positions also belong to the tile before.
ML_INLINE void halving_input_gradient_of(
  const ml_halving *f, const ml_halving_tile *t, const int form, float *picture, float *units)
{
  const ml_halving_extent extent = halving_extent(form, 7, 2);
  float *from[49], *to[49];
  halving_units(f, t, form, units, from);
  halving_positions(f, t, form, picture, to);
  halving_transform(
    halving_input_gradient_axis, form, extent, extent, from, to, f->channels, t->down.index > 0,
    t->across.index > 0);
}

ML_INLINE void halving_result_of(
  const ml_halving *f, const ml_halving_tile *t, const int form, float *picture, float *points)
{
  float *from[16], *to[9];
  halving_points(f, t, form, points, from);
  halving_results(f, t, form, picture, to);
  halving_transform(
    halving_result_axis, form, halving_extent(form, 4, 1), halving_extent(form, 3, 1), from, to,
    f->outChannels, 0, 0);
}

ML_INLINE void halving_result_gradient_of(
  const ml_halving *f, const ml_halving_tile *t, const int form, float *picture, float *points)
{
  float *from[9], *to[16];
  halving_results(f, t, form, picture, from);
  halving_points(f, t, form, points, to);
  halving_transform(
    halving_result_gradient_axis, form, halving_extent(form, 3, 1), halving_extent(form, 4, 1),
    from, to, f->outChannels, 0, 0);
}

// A transform of all tiles of pictures that lie `step` numbers apart.
#define ML_HALVING_PICTURES(name) \
  static void name##_of_pictures( \
    const ml_halving *f, int64_t images, float *pictures, int64_t step, float *numbers) \
  { \
    ml_halving_tile t; \
    for (t.picture = 0; t.picture < images; t.picture++, pictures += step) \
      for (int64_t i = 0; i < halving_segments(&f->down); i++) \
        for (int64_t j = 0; j < halving_segments(&f->across); j++) { \
          t.down = halving_segment(&f->down, i); \
          t.across = halving_segment(&f->across, j); \
          switch (2 * t.down.single + t.across.single) { \
          case 0: name##_of(f, &t, 0, pictures, numbers); break; \
          case 1: name##_of(f, &t, 1, pictures, numbers); break; \
          case 2: name##_of(f, &t, 2, pictures, numbers); break; \
          default: name##_of(f, &t, 3, pictures, numbers); \
          } \
        } \
  }
ML_HALVING_PICTURES(halving_input)
ML_HALVING_PICTURES(halving_input_gradient)
ML_HALVING_PICTURES(halving_result)
ML_HALVING_PICTURES(halving_result_gradient)
