// What a table of kernels is made of.
#ifndef ML_TABLE_H
#define ML_TABLE_H

#include "CTensorKernels.h"

struct ml_table {
  const char *name;
  ml_plan (*plan[ML_OPERATION_COUNT])(const int64_t *sizes);
  double (*peak)(int64_t iterations, float *sink);
};

extern const ml_table ml_table_avx512, ml_table_avx2, ml_table_neon, ml_table_portable;

#endif
