#include "table.h"

#if defined(__x86_64__)
static int has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
    __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}
#endif

int64_t ml_table_count(void) {
#if defined(__x86_64__)
  return 1 + has_avx2() + has_avx512();
#elif defined(__aarch64__)
  return 2;
#else
  return 1;
#endif
}

const ml_table *ml_table_at(int64_t index) {
#if defined(__x86_64__)
  static const ml_table *const tables[] = {&ml_table_avx512, &ml_table_avx2, &ml_table_portable};
  return tables[index + 3 - ml_table_count()];
#elif defined(__aarch64__)
  static const ml_table *const tables[] = {&ml_table_neon, &ml_table_portable};
  return tables[index];
#else
  return &ml_table_portable;
#endif
}

const char *ml_table_name(const ml_table *table) { return table->name; }

ml_plan ml_plan_operation(const ml_table *table, ml_operation operation, const int64_t *sizes) {
  return table->plan[operation](sizes);
}

double ml_peak_flops(const ml_table *table, int64_t iterations, float *sink) {
  return table->peak(iterations, sink);
}
