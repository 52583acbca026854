// The state of a row program at work.

// A position of a picture, and the window that covers it.
typedef struct {
  int64_t h, w;       // the position
  int64_t oh, ow;     // the window
  int64_t kh, kw;     // and where in it the position is
  int64_t high, wide; // how many windows cover a picture
  int64_t first;      // the number of the picture's first window
} row_walk;

// A call at work on its memory.
typedef struct {
  row_shape shape;
  void *const *operands;
  const float *scalars;
  int64_t block;                         // elements of a block, at most
  int64_t block_rows;                    // rows of a block of narrow rows
  float *base[ROW_REGISTERS];            // where a register lies: in scratch, or in an operand,
  int64_t by_element[ROW_REGISTERS];     // moving by the element of the tensor (all bits set),
  int64_t by_column[ROW_REGISTERS];      // or by the column,
  int8_t operand[ROW_REGISTERS];         // in which operand; -1 in scratch,
  float *now[ROW_REGISTERS];             // and where in the present block
  row_link links[ML_ROW_PROGRAM_STEPS];  // the loops to run
  int64_t link_count;
  // In which order outputs are copied; 0 where a step writes one itself.
  int8_t copy_order[ML_ROW_PROGRAM_OUTPUTS];
  int64_t last_copy;
  row_walk reading, writing;             // where windows are: of inputs, and of outputs
  float *scratch;
  float *sums;                           // the partial sums: [row sums][sum blocks][line]
} row_machine;
