// The tiles of Winograd's forms: pictures go to the points of some tiles at a time and back. What
// depends on the size of a tile is compiled for each size.

// Pictures cut into squares, one for each tile; those of what is read begin in the padding.
typedef struct {
  int64_t height, width, channels, padTop, padLeft;
  int64_t tilesDown, tilesAcross, tiles;
  int64_t taken;  // how many channels, from the one that is pointed at, go to the points and back
  int64_t step;   // from point to point; at each point lie [tiles][taken]
} ml_tiled;

// A square of a picture, of which rows and columns [from, to) exist; the rest counts as zero.
typedef struct {
  int64_t offset, rowStep, columnStep;  // of the square's first corner, which need not exist
  ml_range rows, columns;
  int whole;
} ml_square;

// Squares of `size` a side, `advance` after one another.
ML_INLINE ml_square tile_square(ml_tiled p, int64_t tile, const int size, const int advance) {
  const int64_t row = tile / p.tilesAcross, image = row / p.tilesDown;
  const int64_t top = row % p.tilesDown * advance - p.padTop;
  const int64_t left = tile % p.tilesAcross * advance - p.padLeft;
  const ml_range rows = {larger(0, -top), smaller(size, p.height - top)};
  const ml_range columns = {larger(0, -left), smaller(size, p.width - left)};
  return (ml_square){
    ((image * p.height + top) * p.width + left) * p.channels, p.width * p.channels,
    p.channels, rows, columns,
    rows.from == 0 && columns.from == 0 && rows.to == size && columns.to == size,
  };
}

// Asks for what a square will read, while something else is computed; its first `shared` rows and
// columns belong to squares before it.
ML_INLINE void prefetch_square(
  const float *pictures, ml_square s, int64_t taken, const int shared)
{
  const ml_range rows = {s.rows.from == 0 ? shared : s.rows.from, s.rows.to};
  const int64_t column = s.columns.from == 0 ? shared : s.columns.from;
  const float *from = pictures + s.offset + column * s.columnStep;
  for (int64_t i = rows.from; i < rows.to; i++)
    for (int64_t j = 0; j < s.columns.to - column; j++)
      for (int64_t c = 0; c < taken; c += ML_LANES)
        __builtin_prefetch(from + i * s.rowStep + j * s.columnStep + c, 0, 2);
}

// Squares of `size` a side go to `side` times `side` points.
ML_INLINE void squares_to_points(
  ml_axis_transform axis, const int size, const int side, const int advance, ml_tiled p,
  const float *pictures, ml_range tiles, float *points)
{
  const int64_t ahead = tiles.to - tiles.from;
  for (int64_t tile = tiles.from; tile < tiles.to; tile++, points += p.taken) {
    if (size > advance && tile + ahead < p.tiles)
      prefetch_square(
        pictures, tile_square(p, tile + ahead, size, advance), p.taken, size - advance);
    const ml_square s = tile_square(p, tile, size, advance);
    const float *from = pictures + s.offset;
    if (s.whole) {
      for (int64_t c = 0; c < p.taken; c += ML_LANES)
        winograd_transform(
          axis, size, side, from + c, s.rowStep, s.columnStep, points + c, side * p.step,
          p.step);
      continue;
    }
    _Alignas(64) float cut[ML_WINOGRAD_MOST * ML_WINOGRAD_MOST][ML_LANES];
    for (int i = 0; i < size * size; i++) store16(cut[i], all16(0));
    for (int64_t c = 0; c < p.taken; c += ML_LANES) {
      for (int64_t i = s.rows.from; i < s.rows.to; i++)
        for (int64_t j = s.columns.from; j < s.columns.to; j++)
          store16(cut[i * size + j], load16(from + i * s.rowStep + j * s.columnStep + c));
      winograd_transform(
        axis, size, side, cut[0], size * ML_LANES, ML_LANES, points + c, side * p.step, p.step);
    }
  }
}

