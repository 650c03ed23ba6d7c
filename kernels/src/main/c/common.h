// What every source shares: no libc, no libm, one translation unit per instruction form.
#ifndef SF_COMMON_H
#define SF_COMMON_H
#include <stddef.h>
#include <stdint.h>
#define INL static inline __attribute__((always_inline))
// Accumulator loops are unrolled, loads and stores too, or the tile would live on the stack.
#define UNROLL _Pragma("GCC unroll 16")

// Weights of one step of k: 256 bytes of a panel, whatever the form.
#define STEP_BYTES 256

// Brings 0, 1, 2 or 4 lines of a later step into the cache.
INL void prefetch_lines(const char *p, long lines) {
  if (!lines) return;
  __builtin_prefetch(p, 0, 3);
  if (lines == 1) return;
  __builtin_prefetch(p + 64, 0, 3);
  if (lines == 2) return;
  __builtin_prefetch(p + 128, 0, 3);
  __builtin_prefetch(p + 192, 0, 3);
}

INL long min_l(long a, long b) { return a < b ? a : b; }
INL long max_l(long a, long b) { return a > b ? a : b; }

// Columns of one panel, keys of one attention block.
#define PANEL 64

// Element types of arguments; the numbers are part of the call protocol.
enum { DT_F32 = 0, DT_BF16 = 1, DT_F16 = 2 };

// A run of rows that belong to one sequence; the layout of io.souffleur.kernels.Runs.
typedef struct {
  int32_t first_row, rows, first_position, read_slot, write_slot, first_page, first_mark, marks;
} run_t;

// The state after the first rows of a run is stored into slot, too; marks of a run ascend.
typedef struct {
  int32_t rows, slot;
} mark_t;

INL float f32_of_bf16(uint16_t b) {
  union { uint32_t u; float f; } x = {(uint32_t)b << 16};
  return x.f;
}
INL uint16_t bf16_of_f32(float f) {
  union { float f; uint32_t u; } x = {f};
  if (f != f) return (uint16_t)((x.u >> 16) | 0x40);
  return (uint16_t)((x.u + 0x7FFF + ((x.u >> 16) & 1)) >> 16);
}
#endif
