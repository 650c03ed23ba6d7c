// Instruction form x86-64-v3: AVX2, FMA, F16C. 8 lanes of F32, 16 registers.
//
// Everything here is one instruction or a short fixed sequence, so that shared sources have one
// meaning per form. Masked loads give +0 in the lanes that are not read.
#ifndef SF_FORM_H
#define SF_FORM_H
#include <immintrin.h>

#define VL 8

typedef __m256 vf;
typedef __m256i vi;
typedef __m256i vm;

static const int32_t vm_table[16] __attribute__((aligned(64))) = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
INL vm vm_first(long n) {
  long k = n >= 8 ? 8 : n <= 0 ? 0 : n;
  return _mm256_loadu_si256((const __m256i *)(vm_table + 8 - k));
}

INL vf vf_zero(void) { return _mm256_setzero_ps(); }
INL vf vf_set1(float x) { return _mm256_set1_ps(x); }
INL vf vf_load(const float *p) { return _mm256_loadu_ps(p); }
INL void vf_store(float *p, vf v) { _mm256_storeu_ps(p, v); }
INL vf vf_load_m(const float *p, vm m) { return _mm256_maskload_ps(p, m); }
INL void vf_store_m(float *p, vf v, vm m) { _mm256_maskstore_ps(p, m, v); }
INL vf vf_add(vf a, vf b) { return _mm256_add_ps(a, b); }
INL vf vf_sub(vf a, vf b) { return _mm256_sub_ps(a, b); }
INL vf vf_mul(vf a, vf b) { return _mm256_mul_ps(a, b); }
INL vf vf_div(vf a, vf b) { return _mm256_div_ps(a, b); }
INL vf vf_fma(vf a, vf b, vf c) { return _mm256_fmadd_ps(a, b, c); }
INL vf vf_fnma(vf a, vf b, vf c) { return _mm256_fnmadd_ps(a, b, c); }
// The second operand is the result when either is NaN.
INL vf vf_min(vf a, vf b) { return _mm256_min_ps(a, b); }
INL vf vf_max(vf a, vf b) { return _mm256_max_ps(a, b); }
INL vf vf_round(vf a) { return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
INL vf vf_floor(vf a) { return _mm256_floor_ps(a); }
INL vf vf_blend(vf a, vf b, vm m) { return _mm256_blendv_ps(a, b, _mm256_castsi256_ps(m)); }
INL vf vf_keep(vf a, vm m) { return _mm256_and_ps(a, _mm256_castsi256_ps(m)); }
INL vm vf_gt(vf a, vf b) { return _mm256_castps_si256(_mm256_cmp_ps(a, b, _CMP_GT_OQ)); }
INL vm vf_eq(vf a, vf b) { return _mm256_castps_si256(_mm256_cmp_ps(a, b, _CMP_EQ_OQ)); }
INL unsigned vm_bits(vm m) { return (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(m)); }
// Bit i: lane i is neither NaN nor +infinity.
INL unsigned vf_countable(vf a) {
  return (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(a, _mm256_set1_ps(__builtin_inff()), _CMP_LT_OQ));
}
INL vi vf_bits(vf a) { return _mm256_castps_si256(a); }
INL vf vf_of_bits(vi a) { return _mm256_castsi256_ps(a); }
INL vi vi_set1(int x) { return _mm256_set1_epi32(x); }
INL vi vi_add(vi a, vi b) { return _mm256_add_epi32(a, b); }
INL vi vi_sub(vi a, vi b) { return _mm256_sub_epi32(a, b); }
INL vi vi_and(vi a, vi b) { return _mm256_and_si256(a, b); }
INL vi vi_shl(vi a, int n) { return _mm256_slli_epi32(a, n); }
INL vi vi_sar(vi a, int n) { return _mm256_srai_epi32(a, n); }
INL vi vi_truncate(vf a) { return _mm256_cvttps_epi32(a); }
INL void vi_store(int32_t *p, vi a) { _mm256_storeu_si256((__m256i *)p, a); }
INL vf vf_of_int(vi a) { return _mm256_cvtepi32_ps(a); }
// a · 2^n for integral n in [-252, 252]: two exact powers, so that only the last product rounds.
INL vf vf_scale2(vf a, vf n) {
  vi k = _mm256_cvtps_epi32(n);
  vi half = _mm256_srai_epi32(k, 1), rest = _mm256_sub_epi32(k, half), bias = _mm256_set1_epi32(127);
  vf p = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(half, bias), 23));
  vf q = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(rest, bias), 23));
  return _mm256_mul_ps(_mm256_mul_ps(a, p), q);
}

INL vf vf_load_bf16(const uint16_t *p) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)p)), 16));
}
INL vf vf_load_bf16_m(const uint16_t *p, vm m) {
  uint16_t t[8] = {0, 0, 0, 0, 0, 0, 0, 0};
  unsigned n = (unsigned)__builtin_popcount(vm_bits(m));
  for (unsigned i = 0; i < n; i++) t[i] = p[i];
  return vf_load_bf16(t);
}
// Round to nearest even in integers: keeps subnormals, makes NaN quiet.
INL vi vf_to_bf16_bits(vf v) {
  vi b = _mm256_castps_si256(v);
  vi odd = _mm256_and_si256(_mm256_srli_epi32(b, 16), _mm256_set1_epi32(1));
  vi r = _mm256_add_epi32(b, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7FFF)));
  vi quiet = _mm256_or_si256(b, _mm256_set1_epi32(0x00400000));
  return _mm256_castps_si256(
      _mm256_blendv_ps(_mm256_castsi256_ps(r), _mm256_castsi256_ps(quiet), _mm256_cmp_ps(v, v, _CMP_UNORD_Q)));
}
INL __m128i vf_to_bf16(vf v) {
  vi r = _mm256_srli_epi32(vf_to_bf16_bits(v), 16);
  return _mm_packus_epi32(_mm256_castsi256_si128(r), _mm256_extracti128_si256(r, 1));
}
INL void vf_store_bf16(uint16_t *p, vf v) { _mm_storeu_si128((__m128i *)p, vf_to_bf16(v)); }
INL void vf_store_bf16_m(uint16_t *p, vf v, vm m) {
  uint16_t t[8];
  unsigned n = (unsigned)__builtin_popcount(vm_bits(m));
  vf_store_bf16(t, v);
  for (unsigned i = 0; i < n; i++) p[i] = t[i];
}

