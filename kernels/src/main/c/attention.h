// Gated causal attention over paged keys and values.
//
// Keys are taken in blocks of 64 on the absolute position grid. A block is brought to the worker's
// scratch once (keys transposed, both widened to F32) and used by all rows of the task:
//
//   scores   [row][64]  = Σ_d q[row][d] · keysT[d][64]        one FMA chain per (row, key)
//   (m, l)              = max and Σ exp(s − m) over the keys at or before the row's position
//   part     [row][D]   = Σ_key exp(s − m) · values[key][D]   one FMA chain per (row, column)
//   M' = max(M, m);  L' = L·e^(M−M') + l·e^(m−M');  O' = O·e^(M−M') + part·e^(m−M')
//
// Lanes past the row's position are cut off by masks and loop ends, never multiplied into a sum.
#ifndef SF_ATTENTION_H
#define SF_ATTENTION_H

#define HEAD_DIM_MAX 512
// Query rows (token rows × heads) of one task.
#define QUERY_ROWS_MAX 48

typedef struct {
  const float *projection;  // [rows, columns]: (query D, gate D) per head, then keys, then values
  const float *query_norm, *key_norm, *rotary;
  float *query;             // [rows, heads · D]
  const run_t *runs;
  const int32_t *pages;
  char *pool;
  int64_t run_count, heads, kv_heads, dim, half, columns, page_stride, layer_offset, page_tokens, type;
  double eps;
} inputs_t;

INL char *kv_row(char *pool, const int32_t *pages, const run_t *run, long position, long which, long head, long kv_heads,
                 long page_tokens, long dim, long page_stride, long layer_offset, long bytes) {
  long page = pages[run->first_page + position / page_tokens];
  long token = position % page_tokens;
  return pool + page * page_stride + layer_offset +
         (((which * kv_heads + head) * page_tokens + token) * dim) * bytes;
}

// RMS norm of one head, then rotation of its first 2 · half columns.
INL void norm_rotate(const float *x, const float *weight, float eps, const float *rotary, long dim, long half, float *y) {
  scale_weighted(x, inverse_rms(x, dim, eps), weight, dim, y);
  for (long j = 0; j < half; j += VL) {
    vm m = vm_first(half - j);
    vf c = vf_load_m(rotary + j, m), s = vf_load_m(rotary + half + j, m);
    vf a = vf_load_m(y + j, m), b = vf_load_m(y + half + j, m);
    vf_store_m(y + j, vf_fnma(b, s, vf_mul(a, c)), m);
    vf_store_m(y + half + j, vf_fma(b, c, vf_mul(a, s)), m);
  }
}

INL void store_kv(char *to, const float *x, long n, long type) {
  if (type == DT_F32) {
    copy_f32(x, n, (float *)to);
    return;
  }
  for (long i = 0; i < n; i += VL) {
    vm m = vm_first(n - i);
    vf_store_bf16_m((uint16_t *)to + i, vf_load_m(x + i, m), m);
  }
}

// Tasks: rows.
static void op_attention_inputs(const inputs_t *a, long first, long last) {
  long dim = a->dim, bytes = a->type == DT_F32 ? 4 : 2;
  float y[HEAD_DIM_MAX];
  for (long r = first; r < last; r++) {
    const run_t *run = run_of_row(a->runs, a->run_count, r);
    long position = run->first_position + (r - run->first_row);
    const float *x = a->projection + r * a->columns, *rotary = a->rotary + r * 2 * a->half;
    for (long h = 0; h < a->heads; h++)
      norm_rotate(x + h * 2 * dim, a->query_norm, (float)a->eps, rotary, dim, a->half,
                  a->query + (r * a->heads + h) * dim);
    const float *keys = x + a->heads * 2 * dim, *values = keys + a->kv_heads * dim;
    for (long h = 0; h < a->kv_heads; h++) {
      norm_rotate(keys + h * dim, a->key_norm, (float)a->eps, rotary, dim, a->half, y);
      store_kv(kv_row(a->pool, a->pages, run, position, 0, h, a->kv_heads, a->page_tokens, dim, a->page_stride,
                      a->layer_offset, bytes), y, dim, a->type);
      store_kv(kv_row(a->pool, a->pages, run, position, 1, h, a->kv_heads, a->page_tokens, dim, a->page_stride,
                      a->layer_offset, bytes), values + h * dim, dim, a->type);
    }
  }
}

typedef struct {
  const float *query;       // [rows, heads · D]
  const float *projection;  // [rows, columns]; the gate of head h starts at column h · 2D + D
  float *out;               // [rows, heads · D]
  const run_t *runs;
  const int32_t *pages;
  char *pool;
  int64_t run_count, heads, kv_heads, dim, columns, page_stride, layer_offset, page_tokens, type;
  int64_t block_rows;       // token rows per task
  int64_t task_heads;       // heads per task, divides heads / kv_heads
} attention_t;

