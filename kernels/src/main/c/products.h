// Linear maps over packed panels, and the F32 tile that attention shares.
//
//   bf16 panels [N/64][ceil(K/2)][64][2]      f32 panels [N/64][K][64]
//
// An output element is one accumulator chain in ascending k (per slice), whatever tile it is
// computed in; a chain that is cut to stay in cache is stored and loaded exactly.
#ifndef SF_PRODUCTS_H
#define SF_PRODUCTS_H

// Rows of a register tile.
#define TILE_ROWS 6
// Steps of k after which a one-slice chain moves on, so that the piece of a panel stays in cache.
#define BLOCK_PAIRS 512
#define SLICES_MAX 8

INL void tile_f32_part(const int MR, const int NV, const float *a, long lda, const float *b, long ldb, long k, float *c,
                       long ldc, int resume, const char *ahead, long lines) {
  vf s[6][8];
  UNROLL for (int i = 0; i < MR; i++) UNROLL for (int q = 0; q < NV; q++)
    s[i][q] = resume ? vf_load(c + i * ldc + q * VL) : vf_zero();
  for (long t = 0; t < k; t++) {
    const float *p = b + t * ldb;
    vf w[8];
    prefetch_lines(ahead + t * STEP_BYTES, lines);
    UNROLL for (int q = 0; q < NV; q++) w[q] = vf_load(p + q * VL);
    UNROLL for (int i = 0; i < MR; i++) {
      vf x = vf_set1(a[i * lda + t]);
      UNROLL for (int q = 0; q < NV; q++) s[i][q] = vf_fma(x, w[q], s[i][q]);
    }
  }
  UNROLL for (int i = 0; i < MR; i++) UNROLL for (int q = 0; q < NV; q++) vf_store(c + i * ldc + q * VL, s[i][q]);
}

INL void tile_f32_body(const int MR, const float *a, long lda, const float *b, long ldb, long k, float *c, long ldc,
                       int resume, const char *ahead, long lines) {
  const int NV = TILE_VECTORS(MR);
  for (int q = 0; q < PANEL / VL; q += NV)
    tile_f32_part(MR, NV, a, lda, b + q * VL, ldb, k, c + q * VL, ldc, resume, ahead, q ? 0 : lines);
}

#define ROWS_CASES(CALL) \
  switch (rows) {        \
    case 1: CALL(1); break; \
    case 2: CALL(2); break; \
    case 3: CALL(3); break; \
    case 4: CALL(4); break; \
    case 5: CALL(5); break; \
    default: CALL(6); break; \
  }

#define TILES(MR)                                                                                                     \
  static __attribute__((noinline)) void tile_f32_##MR(const float *a, long lda, const float *b, long ldb, long k,     \
                                                      float *c, long ldc, int resume) {                               \
    tile_f32_body(MR, a, lda, b, ldb, k, c, ldc, resume, 0, 0);                                                       \
  }                                                                                                                   \
  static __attribute__((noinline)) void panel_f32_##MR(const float *a, long lda, const float *w, long k, float *c,    \
                                                       long ldc, int resume, const char *ahead, long lines) {         \
    tile_f32_body(MR, a, lda, w, PANEL, k, c, ldc, resume, ahead, lines);                                             \
  }                                                                                                                   \
  static __attribute__((noinline)) void panel_bf16_##MR(const act_t *a, long lda, const uint16_t *w, long pairs,      \
                                                        float *c, long ldc, int resume, const char *ahead,            \
                                                        long lines) {                                                 \
    tile_bf16_body(MR, a, lda, w, pairs, c, ldc, resume, ahead, lines);                                               \
  }
TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6)

// c[i][0..64) (+)= Σ a[i][t] · b[t][0..64), ascending t; 1 ≤ rows ≤ 6.
static void tile_f32(long rows, const float *a, long lda, const float *b, long ldb, long k, float *c, long ldc,
                     int resume) {
#define CALL(MR) tile_f32_##MR(a, lda, b, ldb, k, c, ldc, resume)
  ROWS_CASES(CALL)
#undef CALL
}

