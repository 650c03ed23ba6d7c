package io.souffleur.scheduler;

import io.souffleur.cache.book.CacheHolding;
import io.souffleur.contracts.request.GenerationRequest;
import java.util.Arrays;
import java.util.Optional;

/**
 * One request inside the engine: how many of its tokens are known and how many are computed.
 *
 * <pre>
 *   0            computed        known        reserved          knownMax
 *   |-- in cache ---|-- to compute --|-- pages are there --|         |
 *   computed ≤ known, computed ≤ reserved at every step border; a step closes the gap
 * </pre>
 *
 * <p>There are no phases: a prompt is a wide gap, decode is a gap of one. Owned by the engine loop.
 */
final class Sequence {
  static final int NO_SEAT = -1;

  /** On arrival, and again where what came was gone before its turn. */
  private static final int TIER_WAITS_MAX = 2;

  private static final int SUSPECT_CRASHES = 2;
  private static final int NOT_YET = -1;

  private final Ticket ticket;
  private final int knownMax;
  private final Standing standing;
  private final PromptScoring scoring;
  private final SequencePictures pictures;
  private int[] tokens;
  private int known;
  private int computed;
  private int tierWaits;
  private boolean queued = true;

  private Optional<CacheHolding> holding = Optional.empty();
  private int seat = NO_SEAT;
  private boolean announced;
  private int announcedPages;
  private int plannedRows;
  private int crashes;
  private int crashedTo;
  private long lastTurn;
  private int cachedTokens = NOT_YET;
  private int cachedNow;
  private long cachedVersion = NOT_YET;
  private int passedOver;
  private int plansWaited;

  Sequence(Ticket ticket, int knownMax, Standing standing) {
    this.ticket = ticket;
    this.knownMax = knownMax;
    this.standing = standing;
    GenerationRequest request = ticket.request();
    scoring = new PromptScoring(request);
    pictures = new SequencePictures(request);
    int[] prompt = request.promptTokens();
    int[] generated = request.generatedPrefix();
    tokens = Arrays.copyOf(prompt, request.knownTokens());
    System.arraycopy(generated, 0, tokens, prompt.length, generated.length);
    known = tokens.length;
  }

  Ticket ticket() {
    return ticket;
  }

  Standing standing() {
    return standing;
  }

  PromptScoring scoring() {
    return scoring;
  }

  int known() {
    return known;
  }

  int computed() {
    return computed;
  }

  int knownMax() {
    return knownMax;
  }

  SequencePictures pictures() {
    return pictures;
  }

  /**
   * Known tokens, and room for those to come; not a copy. In the place of those that take features stand
   * the keys of their pictures, below zero: this is what prefixes are compared by.
   */
  int[] tokens() {
    return tokens;
  }

  /** The token as ranks know it. */
  int token(int position) {
    int token = tokens[position];
    return token < 0 ? ticket.request().promptTokens()[position] : token;
  }

  /** Rows that must be computed before the next token can be drawn. */
  int gap() {
    return known - computed;
  }

  /** Tokens generated so far, elsewhere or here. */
  int generated() {
    return known - ticket.request().promptTokens().length;
  }

  /** No further token may be drawn: limit, context or pages are used up. */
  boolean full() {
    return known >= knownMax;
  }

  boolean isStop(int token) {
    for (int stop : ticket.request().stopTokens()) {
      if (stop == token) {
        return true;
      }
    }
    return false;
  }

  void append(int token) {
    tokens[known++] = token;
  }

  // ---- seat and cache ----

  /**
   * Takes memory for every token it may ever know, so that decoding takes none. What the holding found in
   * the cache is computed already.
   */
  void sit(int newSeat, CacheHolding newHolding) {
    seat = newSeat;
    holding = Optional.of(newHolding);
    computed = newHolding.matchedTokens();
    if (cachedTokens == NOT_YET) {
      cachedTokens = Math.min(computed, ticket.request().promptTokens().length);
    }
    tokens = tokens.length == knownMax ? tokens : Arrays.copyOf(tokens, knownMax);
    forgetAnnouncements();
  }

  /** Gives up seat and cache; what was computed must be computed again. */
  void stand() {
    seat = NO_SEAT;
    holding = Optional.empty();
    computed = 0;
    plannedRows = 0;
  }

  boolean seated() {
    return seat != NO_SEAT;
  }

  int seat() {
    return seat;
  }

  CacheHolding holding() {
    return holding.orElseThrow();
  }

  /**
   * Longest prefix that is of use from a cache: the last known row must be computed to draw, and the row
   * before the first score that is wanted and was not told.
   */
  int matchLimit() {
    return scoring.done() ? known - 1 : scoring.next() - 1;
  }

  /** Tokens of the prompt that its first seat found computed; 0 before. */
  int cachedTokens() {
    return Math.max(0, cachedTokens);
  }

  // ---- while it waits ----

  /** Whether {@link #cachedNow} is right for this version of the book. */
  boolean knowsCached(long version) {
    return cachedVersion == version;
  }

  /** Tokens that a cache has of it, when last asked. */
  int cachedNow() {
    return cachedNow;
  }

  void cachedNow(int tokens, long version) {
    cachedNow = tokens;
    cachedVersion = version;
  }

  /** Plans that it let go by because another computes what both begin with. */
  int plansWaited() {
    return plansWaited;
  }

  void waitPlan() {
    plansWaited++;
  }

  /** How often a younger one was preferred. */
  int passedOver() {
    return passedOver;
  }

  void passOver() {
    passedOver++;
  }

  /** True a few times: the tier may be asked for what the cache does not have. */
  boolean mayWaitForTier() {
    return tierWaits < TIER_WAITS_MAX;
  }

  void waitsForTier() {
    tierWaits++;
  }

  /** True once: the request leaves the queue that limits count. */
  boolean leaveQueue() {
    boolean was = queued;
    queued = false;
    return was;
  }

  // ---- what the rank was told ----

  void forgetAnnouncements() {
    announced = false;
    announcedPages = 0;
  }

  boolean announced() {
    return announced;
  }

  int announcedPages() {
    return announcedPages;
  }

  void announced(int pages) {
    announced = true;
    announcedPages = pages;
  }

  // ---- the step in flight ----

  int plannedRows() {
    return plannedRows;
  }

  void plan(int rows) {
    plannedRows = rows;
  }

  /** Step that cut the gap last; for a newcomer, one that is older than the last cut of anybody's. */
  long lastTurn() {
    return lastTurn;
  }

  void hadTurn(long step) {
    lastTurn = step;
  }

  /** Whether the planned rows end at the last known token. */
  boolean draws() {
    return computed + plannedRows == known;
  }

  /** The step was applied. */
  void commitPlannedRows() {
    computed += plannedRows;
    plannedRows = 0;
    if (computed >= crashedTo) {
      crashes = 0;
    }
  }

  /** The step crashed its rank and is called off; whether any of its requests did it is not known. */
  void callOffPlannedRows() {
    plannedRows = 0;
  }

  /** A rank crashed in the step in flight, which has rows of this sequence. */
  void crashed() {
    crashes++;
    crashedTo = computed + plannedRows;
  }

  /** Ranks crashed twice in a row over the same rows: until those are computed, it runs alone. */
  boolean suspect() {
    return crashes >= SUSPECT_CRASHES;
  }

  @Override
  public String toString() {
    return ticket.id() + " known " + known + " computed " + computed + " seat " + seat;
  }
}
