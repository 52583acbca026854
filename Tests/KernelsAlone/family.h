// A family of trials: what all of them gave, and whether all tables agreed.
#ifndef FAMILY_H
#define FAMILY_H

#include "trial.h"

typedef struct {
  const char *name;
  int lists_cases;  // a line for each case as well
  int64_t cases, faults;
  uint64_t digest;  // of the outputs of all cases
} family;

// Runs a trial on every table of the machine in 1, 3 and 7 parts, by tiles and cut for several
// threads where it can be; all must give the same bits.
// Frees the trial.
void check_trial(family *f, trial *t);

#endif
