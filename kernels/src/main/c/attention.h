// Causal attention over paged keys and values, with or without an output gate.
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
#define QUERY_ROWS_MAX 96

typedef struct {
  const float *projection;  // [rows, columns]: query D and, if gated, gate D per head, then keys, then values
  const float *query_norm, *key_norm, *rotary;
  float *query;             // [rows, heads · D]
  const run_t *runs;
  const int32_t *pages;
  char *pool;
  int64_t run_count, heads, kv_heads, dim, half, columns, page_stride, layer_offset, page_tokens, type;
  double eps;
} inputs_t;

// Columns from one head's query to the next: 2 · D with a gate behind every query, D without.
INL long query_stride(long columns, long heads, long kv_heads, long dim) {
  return (columns - 2 * kv_heads * dim) / heads;
}

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
  long stride = query_stride(a->columns, a->heads, a->kv_heads, dim);
  float y[HEAD_DIM_MAX];
  for (long r = first; r < last; r++) {
    const run_t *run = run_of_row(a->runs, a->run_count, r);
    long position = run->first_position + (r - run->first_row);
    const float *x = a->projection + r * a->columns, *rotary = a->rotary + r * 2 * a->half;
    for (long h = 0; h < a->heads; h++)
      norm_rotate(x + h * stride, a->query_norm, (float)a->eps, rotary, dim, a->half,
                  a->query + (r * a->heads + h) * dim);
    const float *keys = x + a->heads * stride, *values = keys + a->kv_heads * dim;
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
  const float *projection;  // [rows, columns]; the gate of head h, if any, starts at column h · 2D + D
  float *out;               // [rows, heads · D]
  const run_t *runs;
  const int32_t *pages;
  char *pool;
  int64_t run_count, heads, kv_heads, dim, columns, page_stride, layer_offset, page_tokens, type;
  int64_t block_rows;       // token rows per task
  int64_t task_heads;       // heads per task, divides heads / kv_heads
} attention_t;

// Everything but query and out is small enough to stay in the first-level cache.
typedef struct {
  float keys[PANEL * PANEL];    // 64 columns of a block's keys, transposed: [d][key]
  float values[PANEL * PANEL];  // 64 columns of a block's values: [key][d]
  float scores[QUERY_ROWS_MAX * PANEL];
  float part[TILE_ROWS * PANEL];
  float max[QUERY_ROWS_MAX], sum[QUERY_ROWS_MAX];    // of all blocks so far
  float block_max[QUERY_ROWS_MAX], block_sum[QUERY_ROWS_MAX];
  float keep[QUERY_ROWS_MAX], take[QUERY_ROWS_MAX];  // merge factors of the present block
  long visible[QUERY_ROWS_MAX];                      // keys of the present block that a row may use
  float query[QUERY_ROWS_MAX * HEAD_DIM_MAX];        // scaled
  float out[QUERY_ROWS_MAX * HEAD_DIM_MAX];
} attention_scratch_t;

INL vf load_kv(const char *row, long d, long dim, const int wide) {
  long n = dim - d;
  if (wide) return vf_load_m((const float *)row + d, vm_first(n));
  return n >= VL ? vf_load_bf16((const uint16_t *)row + d) : vf_load_bf16_m((const uint16_t *)row + d, vm_first(n));
}

// Fetches columns [d0, d0 + 64) of a block's rows at an offset: a share of what is read next, while the
// present share is computed with.
INL void prefetch_columns(const char *const *rows, long offset, long d0, long dim, long bytes) {
  long from = offset + d0 * bytes, to = offset + min_l(d0 + PANEL, dim) * bytes;
  for (long k = 0; k < PANEL && rows[k]; k++)
    for (long i = from; i < to; i += 64) __builtin_prefetch(rows[k] + i, 0, 2);
}

