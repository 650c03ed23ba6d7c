// Operations of a vision tower: pixel levels, layer norm, GELU, attention inside spans, means.
#ifndef SF_VISION_H
#define SF_VISION_H

typedef struct {
  const uint8_t *levels;  // [rows, channels · plane]
  const float *scale, *offset;
  float *out;
  int64_t channels, plane;
} levels_t;

// out = level · scale + offset of the channel. Tasks: rows.
static void op_levels(const levels_t *a, long first, long last) {
  long n = a->channels * a->plane;
  for (long r = first; r < last; r++)
    for (long c = 0; c < a->channels; c++) {
      const uint8_t *from = a->levels + r * n + c * a->plane;
      float *to = a->out + r * n + c * a->plane, scale = a->scale[c], offset = a->offset[c];
      for (long i = 0; i < a->plane; i++) to[i] = (float)from[i] * scale + offset;
    }
}

typedef struct {
  const float *table;
  const int32_t *index;  // 0: row 0 of the table for every row
  float *x;
  int64_t n;
} add_rows_t;

// x[r] += table[index[r]]. Tasks: rows.
static void op_add_rows(const add_rows_t *a, long first, long last) {
  for (long r = first; r < last; r++) {
    const float *from = a->table + (a->index ? a->index[r] : 0) * a->n;
    float *x = a->x + r * a->n;
    for (long i = 0; i < a->n; i += VL) {
      vm m = vm_first(a->n - i);
      vf_store_m(x + i, vf_add(vf_load_m(x + i, m), vf_load_m(from + i, m)), m);
    }
  }
}

typedef struct {
  const float *x, *weight, *bias;
  float *out;
  int64_t n;
  double eps;
} layer_norm_t;

INL float sum_row(const float *x, long n) {
  vf a = vf_zero();
  for (long i = 0; i < n; i += VL) a = vf_add(a, vf_load_m(x + i, vm_first(n - i)));
  return vf_sum(a);
}

INL float sum_squared_distances(const float *x, long n, float mean) {
  vf a = vf_zero(), m = vf_set1(mean);
  for (long i = 0; i < n; i += VL) {
    vm k = vm_first(n - i);
    vf d = vf_keep(vf_sub(vf_load_m(x + i, k), m), k);
    a = vf_fma(d, d, a);
  }
  return vf_sum(a);
}

// (x − mean) / sqrt(variance + eps) · weight + bias. Tasks: rows.
static void op_layer_norm(const layer_norm_t *a, long first, long last) {
  for (long r = first; r < last; r++) {
    const float *x = a->x + r * a->n;
    float *out = a->out + r * a->n;
    float mean = sum_row(x, a->n) / (float)a->n;
    float inverse = 1.0f / __builtin_sqrtf(sum_squared_distances(x, a->n, mean) / (float)a->n + (float)a->eps);
    vf u = vf_set1(mean), s = vf_set1(inverse);
    for (long i = 0; i < a->n; i += VL) {
      vm m = vm_first(a->n - i);
      vf y = vf_mul(vf_sub(vf_load_m(x + i, m), u), s);
      vf_store_m(out + i, vf_fma(y, vf_load_m(a->weight + i, m), vf_load_m(a->bias + i, m)), m);
    }
  }
}

// x · σ(2 · sqrt(2/π) · (x + 0.044715 x³)), which is the tanh form of GELU.
INL vf vf_gelu_tanh(vf x) {
  vf cube = vf_mul(vf_mul(x, x), x);
  vf u = vf_mul(vf_fma(vf_set1(0.044715f), cube, x), vf_set1(1.5957691216057308f));
  return vf_mul(x, vf_sigmoid(u));
}

// 0.5 x · (1 + erf(x / √2)): erfc of the magnitude by Abramowitz and Stegun 7.1.26, absolute error
// below 2e-7, so that the small side loses nothing to 1 − erf.
INL vf vf_gelu_erf(vf x) {
  vf z = vf_mul(vf_max(x, vf_sub(vf_zero(), x)), vf_set1(0.70710678118654752f));
  vf t = vf_div(vf_set1(1.0f), vf_fma(vf_set1(0.3275911f), z, vf_set1(1.0f)));
  vf p = vf_set1(1.061405429f);
  p = vf_fma(p, t, vf_set1(-1.453152027f));
  p = vf_fma(p, t, vf_set1(1.421413741f));
  p = vf_fma(p, t, vf_set1(-0.284496736f));
  p = vf_fma(p, t, vf_set1(0.254829592f));
  vf rest = vf_mul(vf_mul(p, t), vf_exp(vf_sub(vf_zero(), vf_mul(z, z))));
  vf half = vf_mul(vf_set1(0.5f), vf_mul(x, rest));
  return vf_blend(half, vf_sub(x, half), vf_gt(x, vf_zero()));
}

typedef struct {
  const float *bias;
  float *x;
  int64_t n, erf;
} gelu_t;

