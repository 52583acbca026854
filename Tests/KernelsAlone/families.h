// Every family of trials.
#ifndef FAMILIES_H
#define FAMILIES_H

#include "family.h"

void matrix_products(family *f);

void exact_convolutions(family *f);
void fast_convolutions(family *f);

void row_steps(family *f);
void row_pairs(family *f);
void row_programs(family *f);
void row_windows(family *f);

void sums(family *f);
void maxima(family *f);
void largest_first(family *f);
void cumulative_sums(family *f);
void lane_sums(family *f);

void strided_copies(family *f);
void fills(family *f);
void positions(family *f);
void conversions(family *f);

void gathers(family *f);
void scatters(family *f);
void random_bits(family *f);

void window_maxima(family *f);
void window_sums(family *f);

void cholesky_factors(family *f);
void triangular_systems(family *f);

#endif