typedef struct {
  const float *x;      // [rows, inputs]
  void *activations;   // act_t [rows, pairs · ACT_PER_PAIR], BF16 form only
  const void *panels;
  float *out;          // [rows, outputs]
  int64_t rows, outputs, inputs, slices, form, add, row_block;
} linear_t;

// Which weights the tiles of a task bring into the cache while they compute.
typedef struct {
  long distance;  // bytes ahead of the step being computed
  long lines;     // per step and tile: 0, 1, 2 or 4
  long tiles;     // how many tiles fetch
} fetch_t;

// One register tile over steps [from, to) of k: pairs for BF16, single columns for F32.
INL void linear_tile(const linear_t *l, long rows, long row, long panel, long from, long to, float *c, long ldc,
                     int resume, fetch_t fetch, long tile) {
  long steps = l->form == DT_BF16 ? (l->inputs + 1) / 2 : l->inputs;
  const char *ahead = (const char *)l->panels + (panel * steps + from) * STEP_BYTES + fetch.distance +
                      tile * fetch.lines * 64;
  long lines = tile < fetch.tiles ? fetch.lines : 0;
  if (l->form == DT_BF16) {
    long pairs = (l->inputs + 1) / 2;
    const act_t *a = (const act_t *)l->activations + (row * pairs + from) * ACT_PER_PAIR;
    const uint16_t *w = (const uint16_t *)l->panels + (panel * pairs + from) * 2 * PANEL;
    long lda = pairs * ACT_PER_PAIR;
#define CALL(MR) panel_bf16_##MR(a, lda, w, to - from, c, ldc, resume, ahead, lines)
    ROWS_CASES(CALL)
#undef CALL
  } else {
    const float *a = l->x + row * l->inputs + from;
    const float *w = (const float *)l->panels + (panel * l->inputs + from) * PANEL;
#define CALL(MR) panel_f32_##MR(a, l->inputs, w, to - from, c, ldc, resume, ahead, lines)
    ROWS_CASES(CALL)
#undef CALL
  }
}

// Writes or adds a finished tile of up to 64 columns.
INL void linear_finish(const linear_t *l, const float *c, long rows, long row, long panel) {
  long columns = min_l(PANEL, l->outputs - panel * PANEL);
  for (long i = 0; i < rows; i++) {
    float *o = l->out + (row + i) * l->outputs + panel * PANEL;
    for (long q = 0; q < columns; q += VL) {
      vm m = vm_first(columns - q);
      vf v = vf_load(c + i * PANEL + q);
      vf_store_m(o + q, l->add ? vf_add(vf_load_m(o + q, m), v) : v, m);
    }
  }
}

// Rows of the next register tile: as equal as possible, so that no tile is starved.
INL long tile_rows(long left) {
  long tiles = (left + TILE_ROWS - 1) / TILE_ROWS;
  return (left + tiles - 1) / tiles;
}

// Adds slice sums, each rows × 64 floats and SLICE_FLOATS apart, in the fixed binary tree; the sum
// replaces slice 0.
#define SLICE_FLOATS (TILE_ROWS * PANEL)

INL void add_slices(float *part, long slices, long rows) {
  for (long step = 1; step < slices; step *= 2)
    for (long s = 0; s < slices; s += 2 * step) {
      float *left = part + s * SLICE_FLOATS, *right = left + step * SLICE_FLOATS;
      for (long i = 0; i < rows * PANEL; i += VL) vf_store(left + i, vf_add(vf_load(left + i), vf_load(right + i)));
    }
}

// Few rows: weights come from memory and all tiles use a piece of the panel while it is in the
// first-level cache, fetching the next piece meanwhile. One tile just reads a little ahead.
#define NARROW_TILES 8
#define NARROW_STEPS 96
#define FETCH_NEAR 4096

