// Instruction form avx512bf16: x86-64-v4 with AVX512_BF16. 16 lanes of F32, 32 registers.
//
// Everything here is one instruction or a short fixed sequence, so that shared sources have one
// meaning per form. Masked loads give +0 in the lanes that are not read.
#ifndef SF_FORM_H
#define SF_FORM_H
#include <immintrin.h>

#define VL 16

typedef __m512 vf;
typedef __m512i vi;
typedef __mmask16 vm;

INL vm vm_first(long n) { return (vm)(n >= 16 ? 0xFFFFu : n <= 0 ? 0u : (1u << n) - 1u); }

INL vf vf_zero(void) { return _mm512_setzero_ps(); }
INL vf vf_set1(float x) { return _mm512_set1_ps(x); }
INL vf vf_load(const float *p) { return _mm512_loadu_ps(p); }
INL void vf_store(float *p, vf v) { _mm512_storeu_ps(p, v); }
INL vf vf_load_m(const float *p, vm m) { return _mm512_maskz_loadu_ps(m, p); }
INL void vf_store_m(float *p, vf v, vm m) { _mm512_mask_storeu_ps(p, m, v); }
INL vf vf_add(vf a, vf b) { return _mm512_add_ps(a, b); }
INL vf vf_sub(vf a, vf b) { return _mm512_sub_ps(a, b); }
INL vf vf_mul(vf a, vf b) { return _mm512_mul_ps(a, b); }
INL vf vf_div(vf a, vf b) { return _mm512_div_ps(a, b); }
INL vf vf_fma(vf a, vf b, vf c) { return _mm512_fmadd_ps(a, b, c); }
INL vf vf_fnma(vf a, vf b, vf c) { return _mm512_fnmadd_ps(a, b, c); }
// The second operand is the result when either is NaN.
INL vf vf_min(vf a, vf b) { return _mm512_min_ps(a, b); }
INL vf vf_max(vf a, vf b) { return _mm512_max_ps(a, b); }
INL vf vf_round(vf a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
INL vf vf_floor(vf a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC); }
INL vf vf_blend(vf a, vf b, vm m) { return _mm512_mask_blend_ps(m, a, b); }
INL vf vf_keep(vf a, vm m) { return _mm512_maskz_mov_ps(m, a); }
INL vm vf_gt(vf a, vf b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ); }
INL vm vf_eq(vf a, vf b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
// Bit i: lane i is neither NaN nor +infinity.
INL unsigned vf_countable(vf a) { return _mm512_cmp_ps_mask(a, _mm512_set1_ps(__builtin_inff()), _CMP_LT_OQ); }
INL unsigned vm_bits(vm m) { return m; }
INL vi vf_bits(vf a) { return _mm512_castps_si512(a); }
INL vf vf_of_bits(vi a) { return _mm512_castsi512_ps(a); }
INL vi vi_set1(int x) { return _mm512_set1_epi32(x); }
INL vi vi_add(vi a, vi b) { return _mm512_add_epi32(a, b); }
INL vi vi_sub(vi a, vi b) { return _mm512_sub_epi32(a, b); }
INL vi vi_and(vi a, vi b) { return _mm512_and_si512(a, b); }
INL vi vi_shl(vi a, int n) { return _mm512_slli_epi32(a, (unsigned)n); }
INL vi vi_sar(vi a, int n) { return _mm512_srai_epi32(a, (unsigned)n); }
INL vi vi_truncate(vf a) { return _mm512_cvttps_epi32(a); }
INL void vi_store(int32_t *p, vi a) { _mm512_storeu_si512(p, a); }
INL vf vf_of_int(vi a) { return _mm512_cvtepi32_ps(a); }
// a · 2^n for integral n, rounded once, over the whole range.
INL vf vf_scale2(vf a, vf n) { return _mm512_scalef_ps(a, n); }

INL vf vf_load_bf16(const uint16_t *p) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)p)), 16));
}
INL vf vf_load_bf16_m(const uint16_t *p, vm m) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(m, p)), 16));
}
// Round to nearest even in integers: keeps subnormals, makes NaN quiet.
INL __m256i vf_to_bf16(vf v) {
  vi b = _mm512_castps_si512(v);
  vi odd = _mm512_and_si512(_mm512_srli_epi32(b, 16), _mm512_set1_epi32(1));
  vi r = _mm512_add_epi32(b, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF)));
  r = _mm512_mask_or_epi32(r, _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q), b, _mm512_set1_epi32(0x00400000));
  return _mm512_cvtepi32_epi16(_mm512_srli_epi32(r, 16));
}
INL void vf_store_bf16(uint16_t *p, vf v) { _mm256_storeu_si256((__m256i *)p, vf_to_bf16(v)); }
INL void vf_store_bf16_m(uint16_t *p, vf v, vm m) { _mm256_mask_storeu_epi16(p, m, vf_to_bf16(v)); }

