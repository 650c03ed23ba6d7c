// Operations on single rows: embedding, norms, gates, rotary angles, selection.
#ifndef SF_ROWS_H
#define SF_ROWS_H

// Σ x² with two vector accumulators in fixed order, then the form's lane tree.
INL float sum_squares(const float *x, long n) {
  vf a = vf_zero(), b = vf_zero();
  long i = 0;
  for (; i + 2 * VL <= n; i += 2 * VL) {
    vf u = vf_load(x + i), v = vf_load(x + i + VL);
    a = vf_fma(u, u, a);
    b = vf_fma(v, v, b);
  }
  for (; i < n; i += VL) {
    vf u = vf_load_m(x + i, vm_first(n - i));
    a = vf_fma(u, u, a);
  }
  return vf_sum(vf_add(a, b));
}

INL float dot(const float *x, const float *y, long n) {
  vf a = vf_zero();
  for (long i = 0; i < n; i += VL) {
    vm m = vm_first(n - i);
    a = vf_fma(vf_load_m(x + i, m), vf_load_m(y + i, m), a);
  }
  return vf_sum(a);
}

INL float inverse_rms(const float *x, long n, float eps) {
  return 1.0f / __builtin_sqrtf(sum_squares(x, n) / (float)n + eps);
}

// out = x · scale · weight, in this order; out may be x.
INL void scale_weighted(const float *x, float scale, const float *weight, long n, float *out) {
  vf s = vf_set1(scale);
  for (long i = 0; i < n; i += VL) {
    vm m = vm_first(n - i);
    vf_store_m(out + i, vf_mul(vf_mul(vf_load_m(x + i, m), s), vf_load_m(weight + i, m)), m);
  }
}

INL void copy_f32(const float *x, long n, float *out) {
  for (long i = 0; i < n; i += VL) {
    vm m = vm_first(n - i);
    vf_store_m(out + i, vf_load_m(x + i, m), m);
  }
}

typedef struct {
  const void *table;
  const int32_t *ids;
  float *out;
  int64_t n, type;
} embed_t;

static void op_embed(const embed_t *e, long first, long last) {
  for (long r = first; r < last; r++) {
    float *out = e->out + r * e->n;
    if (e->type == DT_F32) {
      copy_f32((const float *)e->table + e->ids[r] * e->n, e->n, out);
      continue;
    }
    const uint16_t *row = (const uint16_t *)e->table + e->ids[r] * e->n;
    long i = 0;
    for (; i + VL <= e->n; i += VL) vf_store(out + i, vf_load_bf16(row + i));
    if (i < e->n) {
      vm m = vm_first(e->n - i);
      vf_store_m(out + i, vf_load_bf16_m(row + i, m), m);
    }
  }
}

typedef struct {
  const float *x, *weight;
  float *out;
  int64_t n;
  double eps;
} norm_t;

static void op_rms_norm(const norm_t *a, long first, long last) {
  for (long r = first; r < last; r++) {
    const float *x = a->x + r * a->n;
    scale_weighted(x, inverse_rms(x, a->n, (float)a->eps), a->weight, a->n, a->out + r * a->n);
  }
}

typedef struct {
  const float *x;
  float *out;
  int64_t n;
} silu_mul_t;

static void op_silu_mul(const silu_mul_t *a, long first, long last) {
  for (long r = first; r < last; r++) {
    const float *gate = a->x + r * 2 * a->n, *up = gate + a->n;
    float *out = a->out + r * a->n;
    for (long i = 0; i < a->n; i += VL) {
      vm m = vm_first(a->n - i);
      vf_store_m(out + i, vf_mul(vf_silu(vf_load_m(gate + i, m)), vf_load_m(up + i, m)), m);
    }
  }
}

typedef struct {
  const float *x;
  const int32_t *index;
  float *out;
  int64_t n;
} select_t;

static void op_select_rows(const select_t *a, long first, long last) {
  for (long r = first; r < last; r++) copy_f32(a->x + a->index[r] * a->n, a->n, a->out + r * a->n);
}

typedef struct {
  const run_t *runs;
  const float *frequencies;
  float *out;
  int64_t run_count, half;
} rotary_t;

// Run that holds a row; runs are in row order.
INL const run_t *run_of_row(const run_t *runs, long count, long row) {
  long low = 0, high = count - 1;
  while (low < high) {
    long middle = (low + high + 1) / 2;
    if (runs[middle].first_row <= row) low = middle;
    else high = middle - 1;
  }
  return runs + low;
}

static void op_rotary(const rotary_t *a, long first, long last) {
  for (long r = first; r < last; r++) {
    const run_t *run = run_of_row(a->runs, a->run_count, r);
    float position = (float)(run->first_position + (r - run->first_row));
    float *out = a->out + r * 2 * a->half;
    for (long i = 0; i < a->half; i++) {
      double s, c;
      sincos_d((double)(position * a->frequencies[i]), &s, &c);
      out[i] = (float)c;
      out[a->half + i] = (float)s;
    }
  }
}

typedef struct {
  double theta;
  float *out;
  int64_t n;
} frequencies_t;

static void op_frequencies(const frequencies_t *a) {
  double scale = log_d(a->theta);
  for (long i = 0; i < a->n; i++) a->out[i] = (float)exp_d(-((double)(2 * i) / (double)(2 * a->n)) * scale);
}
#endif
