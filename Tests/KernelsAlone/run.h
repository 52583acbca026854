// Runs of a trial, each on memory of its own.
#ifndef RUN_H
#define RUN_H

#include "trial.h"

// How a trial is run.
typedef struct {
  const ml_table *table;
  int64_t parts;
  int shares;  // outputs take the memory of inputs where the trial allows it
  int tiles;   // the kernel that can be run tile by tile is
  int64_t threads;  // that share the work, of what is cut for them; 0: as the trial says
} run_form;

// What it left behind.
typedef struct {
  unsigned char *outputs[ML_ROW_PROGRAM_OUTPUTS];
  const char *fault;  // what was written where nothing may be written; null: nothing
} run_result;

run_result run_trial(const trial *t, run_form form);
void free_result(const trial *t, run_result *result);

#endif