static void linear_narrow(const linear_t *l, long panel, long row0, long row1, float *scratch) {
  long steps = l->form == DT_BF16 ? (l->inputs + 1) / 2 : l->inputs, slice = steps / l->slices;
  long tiles = (row1 - row0 + TILE_ROWS - 1) / TILE_ROWS, piece = tiles == 1 ? slice : NARROW_STEPS;
  fetch_t fetch = tiles == 1  ? (fetch_t){FETCH_NEAR, 4, 1}
                  : tiles < 4 ? (fetch_t){NARROW_STEPS * STEP_BYTES, 2, 2}
                              : (fetch_t){NARROW_STEPS * STEP_BYTES, 1, 4};
  for (long s = 0; s < l->slices; s++)
    for (long k = s * slice; k < (s + 1) * slice; k += piece) {
      long row = row0;
      for (long t = 0; t < tiles; t++) {
        long rows = tile_rows(row1 - row);
        linear_tile(l, rows, row, panel, k, min_l(k + piece, (s + 1) * slice),
                    scratch + (t * l->slices + s) * SLICE_FLOATS, PANEL, k > s * slice, fetch, t);
        row += rows;
      }
    }
  long row = row0;
  for (long t = 0; t < tiles; t++) {
    long rows = tile_rows(row1 - row);
    float *part = scratch + t * l->slices * SLICE_FLOATS;
    add_slices(part, l->slices, rows);
    linear_finish(l, part, rows, row, panel);
    row += rows;
  }
}

// Many rows: a piece of the panel stays in the second-level cache, and the last tiles that use a panel
// fetch the next one.
static void linear_wide(const linear_t *l, long panel, long row0, long row1, float *scratch) {
  long steps = l->form == DT_BF16 ? (l->inputs + 1) / 2 : l->inputs, tile = 0;
  fetch_t fetch = row1 == l->rows ? (fetch_t){steps * STEP_BYTES, 1, 4} : (fetch_t){0, 0, 0};
  if (l->slices > 1) {
    long slice = steps / l->slices;
    for (long row = row0; row < row1; tile++) {
      long rows = tile_rows(row1 - row);
      for (long s = 0; s < l->slices; s++)
        linear_tile(l, rows, row, panel, s * slice, (s + 1) * slice, scratch + s * SLICE_FLOATS, PANEL, 0, fetch, tile);
      add_slices(scratch, l->slices, rows);
      linear_finish(l, scratch, rows, row, panel);
      row += rows;
    }
    return;
  }
  long piece = l->form == DT_BF16 ? BLOCK_PAIRS : BLOCK_PAIRS / 2;
  int direct = !l->add && l->outputs - panel * PANEL >= PANEL;
  float *c = direct ? l->out + row0 * l->outputs + panel * PANEL : scratch;
  long ldc = direct ? l->outputs : PANEL;
  for (long k = 0; k < steps; k += piece) {
    tile = 0;
    for (long row = row0; row < row1; tile++) {
      long rows = tile_rows(row1 - row);
      linear_tile(l, rows, row, panel, k, min_l(k + piece, steps), c + (row - row0) * ldc, ldc, k > 0, fetch, tile);
      row += rows;
    }
  }
  if (!direct) linear_finish(l, scratch, row1 - row0, row0, panel);
}

// Tasks: (panel, block of row_block rows), rows inside. Scratch: row_block · 64, at least 64 · 6 · 64 floats.
static void op_linear(const linear_t *l, float *scratch, long first, long last) {
  long blocks = (l->rows + l->row_block - 1) / l->row_block;
  for (long t = first; t < last; t++) {
    long row0 = t % blocks * l->row_block;
    long row1 = min_l(row0 + l->row_block, l->rows);
    if (row1 - row0 <= NARROW_TILES * TILE_ROWS) linear_narrow(l, t / blocks, row0, row1, scratch);
    else linear_wide(l, t / blocks, row0, row1, scratch);
  }
}

