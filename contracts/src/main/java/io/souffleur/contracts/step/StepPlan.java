package io.souffleur.contracts.step;

import io.souffleur.contracts.request.SamplingSpec;
import java.util.Arrays;

/**
 * What one rank does in one step, as a difference to what it knows from earlier steps.
 *
 * <p>A sequence sits on a <em>seat</em> (a small number) from {@link #admit} to {@link #drop}; the rank
 * remembers the seat's pages and sampling, and for penalties the tokens of its runs by position; those
 * before its next run come with the admission. Applied in this order: drops, admits, pages, runs.
 *
 * <pre>
 *   run i:  seat, tokens [tokenStart, tokenEnd) at positions firstPosition …,
 *           state read from readSlot and written to writeSlot (-1: none),
 *           and, if it draws, one new token after its last row
 * </pre>
 *
 * <p>In one plan the slots read and written are disjoint and pages are written only at or past the
 * committed length, so a plan can be executed again. Mutable and reused; owned by whoever fills it until
 * it is offered, arrays grow to the largest step and stay. Steady decode allocates nothing.
 */
public final class StepPlan {
  public static final int NO_SLOT = -1;

  private static final int[] NO_TOKENS = {};

  private long epoch;
  private int incarnation;
  private long step;
  private int attempt;
  private int[] drops = new int[8];
  private int dropCount;
  private int[] admitSeats = new int[8];
  private SamplingSpec[] admitSampling = new SamplingSpec[8];
  private int[] admitPromptTokens = new int[8];
  private int[][] admitHeldBack = new int[8][];
  private int[] admitHistoryEnds = new int[8];
  private int admitCount;
  private int[] history = new int[0];
  private int historyCount;
  private int[] pageSeats = new int[64];
  private int[] pageNumbers = new int[64];
  private int pageCount;
  private int[] runs = new int[8 * RUN_INTS];
  private int runCount;
  private int[] tokens = new int[64];
  private int tokenCount;

  private static final int RUN_INTS = 6;
  private static final int SEAT = 0;
  private static final int FIRST_POSITION = 1;
  private static final int READ_SLOT = 2;
  private static final int WRITE_SLOT = 3;
  private static final int DRAWS = 4;
  private static final int TOKEN_END = 5;

  /** Empties the plan and gives it an identity. */
  public void reset(StepId id) {
    reset(id.epoch(), id.incarnation(), id.step(), id.attempt());
  }

  /** As {@link #reset(StepId)}, for callers that have the parts and allocate nothing. */
  public void reset(long newEpoch, int newIncarnation, long newStep, int newAttempt) {
    epoch = newEpoch;
    incarnation = newIncarnation;
    step = newStep;
    attempt = newAttempt;
    dropCount = 0;
    Arrays.fill(admitSampling, 0, admitCount, null);
    Arrays.fill(admitHeldBack, 0, admitCount, null);
    admitCount = 0;
    historyCount = 0;
    pageCount = 0;
    runCount = 0;
    tokenCount = 0;
  }

  /** A new record of the parts below. */
  public StepId id() {
    return new StepId(epoch, incarnation, step, attempt);
  }

  public long epoch() {
    return epoch;
  }

  public int incarnation() {
    return incarnation;
  }

  public long step() {
    return step;
  }

  public int attempt() {
    return attempt;
  }

  /** The seat is free again; its pages are forgotten. Dropping an unknown seat does nothing. */
  public void drop(int seat) {
    drops = grown(drops, dropCount + 1);
    drops[dropCount++] = seat;
  }

  /** As {@link #admit(int, SamplingSpec, int, int[])}, with nothing held back and no prompt. */
  public void admit(int seat, SamplingSpec sampling) {
    admit(seat, sampling, 0, NO_TOKENS);
  }

  /**
   * A sequence takes the seat, with no pages yet; whatever sat there is forgotten.
   *
   * @param promptTokens position at which its output begins
   * @param heldBack ids that may not be drawn before the output has its least length; kept as it is
   */
  public void admit(int seat, SamplingSpec sampling, int promptTokens, int[] heldBack) {
    admitSeats = grown(admitSeats, admitCount + 1);
    admitPromptTokens = grown(admitPromptTokens, admitCount + 1);
    admitHistoryEnds = grown(admitHistoryEnds, admitCount + 1);
    if (admitSampling.length < admitSeats.length) {
      admitSampling = Arrays.copyOf(admitSampling, admitSeats.length);
      admitHeldBack = Arrays.copyOf(admitHeldBack, admitSeats.length);
    }
    admitSeats[admitCount] = seat;
    admitPromptTokens[admitCount] = promptTokens;
    admitHistoryEnds[admitCount] = historyCount;
    admitHeldBack[admitCount] = heldBack;
    admitSampling[admitCount++] = sampling;
  }

