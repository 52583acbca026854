#include <string.h>

#include "CTensorKernels.h"

// Products and sums are rounded one by one: the same bits with and without fused multiply-add.
#pragma STDC FP_CONTRACT OFF

enum { RUN = 32 };

// A coordinate, or the nearest that has neighbours on both sides.
static float within(float x, float last) {
  x = x > 0 ? x : 0;
  return x < last ? x : last;
}

void ml_sample_plane(
    const float *plane, int64_t height, int64_t width, const float *map, float right, float down,
    float *samples, int64_t step) {
  const float middleX = (float)(width - 1) / 2, middleY = (float)(height - 1) / 2;
  const float lastX = (float)(width + 1), lastY = (float)(height + 1);
  const int64_t stride = width + 3;
  for (int64_t row = 0; row < height; row++) {
    const float y = (float)row - middleY - down;
    for (int64_t first = 0; first < width; first += RUN) {
      const int count = width - first < RUN ? (int)(width - first) : RUN;
      // Coordinates, neighbours and weighing apart, so that the first and the last are vectors.
      int32_t corner[RUN];
      float across[RUN], along[RUN], above[RUN][2], below[RUN][2], sampled[RUN];
      for (int i = 0; i < count; i++) {
        const float x = (float)(int32_t)(first + i) - middleX - right;
        const float atX = within(map[0] * x + map[1] * y + middleX + 1, lastX);
        const float atY = within(map[2] * x + map[3] * y + middleY + 1, lastY);
        const int32_t column = (int32_t)atX, line = (int32_t)atY;
        across[i] = atX - (float)column;
        along[i] = atY - (float)line;
        corner[i] = line * (int32_t)stride + column;
      }
      for (int i = 0; i < count; i++) {
        const float *at = plane + corner[i];
        memcpy(above[i], at, sizeof above[i]);
        memcpy(below[i], at + stride, sizeof below[i]);
      }
      for (int i = 0; i < count; i++) {
        const float upper = above[i][0] * (1 - across[i]) + above[i][1] * across[i];
        const float lower = below[i][0] * (1 - across[i]) + below[i][1] * across[i];
        sampled[i] = upper * (1 - along[i]) + lower * along[i];
      }
      for (int i = 0; i < count; i++)
        samples[(row * width + first + i) * step] = sampled[i];
    }
  }
}