// Columns [d0, d0 + 64) of a block's keys, transposed. A 32-bit word is one F32 or two BF16, which are
// split after the transposition. Missing keys give zeros.
INL void transpose_keys(const char *const *rows, long d0, long dim, const int wide, float *keys) {
  long columns = min_l(PANEL, dim - d0), words = wide ? columns : columns / 2;
  for (long k0 = 0; k0 < PANEL; k0 += VL)
    for (long w = 0; w < words; w += VL) {
      vm m = vm_first(words - w);
      vf t[VL];
      UNROLL for (int i = 0; i < VL; i++)
        t[i] = rows[k0 + i] ? vf_load_m((const float *)(rows[k0 + i] + d0 * (wide ? 4 : 2)) + w, m) : vf_zero();
      vf_transpose(t);
      UNROLL for (int i = 0; i < VL; i++) {
        if (w + i >= words) continue;
        if (wide) {
          vf_store(keys + (w + i) * PANEL + k0, t[i]);
        } else {
          float *to = keys + 2 * (w + i) * PANEL + k0;
          vi pair = vf_bits(t[i]);
          vf_store(to, vf_of_bits(vi_shl(pair, 16)));
          vf_store(to + PANEL, vf_of_bits(vi_and(pair, vi_set1((int)0xFFFF0000))));
        }
      }
    }
}

// Columns [d0, d0 + 64) of a block's values; columns past the head give zeros.
INL void copy_values(const char *const *rows, long offset, long d0, long dim, const int wide, float *values) {
  for (long k = 0; k < PANEL && rows[k]; k++)
    UNROLL for (int c = 0; c < PANEL; c += VL)
      vf_store(values + k * PANEL + c,
               d0 + c < dim ? load_kv(rows[k] + offset, d0 + c, dim, wide) : vf_zero());
}

