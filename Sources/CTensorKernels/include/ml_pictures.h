// Pictures, before they are tensors.
#ifndef ML_PICTURES_H
#define ML_PICTURES_H

#include <stdint.h>

// Samples of one channel of a picture, by bilinear interpolation. `plane` is [height + 3][width + 3]:
// the picture with one row and column of border before it and two after it. Sample (row, column) lies
// where `map` (xx, xy, yx, yy), about the picture's centre, sends the point that is `right` and `down`
// before it; it is written at samples[(row * width + column) * step]. Below 2^31 numbers in a plane.
void ml_sample_plane(
    const float *plane, int64_t height, int64_t width, const float *map, float right, float down,
    float *samples, int64_t step);

#endif
