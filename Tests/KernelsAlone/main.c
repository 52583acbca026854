// The kernels alone: operations on a spread of sizes, on every table of the machine and in several
// parts, which must all give the same bits. Prints a line for each family with a digest of its
// outputs; machines of all kinds print the same lines. With the argument `cases` each case has a
// line too.
#include <stdio.h>
#include <string.h>

#include "coverage.h"
#include "families.h"

static const struct { const char *name; void (*run)(family *f); } families[] = {
  {"matrix products", matrix_products},
  {"exact convolutions", exact_convolutions},
  {"fast convolutions", fast_convolutions},
  {"row steps", row_steps},
  {"row pairs", row_pairs},
  {"row programs", row_programs},
  {"row windows", row_windows},
  {"sums", sums},
  {"maxima", maxima},
  {"largest first", largest_first},
  {"cumulative sums", cumulative_sums},
  {"lane sums", lane_sums},
  {"strided copies", strided_copies},
  {"fills", fills},
  {"positions", positions},
  {"conversions", conversions},
  {"gathers", gathers},
  {"scatters", scatters},
  {"random bits", random_bits},
  {"window maxima", window_maxima},
  {"window sums", window_sums},
  {"Cholesky factors", cholesky_factors},
  {"triangular systems", triangular_systems},
};

static void print_tables(void) {
  fprintf(stderr, "tables:");
  for (int64_t i = 0; i < ml_table_count(); i++)
    fprintf(stderr, " %s", ml_table_name(ml_table_at(i)));
  fprintf(stderr, "\n");
}

int main(int argc, char **argv) {
  const int lists_cases = argc > 1 && strcmp(argv[1], "cases") == 0;
  int64_t faults = 0;
  print_tables();
  for (int64_t i = 0; i < LENGTH(families); i++) {
    family f = {.name = families[i].name, .lists_cases = lists_cases};
    families[i].run(&f);
    printf(
      "%-18s %5lld cases  %016llx\n", f.name, (long long)f.cases, (unsigned long long)f.digest);
    fflush(stdout);
    faults += f.faults;
  }
  faults += uncovered();
  if (faults > 0) fprintf(stderr, "%lld faults\n", (long long)faults);
  return faults > 0;
}