// Addresses of the keys of positions [key0, key0 + keys); their values lie value_offset bytes further.
static void locate_keys(const attention_t *a, const run_t *run, long key0, long keys, long head, const char **rows) {
  long bytes = a->dim * (a->type == DT_F32 ? 4 : 2), k = 0;
  while (k < keys) {
    long page = (key0 + k) / a->page_tokens, token = (key0 + k) % a->page_tokens;
    const char *row = a->pool + a->pages[run->first_page + page] * a->page_stride + a->layer_offset +
                      (head * a->page_tokens + token) * bytes;
    for (; token < a->page_tokens && k < keys; token++, row += bytes) rows[k++] = row;
  }
  while (k < PANEL) rows[k++] = 0;
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

// Scores of query rows [first, count) become weights; maxima and sums are merged, and the factors of
// the merge kept for the outputs. A maximum that is NaN makes the factors and so the row NaN.
static void merge_softmax(attention_scratch_t *s, long first, long count) {
  for (long i = first; i < count; i++)
    s->block_sum[i] = softmax_block(s->scores + i * PANEL, s->visible[i], s->block_max + i);
  for (long i = first; i < count; i += VL) {
    vm m = vm_first(count - i);
    vf old = vf_load_m(s->max + i, m), block = vf_load_m(s->block_max + i, m), merged = vf_max(old, block);
    vf keep = vf_exp(vf_sub(old, merged)), take = vf_exp(vf_sub(block, merged));
    vf sum = vf_fma(vf_load_m(s->block_sum + i, m), take, vf_mul(vf_load_m(s->sum + i, m), keep));
    vf_store_m(s->max + i, merged, m);
    vf_store_m(s->sum + i, sum, m);
    vf_store_m(s->keep + i, keep, m);
    vf_store_m(s->take + i, take, m);
  }
}

// Weights times values for 64 columns of query rows [i, i + rows), merged into their outputs.
static void merge_values(attention_scratch_t *s, long i, long rows, float *out, long padded) {
  long common = PANEL;
  for (long j = 0; j < rows; j++) common = min_l(common, s->visible[i + j]);
  tile_f32(rows, s->scores + i * PANEL, PANEL, s->values, PANEL, common, s->part, PANEL, 0);
  for (long j = 0; j < rows; j++)
    if (s->visible[i + j] > common)
      tile_f32(1, s->scores + (i + j) * PANEL + common, PANEL, s->values + common * PANEL, PANEL,
               s->visible[i + j] - common, s->part + j * PANEL, PANEL, 1);
  for (long j = 0; j < rows; j++) {
    vf kept = vf_set1(s->keep[i + j]), taken = vf_set1(s->take[i + j]);
    float *o = out + (i + j) * padded;
    UNROLL for (int c = 0; c < PANEL; c += VL)
      vf_store(o + c, vf_fma(vf_load(s->part + j * PANEL + c), taken, vf_mul(vf_load(o + c), kept)));
  }
}

// Query rows [first, count) against one block of keys.
static void attend_block(const attention_t *a, attention_scratch_t *s, const char *const *rows, const char *const *next,
                         long first, long count) {
  long dim = a->dim, padded = (dim + PANEL - 1) / PANEL * PANEL, bytes = a->type == DT_F32 ? 4 : 2;
  long value_offset = a->kv_heads * a->page_tokens * dim * bytes;
  for (long d = 0; d < dim; d += PANEL) {
    if (a->type == DT_F32) transpose_keys(rows, d, dim, 1, s->keys);
    else transpose_keys(rows, d, dim, 0, s->keys);
    prefetch_columns(rows, value_offset, d, dim, bytes);
    for (long i = first, n; i < count; i += n) {
      n = tile_rows(count - i);
      tile_f32(n, s->query + i * dim + d, dim, s->keys, PANEL, min_l(PANEL, dim - d), s->scores + i * PANEL, PANEL,
               d > 0);
    }
  }
  merge_softmax(s, first, count);
  for (long d = 0; d < dim; d += PANEL) {
    if (a->type == DT_F32) copy_values(rows, value_offset, d, dim, 1, s->values);
    else copy_values(rows, value_offset, d, dim, 0, s->values);
    prefetch_columns(next, 0, d, dim, bytes);
    for (long i = first, n; i < count; i += n) {
      n = tile_rows(count - i);
      merge_values(s, i, n, s->out + d, padded);
    }
  }
}

// Rows [row0, row0 + rows) of a run (counted inside the run), heads [head, head + task_heads).
static void attend(const attention_t *a, attention_scratch_t *s, const run_t *run, long row0, long rows, long head) {
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
  const char *rows_of[2][PANEL];
  locate_keys(a, run, 0, min_l(PANEL, end), kv_head, rows_of[0]);
  for (long key0 = 0; key0 < end; key0 += PANEL) {
    const char **here = rows_of[key0 / PANEL & 1], **next = rows_of[~(key0 / PANEL) & 1];
    locate_keys(a, run, key0 + PANEL, min_l(PANEL, end - key0 - PANEL), kv_head, next);
    long first = max_l(0, key0 - position0) * th;
    for (long i = first; i < count; i++) s->visible[i] = min_l(PANEL, position0 + i / th + 1 - key0);
    attend_block(a, s, here, next, first, count);
  }
  long stride = query_stride(a->columns, a->heads, a->kv_heads, dim);
  int gated = stride > dim;
  for (long i = 0; i < count; i++) {
    long row = run->first_row + row0 + i / th, h = head + i % th;
    const float *gate = a->projection + row * a->columns + h * stride + dim;
    float *out = a->out + (row * a->heads + h) * dim;
    vf l = vf_set1(s->sum[i]);
    for (long d = 0; d < dim; d += VL) {
      vm m = vm_first(dim - d);
      vf o = vf_div(vf_load(s->out + i * padded + d), l);
      vf_store_m(out + d, gated ? vf_mul(o, vf_sigmoid(vf_load_m(gate + d, m))) : o, m);
    }
  }
}

// Tasks: (run, block of block_rows rows, group of task_heads heads), heads innermost.
static void op_attention(const attention_t *a, attention_scratch_t *s, long first, long last) {
  long groups = a->heads / a->task_heads;
  long t = 0;
  for (long r = 0; r < a->run_count && t < last; r++) {
    const run_t *run = a->runs + r;
    long blocks = (run->rows + a->block_rows - 1) / a->block_rows;
    long from = max_l(first - t, 0), to = min_l(last - t, blocks * groups);
    for (long u = from; u < to; u++) {
      long row0 = u / groups * a->block_rows;
      attend(a, s, run, row0, min_l(a->block_rows, run->rows - row0), u % groups * a->task_heads);
    }
    t += blocks * groups;
  }
}
#endif