// Tasks: rows. Rounds the activations of a BF16 product once per call.
static void op_round(const linear_t *l, long first, long last) {
  long width = (l->inputs + 1) / 2 * ACT_PER_PAIR;
  for (long r = first; r < last; r++) act_round(l->x + r * l->inputs, l->inputs, (act_t *)l->activations + r * width);
}

typedef struct {
  const int64_t *parts; // per part: address, element type, rows
  void *panels;
  int64_t part_count, outputs, inputs, form;
} pack_t;

INL float element_f32(const void *row, long type, long k) {
  if (type == DT_F32) {
    float f;
    __builtin_memcpy(&f, (const char *)row + 4 * k, 4);
    return f;
  }
  uint16_t h;
  __builtin_memcpy(&h, (const char *)row + 2 * k, 2);
  return type == DT_BF16 ? f32_of_bf16(h) : _cvtsh_ss(h);
}

// out[w][64] from 32-bit words of 64 rows: one F32, or two BF16 that stay together. Missing rows give
// zeros. Bits pass through unchanged.
static void pack_words(const char *const *rows, long words, float *out) {
  for (long w = 0; w < words; w += VL) {
    vm m = vm_first(words - w);
    for (long n = 0; n < PANEL; n += VL) {
      vf t[VL];
      UNROLL for (int i = 0; i < VL; i++)
        t[i] = rows[n + i] ? vf_load_m((const float *)rows[n + i] + w, m) : vf_zero();
      vf_transpose(t);
      UNROLL for (int i = 0; i < VL; i++) if (w + i < words) vf_store(out + (w + i) * PANEL + n, t[i]);
    }
  }
}

// Pairs [from, to) of a BF16 panel, value by value.
static void pack_pairs(const char *const *rows, const int64_t *types, long inputs, long from, long to, uint16_t *out) {
  // Blocks of 16 pairs, so that the lines of 64 rows stay in the first-level cache.
  for (long p0 = from; p0 < to; p0 += 16)
    for (long n = 0; n < PANEL; n++)
      for (long k = 2 * p0; k < 2 * min_l(p0 + 16, to); k++) {
        uint16_t v = 0;
        if (rows[n] && k < inputs) {
          if (types[n] == DT_BF16) __builtin_memcpy(&v, rows[n] + 2 * k, 2);
          else v = bf16_of_f32(element_f32(rows[n], types[n], k));
        }
        out[(k / 2 * PANEL + n) * 2 + (k & 1)] = v;
      }
}

// Tasks: panels.
static void op_pack(const pack_t *p, long first, long last) {
  for (long j = first; j < last; j++) {
    const char *rows[PANEL];
    int64_t types[PANEL];
    int plain = 1;
    for (long n = 0; n < PANEL; n++) {
      long row = j * PANEL + n, part = 0;
      rows[n] = 0;
      types[n] = p->form;
      while (part < p->part_count && row >= p->parts[part * 3 + 2]) row -= p->parts[part++ * 3 + 2];
      if (part < p->part_count) {
        types[n] = p->parts[part * 3 + 1];
        rows[n] = (const char *)p->parts[part * 3] + row * p->inputs * (types[n] == DT_F32 ? 4 : 2);
      }
      plain &= types[n] == p->form;
    }
    if (p->form == DT_BF16) {
      long pairs = (p->inputs + 1) / 2, whole = plain ? p->inputs / 2 : 0;
      float *out = (float *)p->panels + j * pairs * PANEL;
      pack_words(rows, whole, out);
      pack_pairs(rows, types, p->inputs, whole, pairs, (uint16_t *)out);
      continue;
    }
    float *out = (float *)p->panels + j * p->inputs * PANEL;
    if (plain) {
      pack_words(rows, p->inputs, out);
      continue;
    }
    for (long k0 = 0; k0 < p->inputs; k0 += 16)
      for (long n = 0; n < PANEL; n++)
        for (long k = k0; k < min_l(k0 + 16, p->inputs); k++)
          out[k * PANEL + n] = rows[n] ? element_f32(rows[n], types[n], k) : 0.0f;
  }
}
#endif
