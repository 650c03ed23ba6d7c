package io.souffleur.shard;

import io.souffleur.cache.store.FeatureStore;
import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.StepFailure;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.SamplingTable;
import io.souffleur.models.CacheMemory;
import io.souffleur.models.Decoder;
import io.souffleur.models.Forward;
import io.souffleur.models.VisionTower;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import io.souffleur.transport.ArenaCells;
import io.souffleur.transport.PictureCells;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;

/**
 * One rank: a decoder on its shelves, executing plans into results.
 *
 * <pre>
 *   plan → seats learn → checks → page copies → pictures → runs, marks, ids, logit rows → forward
 *        → sample → score prompts → result
 * </pre>
 *
 * <p>A plan is compared with what the rank has before any memory is touched. The same step may be
 * executed any number of times, by this rank or by its successor. All buffers are taken at construction;
 * a step allocates no Java heap unless a sequence's page list grows. Owns its buffers; decoder, kernels
 * and stores belong to whoever made them and must outlive it. Runs on one thread, the one that drives the
 * kernels.
 */
public final class ShardRuntime implements StepRunner, AutoCloseable {
  private final Decoder decoder;
  private final Kernels kernels;
  private final KvStore kv;
  private final int pageTokens;
  private final int vocabulary;
  private final SeatTable seats;
  private final RunChecks checks;
  private final PageChecks pageChecks;
  private final CellTransfers transfers;
  private final Arena arena = Arena.ofShared();
  private final Forward forward;
  private final SamplingTable sampling;
  private final PromptScorer prompts;
  private final PictureDesk pictures = new PictureDesk();
  private final Tensor drawn;
  private LogitTap tap = LogitTap.OFF;

  /**
   * Attaches the decoder to the stores.
   *
   * @param layout as {@link Decoder#cacheLayout} answers; the stores were made with it
   */
  public ShardRuntime(
      Decoder decoder,
      Kernels kernels,
      KvStore kv,
      StateStore states,
      CacheLayout layout,
      ShardLimits limits) {
    this.decoder = decoder;
    this.kernels = kernels;
    this.kv = kv;
    this.pageTokens = layout.pageTokens();
    this.vocabulary = decoder.summary().vocabSize();
    seats = new SeatTable(limits, kv.pages(), layout.pageTokens());
    checks = new RunChecks(limits, seats, layout, states.slots(), vocabulary);
    pageChecks = new PageChecks(seats, layout.pageTokens(), kv.pages());
    transfers = new CellTransfers(kv, states, seats, layout.pageTokens());
    forward = new Forward(
        arena,
        limits.rowsMax(),
        limits.seatsMax(),
        limits.stepPagesMax(),
        limits.logitRowsMax(),
        vocabulary);
    prompts = new PromptScorer(arena, decoder, kernels, seats, limits.logitRowsMax());
    sampling = new SamplingTable(arena, limits.seatsMax());
    drawn = Tensor.allocate(arena, DType.I32, limits.seatsMax());
    decoder.attach(
        new CacheMemory(kv.pool(), states.pool(), layout), limits.rowsMax(), limits.logitRowsMax());
  }

  /**
   * Bytes of buffers that a rank takes beside weights and caches.
   *
   * @param limits the sizes it would be made with
   */
  public static long bufferBytes(Decoder decoder, ShardLimits limits) {
    return decoder.stepBytes(limits.rowsMax(), limits.logitRowsMax())
        + DType.F32.bytes((long) limits.logitRowsMax() * decoder.summary().vocabSize())
        + DType.I32.bytes(limits.stepPagesMax());
  }

  /** The cells that transfers of plans name, by kind; before the first step. They stay the caller's. */
  public void connect(Map<TierKind, ArenaCells> cells) {
    transfers.connect(cells);
  }

  /**
   * Lets the rank see; before the first step. Tower, store and cells stay the caller's.
   *
   * @param patchesMax patches that a step encodes at most
   */
  public void see(VisionTower tower, FeatureStore store, PictureCells cells, int patchesMax) {
    pictures.open(tower, store, cells, patchesMax);
  }

  void tap(LogitTap listener) {
    tap = listener;
  }

