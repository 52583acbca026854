// Numbers that look random and are the same on every machine: made of integers, without rounding.
#ifndef NUMBERS_H
#define NUMBERS_H

#include <stdint.h>

typedef struct { uint64_t state; } numbers;

numbers numbers_of(int64_t seed);
uint64_t next_number(numbers *n);
int64_t number_below(numbers *n, int64_t bound);

typedef float number_kind(numbers *n);
float fine_number(numbers *n);    // on [-1, 1), all bits of a fraction
float coarse_number(numbers *n);  // quarters on [-2, 2), so that many are equal
float wide_number(numbers *n);    // on [-128, 128)
float any_number(numbers *n);     // any bits: tiny, huge, infinite, none; and corners of functions

#endif