// Fixed tree: lanes i and i+8, then i+4, i+2, i+1.
INL float vf_sum(vf v) {
  __m256 h = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
  __m128 q = _mm_add_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
  q = _mm_add_ps(q, _mm_movehl_ps(q, q));
  q = _mm_add_ss(q, _mm_movehdup_ps(q));
  return _mm_cvtss_f32(q);
}
INL float vf_largest(vf v) {
  __m256 h = _mm256_max_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
  __m128 q = _mm_max_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
  q = _mm_max_ps(q, _mm_movehl_ps(q, q));
  q = _mm_max_ss(q, _mm_movehdup_ps(q));
  return _mm_cvtss_f32(q);
}

INL void vf_transpose(vf t[VL]) {
  vf u[VL];
  UNROLL for (int i = 0; i < 16; i += 4) {
    vf a = _mm512_unpacklo_ps(t[i], t[i + 1]), b = _mm512_unpackhi_ps(t[i], t[i + 1]);
    vf c = _mm512_unpacklo_ps(t[i + 2], t[i + 3]), d = _mm512_unpackhi_ps(t[i + 2], t[i + 3]);
    u[i] = _mm512_shuffle_ps(a, c, 0x44);
    u[i + 1] = _mm512_shuffle_ps(a, c, 0xEE);
    u[i + 2] = _mm512_shuffle_ps(b, d, 0x44);
    u[i + 3] = _mm512_shuffle_ps(b, d, 0xEE);
  }
  UNROLL for (int i = 0; i < 4; i++) {
    vf a = _mm512_shuffle_f32x4(u[i], u[i + 4], 0x88), b = _mm512_shuffle_f32x4(u[i], u[i + 4], 0xDD);
    vf c = _mm512_shuffle_f32x4(u[i + 8], u[i + 12], 0x88), d = _mm512_shuffle_f32x4(u[i + 8], u[i + 12], 0xDD);
    t[i] = _mm512_shuffle_f32x4(a, c, 0x88);
    t[i + 8] = _mm512_shuffle_f32x4(a, c, 0xDD);
    t[i + 4] = _mm512_shuffle_f32x4(b, d, 0x88);
    t[i + 12] = _mm512_shuffle_f32x4(b, d, 0xDD);
  }
}

// ---- products ----

// Vectors per register tile: 6 × 4 accumulators, 4 weights and one broadcast fill 29 registers.
#define TILE_VECTORS(MR) 4

// Activations of a BF16 product: pairs (k, k+1) of BF16 in one 32-bit word.
typedef uint32_t act_t;
#define ACT_PER_PAIR 1

// Rounds 2 · pairs activations of one row; a missing last one counts as +0.
INL void act_round(const float *x, long k, act_t *out) {
  uint16_t *o = (uint16_t *)out;
  long i = 0;
  for (; i + VL <= k; i += VL) vf_store_bf16(o + i, vf_load(x + i));
  if (i < k) {
    vm m = vm_first(k - i);
    vf_store_bf16_m(o + i, vf_load_m(x + i, m), vm_first((k - i + 1) & ~1L));
  }
}

// c[i][0..64) (+)= Σ a[i][k] · w[k][0..64) in ascending pairs: one vdpbf16ps chain per output.
// The instruction treats subnormal inputs and results as zero.
INL void tile_bf16_body(const int MR, const act_t *a, long lda, const uint16_t *w, long pairs, float *c, long ldc,
                        int resume, const char *ahead, long lines) {
  vf s[6][4];
  UNROLL for (int i = 0; i < MR; i++) UNROLL for (int q = 0; q < 4; q++)
    s[i][q] = resume ? vf_load(c + i * ldc + q * 16) : vf_zero();
  for (long k = 0; k < pairs; k++) {
    const uint16_t *p = w + k * 128;
    __m512bh b0 = (__m512bh)_mm512_loadu_si512(p), b1 = (__m512bh)_mm512_loadu_si512(p + 32);
    __m512bh b2 = (__m512bh)_mm512_loadu_si512(p + 64), b3 = (__m512bh)_mm512_loadu_si512(p + 96);
    prefetch_lines(ahead + k * STEP_BYTES, lines);
    UNROLL for (int i = 0; i < MR; i++) {
      __m512bh x = (__m512bh)_mm512_set1_epi32((int)a[i * lda + k]);
      s[i][0] = _mm512_dpbf16_ps(s[i][0], x, b0);
      s[i][1] = _mm512_dpbf16_ps(s[i][1], x, b1);
      s[i][2] = _mm512_dpbf16_ps(s[i][2], x, b2);
      s[i][3] = _mm512_dpbf16_ps(s[i][3], x, b3);
    }
  }
  UNROLL for (int i = 0; i < MR; i++) UNROLL for (int q = 0; q < 4; q++) vf_store(c + i * ldc + q * 16, s[i][q]);
}
#endif
