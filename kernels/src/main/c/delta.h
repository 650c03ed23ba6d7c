// Gated DeltaNet: causal convolution, the delta rule as an exact recurrence, the gated norm.
#ifndef SF_DELTA_H
#define SF_DELTA_H

#define CONV_WIDTH_MAX 16
// Channels that share a transposed copy of their weights, and rows that use it.
#define CONV_BLOCK 512
#define CONV_ROWS 16

typedef struct {
  const float *projection;  // [rows, columns]
  const float *weight;      // [channels, width]
  float *out;               // [rows, channels]
  char *pool;               // windows [channels, width − 1], oldest first
  const run_t *runs;
  const mark_t *marks;
  int64_t run_count, columns, channels, width, slot_stride, offset;
} conv_t;

INL float *window_of(const conv_t *a, long slot) { return (float *)(a->pool + slot * a->slot_stride + a->offset); }

// to[j][i] = from[i][j] for n rows of width values; a constant width lets the compiler shuffle.
INL void transpose_taps(const float *from, const long width, long n, float to[][CONV_BLOCK]) {
  for (long c = 0; c < n; c++)
    for (long j = 0; j < width; j++) to[j][c] = from[c * width + j];
}

INL void conv_vector(const float *const *u, float weights[][CONV_BLOCK], const long width, long c, vm m, int full,
                     float *out) {
  vf s = vf_zero();
  for (long j = 0; j < width; j++)
    s = full ? vf_fma(vf_load(weights[j] + c), vf_load(u[j] + c), s)
             : vf_fma(vf_load_m(weights[j] + c, m), vf_load_m(u[j] + c, m), s);
  if (full) vf_store(out + c, vf_silu(s));
  else vf_store_m(out + c, vf_silu(s), m);
}

INL void conv_rows(const conv_t *a, const long width, long first, long last) {
  const long history = width - 1;
  float weights[CONV_WIDTH_MAX][CONV_BLOCK], window[CONV_WIDTH_MAX][CONV_BLOCK];
  for (long c0 = 0; c0 < a->channels; c0 += CONV_BLOCK) {
    long n = min_l(CONV_BLOCK, a->channels - c0);
    transpose_taps(a->weight + c0 * width, width, n, weights);
    for (long r = first; r < last; r++) {
      const run_t *run = run_of_row(a->runs, a->run_count, r);
      long t = r - run->first_row, c = 0;
      if (t < history && run->read_slot >= 0)
        transpose_taps(window_of(a, run->read_slot) + c0 * history, history, n, window);
      else if (t < history)
        for (long j = 0; j < history; j++)
          for (long i = 0; i < CONV_BLOCK; i++) window[j][i] = 0.0f;
      const float *u[CONV_WIDTH_MAX];
      for (long j = 0; j < width; j++) {
        long back = history - j;
        u[j] = t < back ? window[t + j] : a->projection + (r - back) * a->columns + c0;
      }
      float *out = a->out + r * a->channels + c0;
      for (; c + VL <= n; c += VL) conv_vector(u, weights, width, c, vm_first(VL), 1, out);
      if (c < n) conv_vector(u, weights, width, c, vm_first(n - c), 0, out);
    }
  }
}

// Tasks: rows. Reads windows, writes none.
static void op_causal_conv(const conv_t *a, long first, long last) {
  for (long r = first; r < last; r += CONV_ROWS) {
    if (a->width == 4) conv_rows(a, 4, r, min_l(r + CONV_ROWS, last));
    else conv_rows(a, a->width, r, min_l(r + CONV_ROWS, last));
  }
}

// to[i][j] = from[j][i]: the way back.
INL void interleave_taps(const float *const *from, const long width, long n, float *to) {
  for (long c = 0; c < n; c++)
    for (long j = 0; j < width; j++) to[c * width + j] = from[j][c];
}

