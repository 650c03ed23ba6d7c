// Drawing one token per logit row.
//
// Candidates are ordered by falling logit, ties by rising id. Nothing is sorted: a cut by rank
// (top-k, min-p) or by mass (top-p, the draw itself) is found by descending through histograms,
// first over distance from the largest logit, then over the bits of the logit.
#ifndef SF_SAMPLING_H
#define SF_SAMPLING_H

#define BUCKETS 2048
// Buckets per unit of (max − logit) / temperature; the last bucket takes everything from 32 on.
#define BUCKETS_PER_UNIT 64.0f

// The layout of io.souffleur.kernels.SamplingTable.
typedef struct {
  float temperature, top_p, min_p;
  int32_t top_k;
  int64_t seed;
  int32_t choice, position;
  int32_t rules;  // where the row's rules begin in the block, in words; 0: none
  int32_t top;    // candidates to score beside the drawn token; negative: no scores
  int32_t given;  // token that is scored instead of being drawn; negative: one is drawn
  int32_t ids;    // where the row's further ids to score begin in the block, in words; 0: none
} sampling_row_t;

// In the block: this head, then history ids, then edits.
typedef struct {
  float frequency, presence, repetition;
  int32_t output_start, history, edits;
} rules_t;

typedef struct {
  int32_t id;
  float value;
} pair_t;

// Pairs of one row of scores: the drawn token, then the likeliest.
#define SCORED_MAX 21

typedef struct {
  float *logits;
  const sampling_row_t *params;
  int32_t *tokens;
  int64_t vocab;
  int32_t *block;  // rules and further ids of rows
  pair_t *scores;
} sample_t;

// Vocabularies that rules can mark; as SamplingTable.RULES_VOCABULARY_MAX.
#define MARKED_MAX (1L << 20)

typedef struct {
  double mass;
  int64_t count;
} cell_t;

// Elements of one bucket, by rising id; more than these are looked up in the row again and again.
#define LISTED_MAX 8192

typedef struct {
  float mass[LISTED_MAX];
  uint32_t key[LISTED_MAX];
  int32_t id[LISTED_MAX];
} list_t;

typedef struct {
  cell_t top[BUCKETS], fine[BUCKETS];
  list_t list;
  uint64_t marked[MARKED_MAX / 64];
} sampling_scratch_t;

typedef struct {
  const float *logits;
  long vocab;
  float max, scale;  // scale = 1 / temperature
  cell_t *top, *fine;
  list_t *list;
  long listed;       // elements in the list, or -1 when the bucket holds more
  double total;
} row_t;

// An element in candidate order: how many and how much mass up to and including it.
typedef struct {
  int64_t rank;
  double mass;
  uint32_t key;
  int64_t ordinal;  // among elements with the same key, from 1, by rising id
} place_t;

enum { BY_RANK, BY_MASS, BEYOND_MASS };

// Lanes past the end count as −infinity.
INL vf logits_at(const row_t *r, long i) {
  return vf_blend(vf_set1(-__builtin_inff()), vf_load_m(r->logits + i, vm_first(r->vocab - i)), vm_first(r->vocab - i));
}
INL vf distance(const row_t *r, vf l) { return vf_mul(vf_sub(vf_set1(r->max), l), vf_set1(r->scale)); }
INL vf mass_of(vf t) { return vf_keep(vf_exp(vf_sub(vf_zero(), t)), vf_eq(t, t)); }
// The constant comes second: it is the answer for NaN, which −infinity at scale 0 gives.
INL vf bucket_of(vf t) { return vf_floor(vf_min(vf_mul(t, vf_set1(BUCKETS_PER_UNIT)), vf_set1(BUCKETS - 1))); }

// Smaller key, larger logit; both zeros have one key.
INL uint32_t key_of(float logit) {
  union { float f; int32_t i; } b = {logit + 0.0f};
  int32_t ascending = b.i ^ ((b.i >> 31) & 0x7FFFFFFF);
  return 0x7FFFFFFFu - (uint32_t)ascending;
}

