// Which operations, steps and accesses the trials have used.
#ifndef COVERAGE_H
#define COVERAGE_H

#include "trial.h"

void note_coverage(const trial *t);

// Names what no trial has used, and counts it.
int64_t uncovered(void);

#endif
