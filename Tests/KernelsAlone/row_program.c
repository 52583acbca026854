#include "row_program.h"

int64_t row_elements(int64_t access, row_extents e) {
  switch (access) {
    case ML_FULL: return e.rows * e.columns;
    case ML_ROW: case ML_SUM_ROWS: return e.columns;
    case ML_COLUMN: case ML_SUM_COLUMNS: return e.rows;
    default: return 1;
  }
}

trial trial_of_rows(const row_program *p, row_extents e) {
  trial t = TRIAL(ML_ROW_PROGRAM, e.rows, e.columns, p->inputs, p->steps, p->outputs);
  for (int64_t i = 0; i < p->inputs; i++) add_size(&t, p->input[i]);
  for (int64_t i = 0; i < p->steps; i++) {
    const row_step *s = &p->step[i];
    add_size(&t, s->step), add_size(&t, s->a), add_size(&t, s->b), add_size(&t, s->c);
  }
  for (int64_t i = 0; i < p->outputs; i++)
    add_size(&t, p->output[i].value), add_size(&t, p->output[i].access);
  t.scalars[0] = p->scalars[0], t.scalars[1] = p->scalars[1];
  return t;
}

// The next full input from `from` on that no output copies; -1: none.
static int64_t next_free_input(const row_program *p, int64_t from) {
  for (int64_t i = from; i < p->inputs; i++) {
    int is_free = p->input[i] == ML_FULL;
    for (int64_t j = 0; j < p->outputs; j++)
      if (p->output[j].value == i && p->output[j].access == ML_FULL) is_free = 0;
    if (is_free) return i;
  }
  return -1;
}

void check_rows(family *f, const row_program *p, row_extents e, number_kind *kind) {
  trial t = trial_of_rows(p, e);
  numbers n = numbers_of(f->cases);
  for (int64_t i = 0; i < p->inputs; i++)
    add_numbers(&t, &n, kind, row_elements(p->input[i], e));
  int64_t shared = next_free_input(p, 0);
  for (int64_t j = 0; j < p->outputs; j++) {
    const int64_t access = p->output[j].access;
    operand *o = add_output(&t, FLOATS, row_elements(access, e));
    if (access != ML_FULL || shared < 0) continue;
    o->input = shared;
    shared = next_free_input(p, shared + 1);
  }
  check_trial(f, &t);
}

static row_step random_step(numbers *n, int64_t values, int64_t *products) {
  static const int64_t unary[] = {
    ML_STEP_RELU, ML_STEP_NEGATE, ML_STEP_ABS, ML_STEP_TANH, ML_STEP_SIGMOID,
    ML_STEP_SIN, ML_STEP_ERF,
  };
  static const int64_t binary[] = {
    ML_STEP_ADD, ML_STEP_SUBTRACT, ML_STEP_MULTIPLY, ML_STEP_MAXIMUM, ML_STEP_MINIMUM,
    ML_STEP_GATE, ML_STEP_SELECT,
  };
  const int64_t near = number_below(n, 3) > 0 ? values - 1 : number_below(n, values);
  const int64_t kind = number_below(n, 6), far = number_below(n, values);
  if (kind == 2)
    return (row_step){
      number_below(n, 2) ? ML_STEP_SCALE : ML_STEP_SHIFT, near, number_below(n, 2), 0};
  const int64_t step = binary[number_below(n, LENGTH(binary))];
  const int is_product = step == ML_STEP_MULTIPLY;
  if (kind < 2 || (is_product && ++*products > 3))
    return (row_step){unary[number_below(n, LENGTH(unary))], near, 0, 0};
  const int64_t c = number_below(n, values);
  return number_below(n, 2) ? (row_step){step, near, far, c} : (row_step){step, far, near, c};
}

row_program random_row_program(numbers *n) {
  static const int64_t inputs[] = {ML_FULL, ML_FULL, ML_ROW, ML_COLUMN, ML_SINGLE};
  static const int64_t outputs[] = {ML_FULL, ML_FULL, ML_SUM_ROWS, ML_SUM_COLUMNS};
  const int is_large = number_below(n, 3) == 0;
  row_program p = {.scalars = {0.625f, -0.3f}};
  p.inputs = 1 + number_below(n, is_large ? ML_ROW_PROGRAM_INPUTS : 4);
  p.steps = number_below(n, is_large ? ML_ROW_PROGRAM_STEPS + 1 : 7);
  p.outputs = 1 + number_below(n, is_large ? ML_ROW_PROGRAM_OUTPUTS : 3);
  for (int64_t i = 0; i < p.inputs; i++) p.input[i] = inputs[number_below(n, LENGTH(inputs))];
  int64_t products = 0;
  for (int64_t i = 0; i < p.steps; i++) p.step[i] = random_step(n, p.inputs + i, &products);
  const int64_t values = p.inputs + p.steps;
  for (int64_t j = 0; j < p.outputs; j++) {
    const int is_last = j == 0 || number_below(n, 2) == 0;
    p.output[j].value = is_last ? values - 1 : number_below(n, values);
    p.output[j].access = outputs[number_below(n, LENGTH(outputs))];
  }
  return p;
}
