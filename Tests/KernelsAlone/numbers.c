#include "numbers.h"

#include <string.h>

numbers numbers_of(int64_t seed) {
  return (numbers){(uint64_t)seed * 0x9E3779B97F4A7C15u | 1};
}

uint64_t next_number(numbers *n) {
  n->state ^= n->state << 13;
  n->state ^= n->state >> 7;
  n->state ^= n->state << 17;
  return n->state;
}

int64_t number_below(numbers *n, int64_t bound) {
  return (int64_t)(next_number(n) >> 33) % bound;
}

float fine_number(numbers *n) {
  return (float)((int64_t)(next_number(n) >> 40) - (1 << 23)) * 0x1p-23f;
}

float coarse_number(numbers *n) { return (float)number_below(n, 16) * 0.25f - 2; }

float wide_number(numbers *n) { return fine_number(n) * 128; }

float any_number(numbers *n) {
  static const float corners[] = {
    0.0f, -0.0f, 1, -1, 0.5f, -0.5f, 0.625f, 0.8f, 3.95f, 89, 88.8f, -87.4f, -104, -105, 1e9f,
    0x1p23f, -0x1p31f, 0x1p31f, 0x1p32f, 255.9f, 0x1p-126f, 0x1p-149f, 0x1.fffffep127f,
    __builtin_inff(), -__builtin_inff(), __builtin_nanf(""),
  };
  const int64_t count = sizeof corners / sizeof corners[0];
  if (number_below(n, 4) == 0) return corners[number_below(n, count)];
  const uint32_t bits = (uint32_t)(next_number(n) >> 32);
  float number;
  memcpy(&number, &bits, sizeof number);
  return number;
}
