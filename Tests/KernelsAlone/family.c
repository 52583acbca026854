#include "family.h"

#include <stdio.h>
#include <string.h>

#include "coverage.h"
#include "run.h"

enum { FAULTS_SHOWN = 5, SIZES_SHOWN = 15 };

static void print_sizes(FILE *file, const trial *t) {
  fprintf(file, " operation %d, sizes", t->operation);
  for (int64_t i = 0; i < t->size_count && i < SIZES_SHOWN; i++)
    fprintf(file, " %lld", (long long)t->sizes[i]);
  fprintf(file, t->size_count > SIZES_SHOWN ? " ...\n" : "\n");
}

static void report_fault(family *f, const trial *t, run_form form, const char *fault) {
  if (f->faults++ >= FAULTS_SHOWN) return;
  fprintf(
    stderr, "%s, case %lld: %s in %lld parts%s%s%s: %s;", f->name, (long long)f->cases,
    ml_table_name(form.table), (long long)form.parts, form.tiles ? ", by tiles" : "",
    form.shares ? ", memory shared" : "", form.threads > 0 ? ", cut for threads" : "", fault);
  print_sizes(stderr, t);
}

// FNV-1a, 64 bits.
static uint64_t digest_onto(uint64_t digest, const unsigned char *bytes, int64_t count) {
  for (int64_t i = 0; i < count; i++) digest = (digest ^ bytes[i]) * 0x100000001B3u;
  return digest;
}

static uint64_t digest_of(const trial *t, const run_result *result) {
  uint64_t digest = 0xCBF29CE484222325u;
  for (int64_t j = 0; j < t->outputs; j++)
    digest = digest_onto(digest, result->outputs[j], t->operands[t->inputs + j].bytes);
  return digest;
}

static int is_same(const trial *t, const run_result *a, const run_result *b) {
  for (int64_t j = 0; j < t->outputs; j++)
    if (memcmp(a->outputs[j], b->outputs[j], (size_t)t->operands[t->inputs + j].bytes) != 0)
      return 0;
  return 1;
}

static void check_form(family *f, const trial *t, run_form form, const run_result *first) {
  run_result result = run_trial(t, form);
  if (result.fault) report_fault(f, t, form, result.fault);
  if (!is_same(t, first, &result)) report_fault(f, t, form, "gives other bits");
  free_result(t, &result);
}

static int may_share(const trial *t) {
  for (int64_t j = 0; j < t->outputs; j++)
    if (t->operands[t->inputs + j].input >= 0) return 1;
  return 0;
}

static void note_digest(family *f, const trial *t, uint64_t digest) {
  f->digest = digest_onto(f->digest, (const unsigned char *)&digest, sizeof digest);
  if (!f->lists_cases) return;
  printf("%s, case %lld: %016llx", f->name, (long long)f->cases, (unsigned long long)digest);
  print_sizes(stdout, t);
}

// Cut for two threads and for more than there are channels for.
static void check_threads(family *f, const trial *t, const run_result *first) {
  static const int64_t parts[] = {1, 2, 5}, threads[] = {2, 5};
  for (int64_t table = 0; table < ml_table_count(); table++)
    for (int64_t i = 0; i < LENGTH(parts); i++)
      for (int64_t j = 0; j < LENGTH(threads); j++)
        check_form(
          f, t,
          (run_form){
            .table = ml_table_at(table), .parts = parts[i], .threads = threads[j],
          },
          first);
}

void check_trial(family *f, trial *t) {
  static const int64_t parts[] = {1, 3, 7};
  note_coverage(t);
  f->cases += 1;
  const run_form whole = {.table = ml_table_at(0), .parts = 1};
  run_result first = run_trial(t, whole);
  if (first.fault) report_fault(f, t, whole, first.fault);
  note_digest(f, t, digest_of(t, &first));
  for (int64_t table = 0; table < ml_table_count(); table++)
    for (int64_t i = 0; i < LENGTH(parts); i++)
      for (int shares = 0; shares <= may_share(t); shares++)
        if (table > 0 || i > 0 || shares)
          check_form(f, t, (run_form){ml_table_at(table), parts[i], shares}, &first);
  for (int64_t table = 0; table < ml_table_count(); table++)
    for (int shares = 0; shares <= may_share(t); shares++)
      check_form(f, t, (run_form){ml_table_at(table), 1, shares, 1}, &first);
  if (t->threads_at > 0) check_threads(f, t, &first);
  free_result(t, &first);
  free_trial(t);
}