// The window after the first rows of a run.
INL void conv_window(const conv_t *a, const long history, const run_t *run, long rows, long slot) {
  float window[CONV_WIDTH_MAX][CONV_BLOCK];
  for (long c0 = 0; c0 < a->channels; c0 += CONV_BLOCK) {
    long n = min_l(CONV_BLOCK, a->channels - c0);
    if (rows < history && run->read_slot >= 0)
      transpose_taps(window_of(a, run->read_slot) + c0 * history, history, n, window);
    else if (rows < history)
      for (long j = 0; j < history; j++)
        for (long i = 0; i < CONV_BLOCK; i++) window[j][i] = 0.0f;
    const float *u[CONV_WIDTH_MAX];
    for (long j = 0; j < history; j++) {
      long row = rows - history + j;
      u[j] = row < 0 ? window[rows + j] : a->projection + (run->first_row + row) * a->columns + c0;
    }
    interleave_taps(u, history, n, window_of(a, slot) + c0 * history);
  }
}

INL void conv_windows(const conv_t *a, const long history, const run_t *run) {
  const mark_t *marks = a->marks + run->first_mark;
  for (long i = 0; i <= run->marks; i++) {
    int end = i == run->marks;
    conv_window(a, history, run, end ? run->rows : marks[i].rows, end ? run->write_slot : marks[i].slot);
  }
}

// Tasks: runs, after all rows. The new window is the last width − 1 inputs, old ones where fewer rows
// came; a block of channels is read before it is written, and marks come first, because the slot read
// may be the slot written.
static void op_conv_window(const conv_t *a, long first, long last) {
  for (long i = first; i < last; i++) {
    if (a->width == 4) conv_windows(a, 3, a->runs + i);
    else conv_windows(a, a->width - 1, a->runs + i);
  }
}

typedef struct {
  const float *conv;        // [rows, channels]: q, k, v of all heads
  const float *projection;  // [rows, columns]
  const float *a_log, *dt_bias;
  float *out;               // [rows, value_heads · value_dim]
  char *pool;
  const run_t *runs;
  const mark_t *marks;
  float *keys;              // scratch [key_heads, rows, 2 · key_dim]: normalised q, normalised k
  float *gates;             // scratch [rows, key_heads + 2 · value_heads]: k·q, e^g, β
  int64_t rows, key_heads, value_heads, key_dim, value_dim, columns, b_column, slot_stride, offset;
} delta_t;

// Columns of the state that one task carries through a run.
#define STRIP_VECTORS 4
#define STRIP (STRIP_VECTORS * VL)
// Row stride of the strip in scratch: not a power of two, so that a store of one row and the load of a
// later row never share the low address bits by which the core compares them.
#define STRIP_STRIDE (STRIP + 16)
#define KEY_DIM_MAX 1024

INL void scale_f32(const float *x, float scale, long n, float *out) {
  vf s = vf_set1(scale);
  for (long i = 0; i < n; i += VL) {
    vm m = vm_first(n - i);
    vf_store_m(out + i, vf_mul(vf_load_m(x + i, m), s), m);
  }
}

// Tasks: rows. What the recurrence needs per token and head, independent of the state.
static void op_delta_prepare(const delta_t *a, long first, long last) {
  long dk = a->key_dim, kh = a->key_heads, vh = a->value_heads, channels = 2 * kh * dk + vh * a->value_dim;
  float root = 1.0f / __builtin_sqrtf((float)dk);
  for (long r = first; r < last; r++) {
    const float *q = a->conv + r * channels, *k = q + kh * dk;
    float *gates = a->gates + r * (kh + 2 * vh);
    for (long h = 0; h < kh; h++) {
      float *to = a->keys + (h * a->rows + r) * 2 * dk;
      scale_f32(q + h * dk, root / __builtin_sqrtf(sum_squares(q + h * dk, dk) + 1e-6f), dk, to);
      scale_f32(k + h * dk, 1.0f / __builtin_sqrtf(sum_squares(k + h * dk, dk) + 1e-6f), dk, to + dk);
      gates[h] = dot(to, to + dk, dk);
    }
    const float *b = a->projection + r * a->columns + a->b_column, *decay = b + vh;
    for (long h = 0; h < vh; h += VL) {
      vm m = vm_first(vh - h);
      vf rate = vf_exp(vf_load_m(a->a_log + h, m));
      vf g = vf_mul(rate, vf_softplus(vf_add(vf_load_m(decay + h, m), vf_load_m(a->dt_bias + h, m))));
      vf_store_m(gates + kh + h, vf_exp(vf_sub(vf_zero(), g)), m);
      vf_store_m(gates + kh + vh + h, vf_sigmoid(vf_load_m(b + h, m)), m);
    }
  }
}