typedef struct {
  float *keys;    // [D][64], transposed
  float *values;  // [64][padded]
  float *query;   // [QUERY_ROWS_MAX][D], scaled
  float *out;     // [QUERY_ROWS_MAX][padded]
  float *part;    // [6][padded]
  float *scores;  // [6][64]
  float *max, *sum;
} attention_scratch_t;

INL vf load_kv(const char *row, long d, long dim, long type) {
  long n = dim - d;
  if (type == DT_F32) return vf_load_m((const float *)row + d, vm_first(n));
  return n >= VL ? vf_load_bf16((const uint16_t *)row + d) : vf_load_bf16_m((const uint16_t *)row + d, vm_first(n));
}

static void load_block(const attention_t *a, const attention_scratch_t *s, const run_t *run, long key0, long keys,
                       long head) {
  long dim = a->dim, padded = (dim + PANEL - 1) / PANEL * PANEL, bytes = a->type == DT_F32 ? 4 : 2;
  for (long k0 = 0; k0 < PANEL; k0 += VL) {
    const char *rows[VL];
    for (long i = 0; i < VL; i++)
      rows[i] = k0 + i < keys ? kv_row(a->pool, a->pages, run, key0 + k0 + i, 0, head, a->kv_heads, a->page_tokens, dim,
                                       a->page_stride, a->layer_offset, bytes)
                              : 0;
    for (long d = 0; d < dim; d += VL) {
      vf t[VL];
      if (k0 < keys) {
        UNROLL for (int i = 0; i < VL; i++) t[i] = rows[i] ? load_kv(rows[i], d, dim, a->type) : vf_zero();
        vf_transpose(t);
      } else {
        UNROLL for (int i = 0; i < VL; i++) t[i] = vf_zero();
      }
      if (d + VL <= dim) {
        UNROLL for (int i = 0; i < VL; i++) vf_store(s->keys + (d + i) * PANEL + k0, t[i]);
      } else {
        UNROLL for (int i = 0; i < VL; i++) if (d + i < dim) vf_store(s->keys + (d + i) * PANEL + k0, t[i]);
      }
    }
  }
  for (long k = 0; k < keys; k++) {
    const char *row = kv_row(a->pool, a->pages, run, key0 + k, 1, head, a->kv_heads, a->page_tokens, dim, a->page_stride,
                             a->layer_offset, bytes);
    float *to = s->values + k * padded;
    long d = 0;
    for (; d < dim; d += VL) vf_store(to + d, load_kv(row, d, dim, a->type));
    for (; d < padded; d += VL) vf_store(to + d, vf_zero());
  }
}

// Turns scores into exp(s − max) for the first n keys and 0 for the rest; returns their sum.
INL float softmax_block(float *s, long n, float *max) {
  const vf low = vf_set1(-__builtin_inff());
  vf v[PANEL / VL];
  UNROLL for (int i = 0; i < PANEL / VL; i++) v[i] = vf_blend(low, vf_load(s + i * VL), vm_first(n - i * VL));
  vf top = v[0];
  UNROLL for (int i = 1; i < PANEL / VL; i++) top = vf_max(top, v[i]);
  float m = vf_largest(top);
  UNROLL for (int i = 0; i < PANEL / VL; i++) {
    v[i] = vf_keep(vf_exp(vf_sub(v[i], vf_set1(m))), vm_first(n - i * VL));
    vf_store(s + i * VL, v[i]);
  }
  UNROLL for (int step = 1; step < PANEL / VL; step *= 2)
    UNROLL for (int i = 0; i < PANEL / VL; i += 2 * step) v[i] = vf_add(v[i], v[i + step]);
  *max = m;
  return vf_sum(v[0]);
}

INL float exp_f(float x) {
  float t[VL];
  vf_store(t, vf_exp(vf_set1(x)));
  return t[0];
}