// Fixed tree: lanes i and i+4, then i+2, i+1.
INL float vf_sum(vf v) {
  __m128 q = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  q = _mm_add_ps(q, _mm_movehl_ps(q, q));
  q = _mm_add_ss(q, _mm_movehdup_ps(q));
  return _mm_cvtss_f32(q);
}
INL float vf_largest(vf v) {
  __m128 q = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  q = _mm_max_ps(q, _mm_movehl_ps(q, q));
  q = _mm_max_ss(q, _mm_movehdup_ps(q));
  return _mm_cvtss_f32(q);
}

INL void vf_transpose(vf t[VL]) {
  vf u[VL];
  UNROLL for (int i = 0; i < 8; i += 4) {
    vf a = _mm256_unpacklo_ps(t[i], t[i + 1]), b = _mm256_unpackhi_ps(t[i], t[i + 1]);
    vf c = _mm256_unpacklo_ps(t[i + 2], t[i + 3]), d = _mm256_unpackhi_ps(t[i + 2], t[i + 3]);
    u[i] = _mm256_shuffle_ps(a, c, 0x44);
    u[i + 1] = _mm256_shuffle_ps(a, c, 0xEE);
    u[i + 2] = _mm256_shuffle_ps(b, d, 0x44);
    u[i + 3] = _mm256_shuffle_ps(b, d, 0xEE);
  }
  UNROLL for (int i = 0; i < 4; i++) {
    t[i] = _mm256_permute2f128_ps(u[i], u[i + 4], 0x20);
    t[i + 4] = _mm256_permute2f128_ps(u[i], u[i + 4], 0x31);
  }
}

// ---- products ----

// Vectors per register tile: what 16 registers hold beside one broadcast.
#define TILE_VECTORS(MR) ((MR) == 1 ? 8 : (MR) <= 3 ? 4 : 2)

// Activations of a BF16 product: rounded to BF16 and widened again, two F32 per pair.
typedef float act_t;
#define ACT_PER_PAIR 2

// Rounds 2 · pairs activations of one row; a missing last one counts as +0.
INL void act_round(const float *x, long k, act_t *out) {
  const vi top = _mm256_set1_epi32((int)0xFFFF0000);
  long i = 0;
  for (; i + VL <= k; i += VL)
    vf_store(out + i, _mm256_castsi256_ps(_mm256_and_si256(vf_to_bf16_bits(vf_load(x + i)), top)));
  if (i < k) {
    vf v = _mm256_castsi256_ps(_mm256_and_si256(vf_to_bf16_bits(vf_load_m(x + i, vm_first(k - i))), top));
    vf_store_m(out + i, v, vm_first((k - i + 1) & ~1L));
  }
}

INL void tile_bf16_part(const int MR, const int NV, const act_t *a, long lda, const uint16_t *w, long pairs, float *c,
                        long ldc, int resume, const char *ahead, long lines) {
  const vi top = _mm256_set1_epi32((int)0xFFFF0000);
  vf s[6][8];
  UNROLL for (int i = 0; i < MR; i++) UNROLL for (int q = 0; q < NV; q++)
    s[i][q] = resume ? vf_load(c + i * ldc + q * 8) : vf_zero();
  for (long k = 0; k < pairs; k++) {
    const uint16_t *p = w + k * 128;
    prefetch_lines(ahead + k * STEP_BYTES, lines);
    UNROLL for (int t = 0; t < 2; t++) {
      vf b[8];
      UNROLL for (int q = 0; q < NV; q++) {
        vi v = _mm256_loadu_si256((const __m256i *)(p + q * 16));
        b[q] = _mm256_castsi256_ps(t == 0 ? _mm256_slli_epi32(v, 16) : _mm256_and_si256(v, top));
      }
      UNROLL for (int i = 0; i < MR; i++) {
        vf x = vf_set1(a[i * lda + 2 * k + t]);
        UNROLL for (int q = 0; q < NV; q++) s[i][q] = vf_fma(x, b[q], s[i][q]);
      }
    }
  }
  UNROLL for (int i = 0; i < MR; i++) UNROLL for (int q = 0; q < NV; q++) vf_store(c + i * ldc + q * 8, s[i][q]);
}

// c[i][0..64) (+)= Σ a[i][k] · w[k][0..64) in ascending k: one FMA chain per output.
INL void tile_bf16_body(const int MR, const act_t *a, long lda, const uint16_t *w, long pairs, float *c, long ldc,
                        int resume, const char *ahead, long lines) {
  const int NV = TILE_VECTORS(MR);
  for (int q = 0; q < 8; q += NV)
    tile_bf16_part(MR, NV, a, lda, w + q * 16, pairs, c + q * 8, ldc, resume, ahead, q ? 0 : lines);
}
#endif