// One sweep over a strip of the state, rows in ascending order:
//   S ← S·decay + k·δ   (if update)     u ← Σ S·k'   w ← Σ S·q'   (if read)
// The update of token t and the reads of token t + 1 share a sweep; per element the operations are
// the same whether shared or not, so a chunk border changes no bit.
INL void sweep(const int update, const int read, const int full, const float *from, long from_ld, float *to, long to_ld,
               long dk, const vm *m, float decay, const float *k, const vf *delta, const float *q_next,
               const float *k_next, vf *u, vf *w) {
  vf d = vf_set1(decay);
  vf us[STRIP_VECTORS], ws[STRIP_VECTORS];
  UNROLL for (int c = 0; c < STRIP_VECTORS; c++) us[c] = ws[c] = vf_zero();
  for (long i = 0; i < dk; i++) {
    vf s[STRIP_VECTORS];
    UNROLL for (int c = 0; c < STRIP_VECTORS; c++)
      s[c] = full ? vf_load(from + i * from_ld + c * VL) : vf_load_m(from + i * from_ld + c * VL, m[c]);
    if (update) {
      vf key = vf_set1(k[i]);
      UNROLL for (int c = 0; c < STRIP_VECTORS; c++) s[c] = vf_fma(key, delta[c], vf_mul(s[c], d));
      UNROLL for (int c = 0; c < STRIP_VECTORS; c++) {
        if (full) vf_store(to + i * to_ld + c * VL, s[c]);
        else vf_store_m(to + i * to_ld + c * VL, s[c], m[c]);
      }
    }
    if (read) {
      vf kn = vf_set1(k_next[i]), qn = vf_set1(q_next[i]);
      UNROLL for (int c = 0; c < STRIP_VECTORS; c++) us[c] = vf_fma(kn, s[c], us[c]);
      UNROLL for (int c = 0; c < STRIP_VECTORS; c++) ws[c] = vf_fma(qn, s[c], ws[c]);
    }
  }
  if (read) UNROLL for (int c = 0; c < STRIP_VECTORS; c++) {
      u[c] = us[c];
      w[c] = ws[c];
    }
}

INL void sweep_any(const int update, const int read, int full, const float *from, long from_ld, float *to, long to_ld,
                   long dk, const vm *m, float decay, const float *k, const vf *delta, const float *qn, const float *kn,
                   vf *u, vf *w) {
  if (full) sweep(update, read, 1, from, from_ld, to, to_ld, dk, m, decay, k, delta, qn, kn, u, w);
  else sweep(update, read, 0, from, from_ld, to, to_ld, dk, m, decay, k, delta, qn, kn, u, w);
}

INL float *strip_of(const delta_t *a, long slot, long head, long c0) {
  return (float *)(a->pool + slot * a->slot_stride + a->offset) + head * a->key_dim * a->value_dim + c0;
}

INL void copy_strip(const float *from, long from_ld, float *to, long to_ld, long dk, const vm *m) {
  for (long i = 0; i < dk; i++)
    UNROLL for (int c = 0; c < STRIP_VECTORS; c++)
      vf_store_m(to + i * to_ld + c * VL, vf_load_m(from + i * from_ld + c * VL, m[c]), m[c]);
}

