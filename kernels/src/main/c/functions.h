// Elementary functions: own polynomials, the same instructions wherever they are used.
#ifndef SF_FUNCTIONS_H
#define SF_FUNCTIONS_H

// e^x, relative error below 2^-23: r = x − n·ln 2, |r| ≤ 0.347, degree-6 minimax polynomial.
// +inf above 88.73, +0 below −103.98, NaN stays NaN.
INL vf vf_exp(vf x) {
  x = vf_min(vf_set1(90.0f), x);
  x = vf_max(vf_set1(-110.0f), x);
  vf n = vf_round(vf_mul(x, vf_set1(0x1.715476p+0f)));
  vf r = vf_fnma(n, vf_set1(0x1.62e400p-1f), x);
  r = vf_fnma(n, vf_set1(0x1.7f7d1cp-20f), r);
  vf p = vf_set1(0.0013814540579915047f);
  p = vf_fma(p, r, vf_set1(0.00836874544620514f));
  p = vf_fma(p, r, vf_set1(0.04166838899254799f));
  p = vf_fma(p, r, vf_set1(0.1666652113199234f));
  p = vf_fma(p, r, vf_set1(0.4999999403953552f));
  p = vf_fma(vf_mul(p, r), r, r);
  return vf_scale2(vf_add(p, vf_set1(1.0f)), n);
}

INL vf vf_sigmoid(vf x) { return vf_div(vf_set1(1.0f), vf_add(vf_set1(1.0f), vf_exp(vf_sub(vf_zero(), x)))); }

INL vf vf_silu(vf x) { return vf_div(x, vf_add(vf_set1(1.0f), vf_exp(vf_sub(vf_zero(), x)))); }

// ln x for normal positive x: x = m·2^e with m in [0.707, 1.414), ln m = 2·artanh((m−1)/(m+1)).
INL vf vf_log(vf x) {
  vi shifted = vi_sub(vf_bits(x), vi_set1(0x3F3504F3));
  vf e = vf_of_int(vi_sar(shifted, 23));
  vf m = vf_of_bits(vi_add(vi_and(shifted, vi_set1(0x007FFFFF)), vi_set1(0x3F3504F3)));
  vf f = vf_sub(m, vf_set1(1.0f));
  vf s = vf_div(f, vf_add(f, vf_set1(2.0f)));
  vf z = vf_mul(s, s);
  vf p = vf_set1(2.0f / 9.0f);
  p = vf_fma(p, z, vf_set1(2.0f / 7.0f));
  p = vf_fma(p, z, vf_set1(2.0f / 5.0f));
  p = vf_fma(p, z, vf_set1(2.0f / 3.0f));
  p = vf_mul(vf_mul(p, z), s);
  p = vf_fma(e, vf_set1(0x1.7f7d1cp-20f), p);
  p = vf_fma(vf_set1(2.0f), s, p);
  return vf_fma(e, vf_set1(0x1.62e400p-1f), p);
}

// ln(1 + e^x); x itself above 20, where the difference is below half a unit in the last place.
INL vf vf_softplus(vf x) {
  vf t = vf_exp(vf_min(vf_set1(21.0f), x));
  vf u = vf_add(vf_set1(1.0f), t);
  vf lost = vf_sub(t, vf_sub(u, vf_set1(1.0f)));
  vf y = vf_add(vf_log(u), vf_div(lost, u));
  y = vf_blend(y, x, vf_gt(x, vf_set1(20.0f)));
  // vf_log knows no NaN: x − x is NaN exactly for the inputs that must stay NaN.
  return vf_blend(x, y, vf_eq(x, x));
}

// ---- double precision scalars, for angles and rotary frequencies ----

#define LN2 0x1.62e42fefa39efp-1
#define LN2_LOW 0x1.abc9e3b39803fp-56

INL double round_d(double x) { return __builtin_rint(x); }

// 2^n for integral n in [−1022, 1023].
INL double exp2_int(long n) {
  union { uint64_t u; double d; } x = {(uint64_t)(n + 1023) << 52};
  return x.d;
}

// e^x for |x| ≤ 700, relative error below 1e-15.
static double exp_d(double x) {
  double n = round_d(x * 0x1.71547652b82fep+0);
  double r = __builtin_fma(-n, LN2, x);
  r = __builtin_fma(-n, LN2_LOW, r);
  double p = 1.0;
  for (int i = 14; i >= 1; i--) p = __builtin_fma(p, r / i, 1.0);
  return p * exp2_int((long)n);
}

// ln x for normal positive x.
static double log_d(double x) {
  union { double d; int64_t i; } b = {x};
  int64_t shifted = b.i - 0x3FE6A09E667F3BCDLL;
  double e = (double)(shifted >> 52);
  b.i = (shifted & 0x000FFFFFFFFFFFFFLL) + 0x3FE6A09E667F3BCDLL;
  double f = b.d - 1.0, s = f / (f + 2.0), z = s * s, p = 0.0;
  for (int i = 23; i >= 1; i -= 2) p = __builtin_fma(p, z, 2.0 / i);
  return __builtin_fma(e, LN2, __builtin_fma(e, LN2_LOW, p * s));
}

// sin and cos of any angle below 2^40 in magnitude (NaN beyond): the angle is reduced by multiples
// of π/2 held in 106 bits, so large positions lose nothing.
static void sincos_d(double x, double *sine, double *cosine) {
  if (!(x < 0x1p40 && x > -0x1p40)) {
    *sine = *cosine = __builtin_nan("");
    return;
  }
  double n = round_d(x * 0x1.45f306dc9c883p-1);
  double r = __builtin_fma(-n, 0x1.921fb54442d18p+0, x);
  r = __builtin_fma(-n, 0x1.1a62633145c07p-54, r);
  double z = r * r, s = 0.0, c = 0.0;
  for (int i = 19; i >= 3; i -= 2) s = (s + 1.0) * (-z / (i * (i - 1)));
  for (int i = 18; i >= 2; i -= 2) c = (c + 1.0) * (-z / (i * (i - 1)));
  s = __builtin_fma(s, r, r);
  c = c + 1.0;
  switch ((int)((long)n & 3)) {
    case 0: *sine = s; *cosine = c; break;
    case 1: *sine = c; *cosine = -s; break;
    case 2: *sine = -s; *cosine = -c; break;
    default: *sine = -c; *cosine = s; break;
  }
}
#endif
