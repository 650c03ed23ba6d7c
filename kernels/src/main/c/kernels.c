// The one translation unit of an instruction form: compile with the form's folder on the include path.
#include "common.h"
#include "form.h"
#include "functions.h"
#include "products.h"
#include "rows.h"
#include "attention.h"
#include "delta.h"
#include "sampling.h"
#include "vision.h"

// The compiler may turn loops into calls of these two even without a library.
__attribute__((visibility("hidden"))) void *memcpy(void *restrict to, const void *restrict from, size_t n) {
  char *t = to;
  const char *f = from;
  for (size_t i = 0; i < n; i++) {
    t[i] = f[i];
    __asm__ volatile("" ::: "memory");
  }
  return to;
}
__attribute__((visibility("hidden"))) void *memset(void *to, int value, size_t n) {
  char *t = to;
  for (size_t i = 0; i < n; i++) {
    t[i] = (char)value;
    __asm__ volatile("" ::: "memory");
  }
  return to;
}

// Operation numbers, as in io.souffleur.kernels.nativecpu.Operation.
enum {
  OP_PACK, OP_EMBED, OP_RMS_NORM, OP_ROUND, OP_LINEAR, OP_SILU_MUL, OP_ROTARY, OP_FREQUENCIES, OP_ATTENTION_INPUTS,
  OP_ATTENTION, OP_CAUSAL_CONV, OP_CONV_WINDOW, OP_DELTA_PREPARE, OP_DELTA, OP_GATED_NORM, OP_SELECT_ROWS, OP_SAMPLE, OP_LEVELS,
  OP_ADD_ROWS, OP_LAYER_NORM, OP_GELU, OP_MEAN_ROWS, OP_SPAN_ATTENTION, OP_COUNT
};

// Rounding to nearest, no flushing of subnormals, no trapping.
#define MXCSR_LAW 0x1F80u

// Not inlined, so that no arithmetic moves across the change of the rounding mode.
static __attribute__((noinline)) int32_t dispatch(int32_t op, const void *args, void *scratch, int64_t first,
                                                  int64_t last) {
  switch (op) {
    case OP_PACK: op_pack(args, first, last); break;
    case OP_EMBED: op_embed(args, first, last); break;
    case OP_RMS_NORM: op_rms_norm(args, first, last); break;
    case OP_ROUND: op_round(args, first, last); break;
    case OP_LINEAR: op_linear(args, scratch, first, last); break;
    case OP_SILU_MUL: op_silu_mul(args, first, last); break;
    case OP_ROTARY: op_rotary(args, first, last); break;
    case OP_FREQUENCIES: op_frequencies(args); break;
    case OP_ATTENTION_INPUTS: op_attention_inputs(args, first, last); break;
    case OP_ATTENTION: op_attention(args, scratch, first, last); break;
    case OP_CAUSAL_CONV: op_causal_conv(args, first, last); break;
    case OP_CONV_WINDOW: op_conv_window(args, first, last); break;
    case OP_DELTA_PREPARE: op_delta_prepare(args, first, last); break;
    case OP_DELTA: op_delta(args, scratch, first, last); break;
    case OP_GATED_NORM: op_gated_norm(args, first, last); break;
    case OP_SELECT_ROWS: op_select_rows(args, first, last); break;
    case OP_SAMPLE: op_sample(args, scratch, first, last); break;
    case OP_LEVELS: op_levels(args, first, last); break;
    case OP_ADD_ROWS: op_add_rows(args, first, last); break;
    case OP_LAYER_NORM: op_layer_norm(args, first, last); break;
    case OP_GELU: op_gelu(args, first, last); break;
    case OP_MEAN_ROWS: op_mean_rows(args, first, last); break;
    case OP_SPAN_ATTENTION: op_span_attention(args, scratch, first, last); break;
    default: return 1;
  }
  return 0;
}

// Runs tasks [first, last) of one operation. args: the operation's struct; scratch: this worker's own.
// Returns 0, or 1 for an unknown operation.
__attribute__((visibility("default"))) int32_t souffleur_run(int32_t op, const void *args, void *scratch, int64_t first,
                                                             int64_t last) {
  unsigned mxcsr = _mm_getcsr();
  _mm_setcsr(MXCSR_LAW);
  int32_t status = dispatch(op, args, scratch, first, last);
  _mm_setcsr(mxcsr);
  _mm256_zeroupper();
  return status;
}