// One value head's columns [c0, c0 + n) through all rows of a run. Sᵀq of the updated state is
// e^g·Sᵀq + δ·(k·q), so the old state is read once for both products.
static void delta_strip(const delta_t *a, const run_t *run, long head, long c0, long n, float *strip) {
  long dk = a->key_dim, dv = a->value_dim, kh = a->key_heads, vh = a->value_heads, kv = head / (vh / kh);
  long channels = 2 * kh * dk + vh * dv, gate_width = kh + 2 * vh;
  int full = n == STRIP;
  vm m[STRIP_VECTORS];
  for (int c = 0; c < STRIP_VECTORS; c++) m[c] = vm_first(n - c * VL);
  const float *from = strip;
  long from_ld = STRIP_STRIDE;
  if (run->read_slot < 0) {
    for (long i = 0; i < dk * STRIP_STRIDE; i += VL) vf_store(strip + i, vf_zero());
  } else {
    from = strip_of(a, run->read_slot, head, c0);
    from_ld = dv;
  }
  float *end = strip_of(a, run->write_slot, head, c0);
  const mark_t *mark = a->marks + run->first_mark, *marks_end = mark + run->marks;
  const float *keys = a->keys + (kv * a->rows + run->first_row) * 2 * dk;
  vf u[STRIP_VECTORS], w[STRIP_VECTORS], delta[STRIP_VECTORS];
  sweep_any(0, 1, full, from, from_ld, 0, 0, dk, m, 0.0f, 0, delta, keys, keys + dk, u, w);
  for (long r = 0; r < run->rows; r++) {
    long row = run->first_row + r;
    const float *gates = a->gates + row * gate_width;
    float decay = gates[kh + head];
    vf kq = vf_set1(gates[kv]), d = vf_set1(decay), beta = vf_set1(gates[kh + vh + head]);
    const float *v = a->conv + row * channels + 2 * kh * dk + head * dv + c0;
    float *out = a->out + (row * vh + head) * dv + c0;
    // Rows of v and out lie far apart, out of reach of the hardware's prefetching; and stores complete
    // in order, so an output that misses the cache would hold up the state's stores behind it.
    for (int c = 0; c < STRIP; c += 16) {
      __builtin_prefetch(v + 3 * channels + c, 0, 3);
      __builtin_prefetch(out + 3 * vh * dv + c, 0, 3);
    }
    __builtin_prefetch(gates + 4 * gate_width + kh + head, 0, 3);
    UNROLL for (int c = 0; c < STRIP_VECTORS; c++) {
      delta[c] = vf_mul(beta, vf_fnma(d, u[c], vf_load_m(v + c * VL, m[c])));
      vf_store_m(out + c * VL, vf_fma(delta[c], kq, vf_mul(d, w[c])), m[c]);
    }
    const float *key = keys + dk, *next = keys + 2 * dk;
    if (r + 1 < run->rows)
      sweep_any(1, 1, full, from, from_ld, strip, STRIP_STRIDE, dk, m, decay, key, delta, next, next + dk, u, w);
    else
      sweep_any(1, 0, full, from, from_ld, end, dv, dk, m, decay, key, delta, 0, 0, u, w);
    keys = next;
    from = r + 1 < run->rows ? strip : end;
    from_ld = r + 1 < run->rows ? STRIP_STRIDE : dv;
    if (mark < marks_end && mark->rows == r + 1) {
      copy_strip(from, from_ld, strip_of(a, mark->slot, head, c0), dv, dk, m);
      mark++;
    }
  }
}

// Tasks: (run, value head, strip of STRIP columns). Scratch: key_dim · STRIP_STRIDE floats.
static void op_delta(const delta_t *a, float *scratch, long first, long last) {
  long strips = (a->value_dim + STRIP - 1) / STRIP, per_run = strips * a->value_heads;
  for (long t = first; t < last; t++) {
    long c0 = t % strips * STRIP;
    delta_strip(a, a->runs + t / per_run, t % per_run / strips, c0, min_l(STRIP, a->value_dim - c0), scratch);
  }
}

typedef struct {
  const float *x, *projection, *weight;
  float *out;
  int64_t heads, dim, columns, z_column;
  double eps;
} gated_norm_t;

// Tasks: rows.
static void op_gated_norm(const gated_norm_t *a, long first, long last) {
  for (long r = first; r < last; r++)
    for (long h = 0; h < a->heads; h++) {
      const float *x = a->x + (r * a->heads + h) * a->dim, *z = a->projection + r * a->columns + a->z_column + h * a->dim;
      float *out = a->out + (r * a->heads + h) * a->dim;
      vf scale = vf_set1(inverse_rms(x, a->dim, (float)a->eps));
      for (long i = 0; i < a->dim; i += VL) {
        vm m = vm_first(a->dim - i);
        vf y = vf_mul(vf_mul(vf_load_m(x + i, m), scale), vf_load_m(a->weight + i, m));
        vf_store_m(out + i, vf_mul(y, vf_silu(vf_load_m(z + i, m))), m);
      }
    }
}
#endif