// The reverse.
ML_INLINE void points_to_squares(
  ml_axis_transform axis, const int side, const int size, ml_tiled p, const float *points,
  ml_range tiles, float *pictures)
{
  for (int64_t tile = tiles.from; tile < tiles.to; tile++, points += p.taken) {
    const ml_square s = tile_square(p, tile, size, size);
    float *to = pictures + s.offset;
    if (s.whole) {
      for (int64_t c = 0; c < p.taken; c += ML_LANES)
        winograd_transform(
          axis, side, size, points + c, side * p.step, p.step, to + c, s.rowStep, s.columnStep);
      continue;
    }
    _Alignas(64) float cut[ML_WINOGRAD_MOST * ML_WINOGRAD_MOST][ML_LANES];
    for (int64_t c = 0; c < p.taken; c += ML_LANES) {
      winograd_transform(
        axis, side, size, points + c, side * p.step, p.step, cut[0], size * ML_LANES, ML_LANES);
      for (int64_t i = s.rows.from; i < s.rows.to; i++)
        for (int64_t j = s.columns.from; j < s.columns.to; j++)
          store16(to + i * s.rowStep + j * s.columnStep + c, load16(cut[i * size + j]));
    }
  }
}

// A tile: how many numbers a side its inputs (and its points) and its results have, and how it
// gets to the points and back. `kernel` takes taps [3][3][16][16]; the rows of its results lie
// `row` apart. `kernelGradient` makes [3][3][count], its taps `tap` apart.
typedef struct {
  int in, out;
  void (*inputs)(const ml_tiled *p, const float *x, ml_range tiles, float *points);
  void (*results)(const ml_tiled *p, const float *points, ml_range tiles, float *y);
  void (*gradients)(const ml_tiled *p, const float *dy, ml_range tiles, float *points);
  void (*kernel)(const float *taps, float *points, int64_t row, int64_t step);
  void (*kernelGradient)(
    const float *points, int64_t step, float *dw, int64_t tap, int64_t count);
} ml_winograd_tile;

#define ML_WINOGRAD_TILE(name, in, out) \
  static void inputs_##name(const ml_tiled *p, const float *x, ml_range tiles, float *points) \
  { \
    squares_to_points(axis_##name##_input, in, in, out, *p, x, tiles, points); \
  } \
  static void results_##name(const ml_tiled *p, const float *points, ml_range tiles, float *y) \
  { \
    points_to_squares(axis_##name##_result, in, out, *p, points, tiles, y); \
  } \
  static void gradients_##name(const ml_tiled *p, const float *dy, ml_range tiles, float *points) \
  { \
    squares_to_points(axis_##name##_gradient, out, in, out, *p, dy, tiles, points); \
  } \
  static void kernel_##name(const float *taps, float *points, int64_t row, int64_t step) \
  { \
    const int64_t block = ML_LANES * ML_LANES; \
    for (int64_t i = 0; i < ML_LANES; i++) \
      winograd_transform( \
        axis_##name##_kernel, ML_WINOGRAD_KERNEL, in, taps + i * ML_LANES, \
        ML_WINOGRAD_KERNEL * block, block, points + i * row, in * step, step); \
  } \
  static void kernel_gradient_##name( \
    const float *points, int64_t step, float *dw, int64_t tap, int64_t count) \
  { \
    for (int64_t i = 0; i < count; i += ML_LANES) \
      winograd_transform( \
        axis_##name##_kernel_gradient, in, ML_WINOGRAD_KERNEL, points + i, in * step, step, \
        dw + i, ML_WINOGRAD_KERNEL * tap, tap); \
  } \
  static const ml_winograd_tile winograd_##name = { \
    in, out, inputs_##name, results_##name, gradients_##name, kernel_##name, \
    kernel_gradient_##name, \
  };
ML_WINOGRAD_TILE(2x2, 4, 2)
ML_WINOGRAD_TILE(4x4, 6, 4)