static void fill_top(row_t *r) {
  cell_t *h = r->top;
  for (long b = 0; b < BUCKETS; b++) h[b].mass = 0, h[b].count = 0;
  vf rest = vf_zero();
  int64_t rest_count = 0;
  for (long i = 0; i < r->vocab; i += VL) {
    float mass[VL];
    int32_t bucket[VL];
    vf t = distance(r, logits_at(r, i)), m = mass_of(t), b = bucket_of(t);
    unsigned valid = vm_bits(vm_first(r->vocab - i));
    vm last = vf_eq(b, vf_set1(BUCKETS - 1));
    vf_store(mass, m);
    vi_store(bucket, vi_truncate(b));
    rest = vf_add(rest, vf_keep(m, last));
    rest_count += __builtin_popcount(vm_bits(last) & valid);
    for (unsigned bits = valid & ~vm_bits(last); bits; bits &= bits - 1) {
      int lane = __builtin_ctz(bits);
      cell_t *cell = h + bucket[lane];
      cell->count++;
      cell->mass += (double)mass[lane];
    }
  }
  h[BUCKETS - 1].mass = (double)vf_sum(rest);
  h[BUCKETS - 1].count = rest_count;
  r->total = 0;
  for (long b = 0; b < BUCKETS; b++) r->total += h[b].mass;
}

INL unsigned lanes_in_bucket(const row_t *r, long i, long bucket, float *mass) {
  vf t = distance(r, logits_at(r, i));
  unsigned bits = vm_bits(vf_eq(bucket_of(t), vf_set1((float)bucket))) & vm_bits(vm_first(r->vocab - i));
  if (bits) vf_store(mass, mass_of(t));
  return bits;
}

static void list_bucket(row_t *r, long bucket) {
  long n = 0;
  r->listed = -1;
  if (r->top[bucket].count > LISTED_MAX) return;
  for (long i = 0; i < r->vocab; i += VL) {
    float mass[VL];
    for (unsigned bits = lanes_in_bucket(r, i, bucket, mass); bits; bits &= bits - 1) {
      int lane = __builtin_ctz(bits);
      r->list->mass[n] = mass[lane];
      r->list->key[n] = key_of(r->logits[i + lane]);
      r->list->id[n++] = (int32_t)(i + lane);
    }
  }
  r->listed = n;
}

INL void add_fine(cell_t *h, uint32_t key, float mass, int above, uint32_t prefix, int shift, uint32_t mask) {
  if (above < 32 && key >> above != prefix) return;
  cell_t *cell = h + ((key >> shift) & mask);
  cell->count++;
  cell->mass += (double)mass;
}

// Histogram of (key >> shift) & mask over the elements of one bucket whose key >> above is prefix.
static void fill_fine(const row_t *r, long bucket, int above, uint32_t prefix, int shift, uint32_t mask) {
  cell_t *h = r->fine;
  for (long b = 0; b <= mask; b++) h[b].mass = 0, h[b].count = 0;
  for (long i = 0; i < r->listed; i++) add_fine(h, r->list->key[i], r->list->mass[i], above, prefix, shift, mask);
  if (r->listed >= 0) return;
  for (long i = 0; i < r->vocab; i += VL) {
    float mass[VL];
    for (unsigned bits = lanes_in_bucket(r, i, bucket, mass); bits; bits &= bits - 1) {
      int lane = __builtin_ctz(bits);
      add_fine(h, key_of(r->logits[i + lane]), mass[lane], above, prefix, shift, mask);
    }
  }
}

// First bucket in which the target is reached, or the last one that is not empty.
INL long walk(const cell_t *h, long buckets, int mode, double target, place_t *p) {
  long found = -1;
  int64_t count = 0;
  double mass = 0;
  for (long b = 0; b < buckets; b++) {
    if (!h[b].count) continue;
    if (found >= 0) {
      count += h[found].count;
      mass += h[found].mass;
    }
    found = b;
    double after = p->mass + mass + h[b].mass;
    if (mode == BY_RANK ? (double)(p->rank + count + h[b].count) >= target
                        : mode == BY_MASS ? after >= target : after > target)
      break;
  }
  p->rank += count;
  p->mass += mass;
  return found;
}

static place_t descend(row_t *r, int mode, double target) {
  place_t p = {0, 0, 0, 0};
  long bucket = walk(r->top, BUCKETS, mode, target, &p);
  list_bucket(r, bucket);
  fill_fine(r, bucket, 32, 0, 21, 0x7FF);
  uint32_t key = (uint32_t)walk(r->fine, 2048, mode, target, &p);
  fill_fine(r, bucket, 21, key, 10, 0x7FF);
  key = key << 11 | (uint32_t)walk(r->fine, 2048, mode, target, &p);
  fill_fine(r, bucket, 10, key, 0, 0x3FF);
  long low = walk(r->fine, 1024, mode, target, &p);
  p.key = key << 10 | (uint32_t)low;
  int64_t equal = r->fine[low].count;
  double each = r->fine[low].mass / (double)equal;
  do {
    p.ordinal++;
    p.rank++;
    p.mass += each;
  } while (p.ordinal < equal &&
           !(mode == BY_RANK ? (double)p.rank >= target : mode == BY_MASS ? p.mass >= target : p.mass > target));
  return p;
}