// Query rows [i, i + rows) against the loaded block; row j may use its first visible[j] ≥ 1 keys.
static void attend_tile(const attention_scratch_t *s, long dim, long i, long rows, const long *visible) {
  long padded = (dim + PANEL - 1) / PANEL * PANEL, common = PANEL;
  float max[TILE_ROWS], sum[TILE_ROWS];
  tile_f32(rows, s->query + i * dim, dim, s->keys, PANEL, dim, s->scores, PANEL, 0);
  for (long j = 0; j < rows; j++) {
    sum[j] = softmax_block(s->scores + j * PANEL, visible[j], max + j);
    common = min_l(common, visible[j]);
  }
  for (long d = 0; d < padded; d += PANEL) {
    tile_f32(rows, s->scores, PANEL, s->values + d, padded, common, s->part + d, padded, 0);
    for (long j = 0; j < rows; j++)
      if (visible[j] > common)
        tile_f32(1, s->scores + j * PANEL + common, PANEL, s->values + common * padded + d, padded, visible[j] - common,
                 s->part + j * padded + d, padded, 1);
  }
  for (long j = 0; j < rows; j++) {
    float *m = s->max + i + j, *l = s->sum + i + j;
    float merged = *m > max[j] ? *m : max[j];
    float keep = exp_f(*m - merged), take = exp_f(max[j] - merged);
    *m = merged;
    *l = *l * keep + sum[j] * take;
    float *o = s->out + (i + j) * padded;
    vf kept = vf_set1(keep), taken = vf_set1(take);
    for (long d = 0; d < padded; d += VL)
      vf_store(o + d, vf_fma(vf_load(s->part + j * padded + d), taken, vf_mul(vf_load(o + d), kept)));
  }
}

// Rows [row0, row0 + rows) of a run (counted inside the run), heads [head, head + task_heads).
static void attend(const attention_t *a, const attention_scratch_t *s, const run_t *run, long row0, long rows, long head) {
  long dim = a->dim, padded = (dim + PANEL - 1) / PANEL * PANEL, th = a->task_heads, count = rows * th;
  long kv_head = head / (a->heads / a->kv_heads);
  vf scale = vf_set1(1.0f / __builtin_sqrtf((float)dim));
  for (long i = 0; i < count; i++) {
    const float *q = a->query + ((run->first_row + row0 + i / th) * a->heads + head + i % th) * dim;
    for (long d = 0; d < dim; d += VL) {
      vm m = vm_first(dim - d);
      vf_store_m(s->query + i * dim + d, vf_mul(vf_load_m(q + d, m), scale), m);
    }
    for (long d = 0; d < padded; d += VL) vf_store(s->out + i * padded + d, vf_zero());
    s->max[i] = -__builtin_inff();
    s->sum[i] = 0.0f;
  }
  long position0 = run->first_position + row0, end = position0 + rows;
  for (long key0 = 0; key0 < end; key0 += PANEL) {
    load_block(a, s, run, key0, min_l(PANEL, end - key0), kv_head);
    long i = max_l(0, key0 - position0) * th;
    while (i < count) {
      long tile = tile_rows(count - i), visible[TILE_ROWS];
      for (long j = 0; j < tile; j++) visible[j] = min_l(PANEL, position0 + (i + j) / th + 1 - key0);
      attend_tile(s, dim, i, tile, visible);
      i += tile;
    }
  }
  for (long i = 0; i < count; i++) {
    long row = run->first_row + row0 + i / th, h = head + i % th;
    const float *gate = a->projection + row * a->columns + h * 2 * dim + dim;
    float *out = a->out + (row * a->heads + h) * dim;
    vf l = vf_set1(s->sum[i]);
    for (long d = 0; d < dim; d += VL) {
      vm m = vm_first(dim - d);
      vf o = vf_div(vf_load(s->out + i * padded + d), l);
      vf_store_m(out + d, vf_mul(o, vf_sigmoid(vf_load_m(gate + d, m))), m);
    }
  }
}

// Tasks: (run, block of block_rows rows, group of task_heads heads), heads innermost.
static void op_attention(const attention_t *a, float *scratch, long first, long last) {
  long padded = (a->dim + PANEL - 1) / PANEL * PANEL, groups = a->heads / a->task_heads;
  attention_scratch_t s;
  s.max = scratch;
  s.sum = s.max + QUERY_ROWS_MAX;
  s.scores = s.sum + QUERY_ROWS_MAX;
  s.part = s.scores + TILE_ROWS * PANEL;
  s.keys = s.part + TILE_ROWS * padded;
  s.values = s.keys + padded * PANEL;
  s.query = s.values + padded * PANEL;
  s.out = s.query + QUERY_ROWS_MAX * padded;
  long t = 0;
  for (long r = 0; r < a->run_count && t < last; r++) {
    const run_t *run = a->runs + r;
    long blocks = (run->rows + a->block_rows - 1) / a->block_rows;
    long from = max_l(first - t, 0), to = min_l(last - t, blocks * groups);
    for (long u = from; u < to; u++) {
      long row0 = u / groups * a->block_rows;
      attend(a, &s, run, row0, min_l(a->block_rows, run->rows - row0), u % groups * a->task_heads);
    }
    t += blocks * groups;
  }
}
#endif
