// The numbers that kernels are tuned by, with what was measured; Documentation/Performance.md names the
// machines. "Bits": the number decides in which order numbers are added, or by which form, so that
// another one gives other results.
#ifndef ML_TUNING_H
#define ML_TUNING_H

// ---- Register tiles of products, parameters of the target: rows by vectors of sixteen floats.
// AVX-512 has 32 registers of a vector each, of which 24 hold sums: 97 to 98% of the multiply-add peak
// in direct convolutions. AVX2 has 16, NEON 32, of half and a quarter of a vector: 12 and 24 hold
// sums; with this tile a prototype reached 88% of AVX2's peak. NEON was not measured.
#define ML_TILE_ROWS 6
#if defined(ML_AVX512)
#define ML_TILE_VECTORS 4
#else
#define ML_TILE_VECTORS 1
#endif

// ---- Parts: into how many it pays to cut a kernel's work. Not measured, but that sums over lanes cut
// as finely as other work gain nothing (job E1 0.176 ms with, 0.173 without).
#define ML_PART_OPERATIONS 1e5   // floating-point operations of a part
#define ML_PART_ELEMENTS 16384   // elements that a part touches; bits, where sums are made by part
#define ML_PART_MOST 64          // bits, as above
#define ML_LANE_SUM_PART_SCALE 4 // a part of a sum over lanes has so many times as many elements

// ---- Row programs.
#define ROW_NARROW 512       // the widest row that is not cut; bits; not measured
// Elements of a block: 512, 1,792 and 2,048 are no faster. With more than so many registers in scratch
// a block has ROW_NARROW elements, so that all of it stays in the first-level cache.
#define ROW_BLOCK_MOST 1024
#define ROW_FEW_PLACES 6
#define ROW_LEAST_LINE 64    // numbers of a partial sum at least; bits; not measured
#define ROW_WINDOWS_AHEAD 8  // windows that memory is asked for ahead: job A4 78 to 73 ms

// ---- Sums and maxima.
#define SUM_STRIP 1024             // columns of a part; not measured
#define SUM_LEAST_BLOCK 16         // rows of a block at least; bits; not measured
#define SUM_WIDE_RUN 256           // numbers from which on a run has four sums; bits; not measured
#define SUM_FEW_COLUMNS 64         // below so many columns several rows are a line; bits; not measured
#define SUM_LINE 512               // numbers of such a line at most; bits; not measured
#define MAXIMUM_STRIP 1024         // columns of a part; not measured
#define LANE_SUM_STRIP 128         // numbers whose tree of sums stays in the first-level cache; not measured

// ---- Matrix products.
#define ML_PRODUCT_ROW_BLOCK (16 * ML_TILE_ROWS)  // rows of a part; not measured
// Where factors are packed first: a transposed left one of more numbers than the first, if the result
// has more columns than the second; a right one for so many rows and numbers. Not measured.
#define ML_PACK_LEFT_NUMBERS 16384
#define ML_PACK_COLUMNS 64
#define ML_PACK_RIGHT_ROWS 48
#define ML_PACK_RIGHT_NUMBERS (1 << 18)

// ---- Direct convolutions: rows of images that stay in the second-level cache are one block, up
// to so many tiles of them. Not measured apart.
#define ML_DIRECT_CACHE (256 << 10)
#define ML_DIRECT_TILES_MOST 4

// ---- Direct weight gradients; all bits; not measured apart.
#define ML_GRADIENT_CACHE (256 << 10)    // bytes of images of a piece
#define ML_GRADIENT_SUMS (4 << 20)       // bytes of partial sums at most
#define ML_GRADIENT_PIXELS 1024          // pixels of a block at least
#define ML_GRADIENT_BLOCKS_MOST 16
#define ML_GRADIENT_FEW_CHANNELS 16      // below so many, taps of a row are one piece of work

// ---- Winograd's forms.
#define ML_WINOGRAD_TILES_OF_PASS 12     // that are transformed at a time; not measured apart
#define ML_WINOGRAD_STRIPS_MOST 16
#define ML_WINOGRAD_SCRATCH (1 << 20)    // numbers in the scratch of all strips at most
#define ML_WINOGRAD_STRIP_TILES 64       // of a strip at least
// Below the first number of tiles threads transform the weights each for itself, if each has the
// second: F50 on two threads 200 ms with weights transformed by all, 184 so.
#define ML_WINOGRAD_FEW_TILES 256
#define ML_WINOGRAD_THREAD_TILES 10
// The costs by which a form is chosen, in multiply-adds: bits. Fitted to 159 measured shapes; right or
// within 5% in 240 of 243.
#define ML_WINOGRAD_POINT_COST 1.15      // of a point of a tile and a pair of channels
#define ML_WINOGRAD_TRANSFORM_COST 5.0   // of a point's transforms, shared by the channels
#define ML_WINOGRAD_KERNEL_COST 2.0      // of a point and a pair of channels, to transform the kernel
#define ML_WINOGRAD_KERNEL_GRADIENT_COST 4.0
#define ML_WINOGRAD_KERNEL_OPERATIONS 100.0  // of transforming a pair of channels' kernel

// ---- Winograd's weight gradients; all bits; not measured apart.
#define ML_WINOGRAD_GRADIENT_POINTS 1152 // points that are transformed at a time
#define ML_WINOGRAD_GRADIENT_TILES 384   // of a strip at least
#define ML_WINOGRAD_GRADIENT_SCRATCH (3 << 19)  // numbers in the scratch of all strips at most
#define ML_WINOGRAD_GRADIENT_STRIPS_MOST 8

// ---- Strided copies: columns of a plane that are copied at a time where the source's neighbours lie
// along the rows. Not measured.
#define COPY_COLUMNS 16

#endif