// Id of the place that was found last.
static long id_of(const row_t *r, const place_t *p) {
  int64_t left = p->ordinal;
  for (long i = 0; i < r->listed; i++)
    if (r->list->key[i] == p->key && --left == 0) return r->list->id[i];
  for (long i = 0; i < r->vocab; i++)
    if (key_of(r->logits[i]) == p->key && --left == 0) return i;
  return -1;
}

static int64_t count_heavier(const row_t *r, float mass) {
  int64_t n = 0;
  for (long i = 0; i < r->vocab; i += VL) {
    vf m = mass_of(distance(r, logits_at(r, i)));
    unsigned lighter = vm_bits(vf_gt(vf_set1(mass), m));
    n += __builtin_popcount(~lighter & vm_bits(vm_first(r->vocab - i)));
  }
  return n;
}

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
INL uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}
// A number in [0, 1) that depends on its three keys only.
INL double uniform(int64_t seed, int32_t choice, int32_t position) {
  uint64_t counter = ((uint64_t)(uint32_t)choice << 32) ^ (uint32_t)position;
  uint64_t bits = mix(mix((uint64_t)seed + 0x9E3779B97F4A7C15ull) ^ mix(counter + 0xD1B54A32D192ED03ull));
  return (double)(bits >> 11) * 0x1.0p-53;
}

// False when a logit is NaN or +infinity; otherwise r->max is the largest.
static int find_max(row_t *r) {
  vf top = vf_set1(-__builtin_inff());
  unsigned all = vm_bits(vm_first(VL));
  for (long i = 0; i < r->vocab; i += VL) {
    vf l = logits_at(r, i);
    if (vf_countable(l) != all) return 0;
    top = vf_max(top, l);
  }
  r->max = vf_largest(top);
  return 1;
}

static void clear_marks(uint64_t *marked, long vocab) {
  for (long i = 0; i < (vocab + 63) / 64; i++) marked[i] = 0;
}
// Whether the id had no mark yet.
INL int mark(uint64_t *marked, int32_t id) {
  uint64_t bit = 1ull << (id & 63), before = marked[id >> 6];
  marked[id >> 6] = before | bit;
  return !(before & bit);
}
INL int known(int32_t id, long vocab) { return id >= 0 && id < vocab; }

// Changes the logits in the order of the history and of the edits, so every bit follows from them.
static void apply_rules(float *logits, long vocab, const rules_t *rules, uint64_t *marked) {
  const int32_t *history = (const int32_t *)(rules + 1);
  const pair_t *edits = (const pair_t *)(history + rules->history);
  if (rules->frequency != 0.0f || rules->presence != 0.0f) {
    clear_marks(marked, vocab);
    for (long i = rules->output_start; i < rules->history; i++) {
      int32_t id = history[i];
      if (!known(id, vocab)) continue;
      logits[id] -= rules->frequency;
      if (mark(marked, id)) logits[id] -= rules->presence;
    }
  }
  if (rules->repetition != 1.0f) {
    clear_marks(marked, vocab);
    for (long i = 0; i < rules->history; i++) {
      int32_t id = history[i];
      if (!known(id, vocab) || !mark(marked, id)) continue;
      float l = logits[id] < 0.0f ? logits[id] * rules->repetition : logits[id] / rules->repetition;
      logits[id] = l > 0x1.fffffep127f ? 0x1.fffffep127f : l;
    }
  }
  for (long i = 0; i < rules->edits; i++)
    if (known(edits[i].id, vocab)) logits[edits[i].id] += edits[i].value;
}

static int32_t draw_row(row_t *r, const sampling_row_t *params) {
  if (!(params->temperature > 0.0f) || r->max == -__builtin_inff()) {
    long i = 0;
    while (r->logits[i] != r->max) i++;
    return (int32_t)i;
  }
  // Bounded, so that the largest logit itself stays at distance 0 and not at 0 · infinity.
  r->scale = 1.0f / params->temperature;
  if (r->scale > 0x1p126f) r->scale = 0x1p126f;
  fill_top(r);
  int64_t kept = r->vocab;
  double total = r->total;
  if (params->top_k > 0 && params->top_k < kept) {
    kept = params->top_k;
    total = descend(r, BY_RANK, (double)kept).mass;
  }
  if (params->top_p < 1.0f) {
    place_t cut = descend(r, BY_MASS, (double)params->top_p * total);
    if (cut.rank < kept) kept = cut.rank, total = cut.mass;
  }
  if (params->min_p > 0.0f) {
    int64_t heavy = max_l(1, count_heavier(r, params->min_p));
    if (heavy < kept) kept = heavy, total = descend(r, BY_RANK, (double)kept).mass;
  }
  place_t drawn = descend(r, BEYOND_MASS, uniform(params->seed, params->choice, params->position) * total);
  if (drawn.rank > kept) drawn = descend(r, BY_RANK, (double)kept);
  return (int32_t)id_of(r, &drawn);
}

