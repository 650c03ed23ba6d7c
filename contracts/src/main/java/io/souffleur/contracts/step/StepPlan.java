package io.souffleur.contracts.step;

import io.souffleur.contracts.request.SamplingSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one rank does in one step, as a difference to what it knows from earlier steps.
 *
 * <p>A sequence sits on a <em>seat</em> (a small number) from {@link #admit} to {@link #drop}; the rank
 * remembers the seat's pages and sampling, and for penalties the tokens of its runs by position; those
 * before its next run come with the admission. Applied in this order: drops, admits, pages, page
 * copies, transfers, {@link #pictures}, runs.
 *
 * <pre>
 *   run i:  seat, tokens [tokenStart, tokenEnd) at positions firstPosition …,
 *           state read from readSlot and written to writeSlot (-1: none),
 *           and, if it draws, one new token after its last row;
 *           checkpoints [checkpointStart, checkpointEnd): (position, slot) pairs in ascending order, the
 *           state after the tokens before position is stored into slot on the way
 *   scoring: run, positions [scoredFrom, scoredEnd) of the prompt whose tokens its rows predict
 * </pre>
 *
 * <p>In one plan the slots read and written (checkpoints are written) are disjoint and pages are written
 * only at or past the committed length, so a plan can be executed again. Mutable and reused; owned by
 * whoever fills it until it is offered, arrays grow to the largest step and stay. Steady decode allocates
 * nothing.
 */
public final class StepPlan {
  public static final int NO_SLOT = -1;

  private static final int[] NO_TOKENS = {};

  private long epoch;
  private int incarnation;
  private long step;
  private int attempt;
  private final IntList drops = new IntList();
  private final IntList admits = new IntList();
  private SamplingSpec[] admitSampling = new SamplingSpec[8];
  private int[][] admitHeldBack = new int[8][];
  private int admitCount;
  private final IntList history = new IntList();
  private final IntList pages = new IntList();
  private final IntList copies = new IntList();
  private final List<CellTransfer> transfers = new ArrayList<>();
  private final IntList runs = new IntList();
  private final IntList tokens = new IntList();
  private final IntList checkpoints = new IntList();
  private final IntList scorings = new IntList();
  private final PictureWork pictures = new PictureWork();

  private static final int ADMIT_INTS = 3;
  private static final int ADMIT_PROMPT_TOKENS = 1;
  private static final int ADMIT_HISTORY_END = 2;

  /** Seat and page; page copied from and page copied to; position and slot of a checkpoint. */
  private static final int PAIR_INTS = 2;

  private static final int RUN_INTS = 7;
  private static final int FIRST_POSITION = 1;
  private static final int READ_SLOT = 2;
  private static final int WRITE_SLOT = 3;
  private static final int DRAWS = 4;
  private static final int TOKEN_END = 5;
  private static final int CHECKPOINT_END = 6;

  private static final int SCORING_INTS = 4;

  /** No token follows the run's last row, or none that is to be scored. */
  public static final int NO_TOKEN = -1;

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
    drops.clear();
    Arrays.fill(admitSampling, 0, admitCount, null);
    Arrays.fill(admitHeldBack, 0, admitCount, null);
    admitCount = 0;
    admits.clear();
    history.clear();
    pages.clear();
    copies.clear();
    transfers.clear();
    runs.clear();
    tokens.clear();
    checkpoints.clear();
    scorings.clear();
    pictures.clear();
  }

  /** What is encoded and taken of pictures; after transfers, before the runs. */
  public PictureWork pictures() {
    return pictures;
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
    drops.add(seat);
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
    if (admitCount == admitSampling.length) {
      admitSampling = Arrays.copyOf(admitSampling, 2 * admitCount);
      admitHeldBack = Arrays.copyOf(admitHeldBack, 2 * admitCount);
    }
    admits.add(seat);
    admits.add(promptTokens);
    admits.add(history.size());
    admitHeldBack[admitCount] = heldBack;
    admitSampling[admitCount++] = sampling;
  }

  /** Appends a token, from position 0 on, to what the sequence admitted last has computed already. */
  public void addHistory(int token) {
    history.add(token);
    admits.set((admitCount - 1) * ADMIT_INTS + ADMIT_HISTORY_END, history.size());
  }

  /** Appends a page to the seat's page table. */
  public void addPage(int seat, int page) {
    pages.add(seat);
    pages.add(page);
  }

  /**
   * Before the runs, {@code toPage} gets all bytes of {@code fromPage}: the way to go on inside a page that
   * others read. Rows that the plan does not write are the same whenever it is executed again.
   *
   * @param fromPage to which no page is copied in the same plan
   * @param toPage the page in whose middle a run of the same plan begins
   */
  public void copyPage(int fromPage, int toPage) {
    copies.add(fromPage);
    copies.add(toPage);
  }

  /** Before the runs and after page copies, bytes move between a store and a cell. */
  public void addTransfer(CellTransfer transfer) {
    transfers.add(transfer);
  }

  /** Starts a run; its tokens follow by {@link #addToken}, its checkpoints by {@link #addCheckpoint}. */
  public void addRun(int seat, int firstPosition, int readSlot, int writeSlot, boolean draws) {
    runs.add(seat);
    runs.add(firstPosition);
    runs.add(readSlot);
    runs.add(writeSlot);
    runs.add(draws ? 1 : 0);
    runs.add(tokens.size());
    runs.add(checkpoints.size() / PAIR_INTS);
  }

  /** Appends an input token to the run added last. */
  public void addToken(int token) {
    tokens.add(token);
    runs.set((runCount() - 1) * RUN_INTS + TOKEN_END, tokens.size());
  }

  /**
   * The run added last stores the state after the tokens before {@code position} into {@code slot}.
   *
   * @param position past the run's first position and past its checkpoint before, at most the run's end
   * @param slot which nothing else in the plan reads or writes
   */
  public void addCheckpoint(int position, int slot) {
    checkpoints.add(position);
    checkpoints.add(slot);
    runs.set((runCount() - 1) * RUN_INTS + CHECKPOINT_END, checkpointCount());
  }

  /**
   * Tokens of the prompt that rows of the run added last predict are to be scored; once per run at most.
   *
   * @param from first position, past the run's first
   * @param end position after the last, at most the one after the next run's first
   * @param following the token right after the run if it is to be scored, otherwise {@link #NO_TOKEN}
   */
  public void scorePrompt(int from, int end, int following) {
    scorings.add(runCount() - 1);
    scorings.add(from);
    scorings.add(end);
    scorings.add(following);
  }

  public int dropCount() {
    return drops.size();
  }

  public int droppedSeat(int index) {
    return drops.get(index);
  }

  public int admitCount() {
    return admitCount;
  }

  public int admittedSeat(int index) {
    return admits.get(index * ADMIT_INTS);
  }

  public SamplingSpec admittedSampling(int index) {
    return admitSampling[index];
  }

  public int admittedPromptTokens(int index) {
    return admits.get(index * ADMIT_INTS + ADMIT_PROMPT_TOKENS);
  }

  /** Ids that the seat may not draw yet; not a copy. */
  public int[] admittedHeldBack(int index) {
    return admitHeldBack[index];
  }

  /** Index of the admission's first token in {@link #historyToken}, which is that of position 0. */
  public int historyStart(int index) {
    return index == 0 ? 0 : historyEnd(index - 1);
  }

  /** Index after the admission's last token in {@link #historyToken}. */
  public int historyEnd(int index) {
    return admits.get(index * ADMIT_INTS + ADMIT_HISTORY_END);
  }

  /** Tokens of all histories. */
  public int historyCount() {
    return history.size();
  }

  public int historyToken(int index) {
    return history.get(index);
  }

  public int pageCount() {
    return pages.size() / PAIR_INTS;
  }

  public int pageSeat(int index) {
    return pages.get(index * PAIR_INTS);
  }

  public int pageNumber(int index) {
    return pages.get(index * PAIR_INTS + 1);
  }

  public int copyCount() {
    return copies.size() / PAIR_INTS;
  }

  public int copiedFrom(int index) {
    return copies.get(index * PAIR_INTS);
  }

  public int copiedTo(int index) {
    return copies.get(index * PAIR_INTS + 1);
  }

  public int transferCount() {
    return transfers.size();
  }

  public CellTransfer transfer(int index) {
    return transfers.get(index);
  }

  public int runCount() {
    return runs.size() / RUN_INTS;
  }

  public int runSeat(int run) {
    return runs.get(run * RUN_INTS);
  }

  public int runFirstPosition(int run) {
    return runs.get(run * RUN_INTS + FIRST_POSITION);
  }

  public int runReadSlot(int run) {
    return runs.get(run * RUN_INTS + READ_SLOT);
  }

  public int runWriteSlot(int run) {
    return runs.get(run * RUN_INTS + WRITE_SLOT);
  }

  public boolean runDraws(int run) {
    return runs.get(run * RUN_INTS + DRAWS) == 1;
  }

  /** Index of the run's first token in {@link #token}. */
  public int tokenStart(int run) {
    return run == 0 ? 0 : tokenEnd(run - 1);
  }

  /** Index after the run's last token. */
  public int tokenEnd(int run) {
    return runs.get(run * RUN_INTS + TOKEN_END);
  }

  /** Tokens of all runs, which is the number of rows of the step. */
  public int tokenCount() {
    return tokens.size();
  }

  public int token(int index) {
    return tokens.get(index);
  }

  /** Index of the run's first checkpoint in {@link #checkpointPosition}. */
  public int checkpointStart(int run) {
    return run == 0 ? 0 : checkpointEnd(run - 1);
  }

  /** Index after the run's last checkpoint. */
  public int checkpointEnd(int run) {
    return runs.get(run * RUN_INTS + CHECKPOINT_END);
  }

  /** Checkpoints of all runs. */
  public int checkpointCount() {
    return checkpoints.size() / PAIR_INTS;
  }

  /** Tokens of the sequence that the stored state has seen. */
  public int checkpointPosition(int index) {
    return checkpoints.get(index * PAIR_INTS);
  }

  public int checkpointSlot(int index) {
    return checkpoints.get(index * PAIR_INTS + 1);
  }

  /** Runs that score tokens of the prompt, rising. */
  public int scoringCount() {
    return scorings.size() / SCORING_INTS;
  }

  public int scoringRun(int index) {
    return scorings.get(index * SCORING_INTS);
  }

  public int scoredFrom(int index) {
    return scorings.get(index * SCORING_INTS + 1);
  }

  public int scoredEnd(int index) {
    return scorings.get(index * SCORING_INTS + 2);
  }

  /** The token after the run's last row, or {@link #NO_TOKEN}. */
  public int scoredFollowing(int index) {
    return scorings.get(index * SCORING_INTS + 3);
  }

  /** The token at {@code position}, which a row of the scoring's run predicts. */
  public int scoredToken(int index, int position) {
    int run = scoringRun(index);
    int token = tokenStart(run) + position - runFirstPosition(run);
    return token < tokenEnd(run) ? tokens.get(token) : scoredFollowing(index);
  }
}