  /** @throws StepFailure when the plan names what this rank does not have, or a kernel fails */
  @Override
  public void execute(StepPlan plan, StepResult result) {
    try {
      seats.learn(plan);
      checks.check(plan);
      pageChecks.check(plan);
      transfers.check(plan);
      prompts.check(plan);
      pictures.check(plan);
      seats.histories().learnRuns(plan);
    } catch (PlanViolation violation) {
      throw new StepFailure(
          "step " + plan.step() + " cannot run here: " + violation.getMessage(), violation);
    }
    for (int i = 0; i < plan.copyCount(); i++) {
      kv.copyPage(plan.copiedFrom(i), plan.copiedTo(i));
    }
    transfers.move(plan);
    pictures.encode(plan);
    fillForward(plan);
    pictures.give(plan, forward);
    if (plan.tokenCount() > 0) {
      decoder.forward(forward);
    }
    draw(plan, result);
    prompts.score(plan, forward, result, tap);
  }

  private void fillForward(StepPlan plan) {
    forward.clear();
    sampling.clear();
    for (int run = 0; run < plan.runCount(); run++) {
      int seat = plan.runSeat(run);
      int first = plan.runFirstPosition(run);
      int rows = plan.tokenEnd(run) - plan.tokenStart(run);
      forward.runs().addRun(rows, first, plan.runReadSlot(run), plan.runWriteSlot(run));
      int pages = Math.ceilDiv(first + rows, pageTokens);
      for (int i = 0; i < pages; i++) {
        forward.runs().addPage(seats.page(seat, i));
      }
      for (int i = plan.checkpointStart(run); i < plan.checkpointEnd(run); i++) {
        forward.runs().addMark(plan.checkpointPosition(i) - first, plan.checkpointSlot(i));
      }
      for (int i = plan.tokenStart(run); i < plan.tokenEnd(run); i++) {
        forward.addToken(plan.token(i));
      }
      if (plan.runDraws(run)) {
        setSampling(forward.logitCount(), seat, first + rows);
        forward.addLogitRow(forward.rows() - 1);
      }
    }
  }

  private void setSampling(int row, int seat, int position) {
    SamplingSpec spec = seats.sampling(seat);
    sampling.set(
        row,
        spec.temperature(),
        spec.topP(),
        spec.minP(),
        spec.topK(),
        spec.seed(),
        spec.choice(),
        position);
    if (spec.scored()) {
      sampling.score(row, spec.scores().top());
    }
    setRules(row, seat, position);
    if (!spec.scores().ids().isEmpty()) {
      sampling.scoreIds(row, spec.scores().ids());
    }
  }

  private void setRules(int row, int seat, int position) {
    LogitRules rules = seats.sampling(seat).rules();
    if (rules.neutral()) {
      return;
    }
    SeatHistories histories = seats.histories();
    if (histories.kept(seat)) {
      sampling.penalise(
          row,
          rules.frequencyPenalty(),
          rules.presencePenalty(),
          rules.repetitionPenalty(),
          histories.tokens(seat),
          histories.count(seat),
          Math.min(seats.promptTokens(seat), histories.count(seat)));
    }
    List<LogitRules.Bias> bias = rules.bias();
    for (int i = 0; i < bias.size(); i++) {
      sampling.add(row, bias.get(i).token(), bias.get(i).value());
    }
    if (position - seats.promptTokens(seat) < rules.minTokens()) {
      for (int token : seats.heldBack(seat)) {
        sampling.add(row, token, Float.NEGATIVE_INFINITY);
      }
    }
  }

  private void draw(StepPlan plan, StepResult result) {
    result.reset(plan);
    int count = forward.logitCount();
    tap.onLogits(plan, forward.logits(), count);
    if (count == 0) {
      return;
    }
    kernels.sample(forward.logits(), vocabulary, sampling, count, drawn);
    int row = 0;
    for (int run = 0; run < plan.runCount(); run++) {
      if (plan.runDraws(run)) {
        int token = drawn.getInt(row);
        if (token == Kernels.NOT_A_NUMBER) {
          result.token(run, StepResult.NOT_FINITE);
        } else {
          result.token(run, token);
          addScores(result, run, row, seats.sampling(plan.runSeat(run)));
        }
        row++;
      }
    }
  }

  private void addScores(StepResult result, int run, int row, SamplingSpec spec) {
    int entry = 0;
    while (spec.scored() && sampling.scoredId(row, entry) != SamplingTable.NO_ID) {
      result.addScore(run, sampling.scoredId(row, entry), sampling.scoredLog(row, entry));
      entry++;
    }
    List<Integer> ids = spec.scores().ids();
    for (int i = 0; i < ids.size(); i++) {
      result.addScore(run, ids.get(i), sampling.idLog(row, i));
    }
  }

  /** Gives the rank's own buffers back. */
  @Override
  public void close() {
    arena.close();
  }
}