#define SCORE_SLICES 8
#define SCORE_BLOCK 1024

// Σ e^((logit − max)·scale): eighths of the vocabulary, each in ascending blocks, then a tree.
static double total_mass(const row_t *r) {
  double part[SCORE_SLICES];
  long slice = ((r->vocab + SCORE_SLICES - 1) / SCORE_SLICES + 63) & ~63L;
  for (long s = 0; s < SCORE_SLICES; s++) {
    row_t own = *r;
    own.vocab = min_l(r->vocab, (s + 1) * slice);
    part[s] = 0;
    for (long b = s * slice; b < own.vocab; b += SCORE_BLOCK) {
      vf sum = vf_zero();
      for (long i = b; i < min_l(own.vocab, b + SCORE_BLOCK); i += VL)
        sum = vf_add(sum, mass_of(distance(&own, logits_at(&own, i))));
      part[s] += (double)vf_sum(sum);
    }
  }
  for (long width = 1; width < SCORE_SLICES; width *= 2)
    for (long s = 0; s < SCORE_SLICES; s += 2 * width) part[s] += part[s + width];
  return part[0];
}

// The largest logits in falling order, ties by rising id; what is −infinity is not among them.
static long find_top(const row_t *r, pair_t *best, long wanted) {
  long n = 0;
  for (long i = 0; wanted && i < r->vocab; i += VL) {
    float lanes[VL];
    vf l = logits_at(r, i), least = vf_set1(n < wanted ? -__builtin_inff() : best[n - 1].value);
    unsigned bits = vm_bits(vf_gt(l, least));
    if (bits) vf_store(lanes, l);
    for (; bits; bits &= bits - 1) {
      int lane = __builtin_ctz(bits);
      if (n == wanted && !(lanes[lane] > best[n - 1].value)) continue;
      long at = n < wanted ? n++ : n - 1;
      for (; at > 0 && lanes[lane] > best[at - 1].value; at--) best[at] = best[at - 1];
      best[at].id = (int32_t)(i + lane);
      best[at].value = lanes[lane];
    }
  }
  return n;
}

INL void score(const row_t *r, pair_t *p, double log_total) {
  float distance = (r->max - p->value) * r->scale;
  p->value = r->max == -__builtin_inff() ? r->max : (float)(-(double)distance - log_total);
}

// ln p(token), of the softmax over all logits as the rules left them, at the row's temperature; and of
// the likeliest, and of further ids, whose number stands before them.
static void score_row(row_t *r, const sampling_row_t *params, int32_t token, pair_t *scores, int32_t *further) {
  if (!(params->temperature > 0.0f)) r->scale = 1.0f;
  long n = 1 + find_top(r, scores + 1, min_l(params->top, SCORED_MAX - 1));
  scores[0].id = token;
  scores[0].value = r->logits[token];
  double log_total = r->max == -__builtin_inff() ? 0.0 : log_d(total_mass(r));
  for (long i = 0; i < n; i++) score(r, scores + i, log_total);
  for (long i = n; i < SCORED_MAX; i++) scores[i].id = -1;
  pair_t *ids = (pair_t *)(further + 1);
  for (long i = 0; further && i < *further; i++) {
    ids[i].value = known(ids[i].id, r->vocab) ? r->logits[ids[i].id] : -__builtin_inff();
    score(r, ids + i, log_total);
  }
}

static int32_t sample_row(const sample_t *a, long row, sampling_scratch_t *scratch) {
  const sampling_row_t *params = a->params + row;
  float *logits = a->logits + row * a->vocab;
  row_t r = {logits, a->vocab, 0, 1.0f, scratch->top, scratch->fine, &scratch->list, 0, 0};
  if (!find_max(&r)) return -1;
  if (params->rules) {
    apply_rules(logits, r.vocab, (const rules_t *)(a->block + params->rules), scratch->marked);
    if (!find_max(&r)) return -1;
  }
  int32_t token = known(params->given, r.vocab) ? params->given : draw_row(&r, params);
  int32_t *further = params->ids ? a->block + params->ids : 0;
  if (params->top >= 0) score_row(&r, params, token, a->scores + row * SCORED_MAX, further);
  return token;
}

// Tasks: rows. Scratch: sampling_scratch_t.
static void op_sample(const sample_t *a, void *scratch, long first, long last) {
  for (long r = first; r < last; r++) a->tokens[r] = sample_row(a, r, scratch);
}
#endif