  /** Appends a token, from position 0 on, to what the sequence admitted last has computed already. */
  public void addHistory(int token) {
    history = grown(history, historyCount + 1);
    history[historyCount++] = token;
    admitHistoryEnds[admitCount - 1] = historyCount;
  }

  /** Appends a page to the seat's page table. */
  public void addPage(int seat, int page) {
    pageSeats = grown(pageSeats, pageCount + 1);
    pageNumbers = grown(pageNumbers, pageCount + 1);
    pageSeats[pageCount] = seat;
    pageNumbers[pageCount++] = page;
  }

  /** Starts a run; its tokens follow by {@link #addToken}. */
  public void addRun(int seat, int firstPosition, int readSlot, int writeSlot, boolean draws) {
    runs = grown(runs, (runCount + 1) * RUN_INTS);
    int base = runCount++ * RUN_INTS;
    runs[base + SEAT] = seat;
    runs[base + FIRST_POSITION] = firstPosition;
    runs[base + READ_SLOT] = readSlot;
    runs[base + WRITE_SLOT] = writeSlot;
    runs[base + DRAWS] = draws ? 1 : 0;
    runs[base + TOKEN_END] = tokenCount;
  }

  /** Appends an input token to the run added last. */
  public void addToken(int token) {
    tokens = grown(tokens, tokenCount + 1);
    tokens[tokenCount++] = token;
    runs[(runCount - 1) * RUN_INTS + TOKEN_END] = tokenCount;
  }

  private static int[] grown(int[] array, int needed) {
    return needed <= array.length
        ? array
        : Arrays.copyOf(array, Math.max(needed, array.length * 2));
  }

  public int dropCount() {
    return dropCount;
  }

  public int droppedSeat(int index) {
    return drops[index];
  }

  public int admitCount() {
    return admitCount;
  }

  public int admittedSeat(int index) {
    return admitSeats[index];
  }

  public SamplingSpec admittedSampling(int index) {
    return admitSampling[index];
  }

  public int admittedPromptTokens(int index) {
    return admitPromptTokens[index];
  }

  /** Ids that the seat may not draw yet; not a copy. */
  public int[] admittedHeldBack(int index) {
    return admitHeldBack[index];
  }

  /** Index of the admission's first token in {@link #historyToken}, which is that of position 0. */
  public int historyStart(int index) {
    return index == 0 ? 0 : admitHistoryEnds[index - 1];
  }

  /** Index after the admission's last token in {@link #historyToken}. */
  public int historyEnd(int index) {
    return admitHistoryEnds[index];
  }

  /** Tokens of all histories. */
  public int historyCount() {
    return historyCount;
  }

  public int historyToken(int index) {
    return history[index];
  }

  public int pageCount() {
    return pageCount;
  }

  public int pageSeat(int index) {
    return pageSeats[index];
  }

  public int pageNumber(int index) {
    return pageNumbers[index];
  }

  public int runCount() {
    return runCount;
  }

  public int runSeat(int run) {
    return runs[run * RUN_INTS + SEAT];
  }

  public int runFirstPosition(int run) {
    return runs[run * RUN_INTS + FIRST_POSITION];
  }

  public int runReadSlot(int run) {
    return runs[run * RUN_INTS + READ_SLOT];
  }

  public int runWriteSlot(int run) {
    return runs[run * RUN_INTS + WRITE_SLOT];
  }

  public boolean runDraws(int run) {
    return runs[run * RUN_INTS + DRAWS] == 1;
  }

  /** Index of the run's first token in {@link #token}. */
  public int tokenStart(int run) {
    return run == 0 ? 0 : runs[(run - 1) * RUN_INTS + TOKEN_END];
  }

  /** Index after the run's last token. */
  public int tokenEnd(int run) {
    return runs[run * RUN_INTS + TOKEN_END];
  }

  /** Tokens of all runs, which is the number of rows of the step. */
  public int tokenCount() {
    return tokenCount;
  }

  public int token(int index) {
    return tokens[index];
  }
}