// x = gelu(x + bias). Tasks: rows.
static void op_gelu(const gelu_t *a, long first, long last) {
  for (long r = first; r < last; r++) {
    float *x = a->x + r * a->n;
    for (long i = 0; i < a->n; i += VL) {
      vm m = vm_first(a->n - i);
      vf v = vf_add(vf_load_m(x + i, m), vf_load_m(a->bias + i, m));
      vf_store_m(x + i, a->erf ? vf_gelu_erf(v) : vf_gelu_tanh(v), m);
    }
  }
}

typedef struct {
  const float *x;
  float *out;
  int64_t n, group;
} mean_rows_t;

// out[r] = mean of x[r · group …), summed in ascending order. Tasks: rows of out.
static void op_mean_rows(const mean_rows_t *a, long first, long last) {
  vf share = vf_set1(1.0f / (float)a->group);
  for (long r = first; r < last; r++)
    for (long i = 0; i < a->n; i += VL) {
      vm m = vm_first(a->n - i);
      vf sum = vf_load_m(a->x + r * a->group * a->n + i, m);
      for (long g = 1; g < a->group; g++) sum = vf_add(sum, vf_load_m(a->x + (r * a->group + g) * a->n + i, m));
      vf_store_m(a->out + r * a->n + i, vf_mul(sum, share), m);
    }
}

typedef struct {
  int32_t first_row, rows;
} span_t;

typedef struct {
  const float *qkv;  // [rows, 3 · heads · D]: queries, keys, values
  float *out;        // [rows, heads · D]
  const span_t *spans;
  int64_t span_count, heads, dim, block_rows;
} span_attention_t;

// Addresses of the keys of rows [key0, key0 + keys) of a span; values lie heads · D columns further.
static void locate_span_keys(const span_attention_t *a, const span_t *span, long key0, long keys, long head,
                             const char **rows) {
  long width = a->heads * a->dim;
  for (long k = 0; k < PANEL; k++)
    rows[k] = k < keys ? (const char *)(a->qkv + (span->first_row + key0 + k) * 3 * width + width + head * a->dim) : 0;
}

// Rows [row0, row0 + rows) of a span against all rows of the span: the block arithmetic of attention.h.
static void attend_span(const span_attention_t *a, attention_scratch_t *s, const span_t *span, long row0, long rows,
                        long head) {
  long dim = a->dim, padded = (dim + PANEL - 1) / PANEL * PANEL, width = a->heads * dim, end = span->rows;
  // One "key head" of `heads` "page tokens": the distance from a key to its value in a fused row.
  const attention_t shape = {.kv_heads = 1, .page_tokens = a->heads, .dim = dim, .type = DT_F32};
  vf scale = vf_set1(1.0f / __builtin_sqrtf((float)dim));
  for (long i = 0; i < rows; i++) {
    const float *q = a->qkv + (span->first_row + row0 + i) * 3 * width + head * dim;
    for (long d = 0; d < dim; d += VL) {
      vm m = vm_first(dim - d);
      vf_store_m(s->query + i * dim + d, vf_mul(vf_load_m(q + d, m), scale), m);
    }
    for (long d = 0; d < padded; d += VL) vf_store(s->out + i * padded + d, vf_zero());
    s->max[i] = -__builtin_inff();
    s->sum[i] = 0.0f;
  }
  const char *rows_of[2][PANEL];
  locate_span_keys(a, span, 0, min_l(PANEL, end), head, rows_of[0]);
  for (long key0 = 0; key0 < end; key0 += PANEL) {
    const char **here = rows_of[key0 / PANEL & 1], **next = rows_of[~(key0 / PANEL) & 1];
    locate_span_keys(a, span, key0 + PANEL, min_l(PANEL, end - key0 - PANEL), head, next);
    for (long i = 0; i < rows; i++) s->visible[i] = min_l(PANEL, end - key0);
    attend_block(&shape, s, here, next, 0, rows);
  }
  for (long i = 0; i < rows; i++) {
    float *out = a->out + (span->first_row + row0 + i) * width + head * dim;
    vf l = vf_set1(s->sum[i]);
    for (long d = 0; d < dim; d += VL) vf_store_m(out + d, vf_div(vf_load(s->out + i * padded + d), l), vm_first(dim - d));
  }
}

// Tasks: (span, block of block_rows rows, head), heads innermost.
static void op_span_attention(const span_attention_t *a, attention_scratch_t *s, long first, long last) {
  long t = 0;
  for (long n = 0; n < a->span_count && t < last; n++) {
    const span_t *span = a->spans + n;
    long tasks = (span->rows + a->block_rows - 1) / a->block_rows * a->heads;
    long from = max_l(first - t, 0), to = min_l(last - t, tasks);
    for (long u = from; u < to; u++) {
      long row0 = u / a->heads * a->block_rows;
      attend_span(a, s, span, row0, min_l(a->block_rows, span->rows - row0), u % a->heads);
    }
    t += tasks;
  }
}
#endif
