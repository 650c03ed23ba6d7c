package io.souffleur.shard;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.cache.book.CacheBook;
import io.souffleur.cache.store.FeatureStore;
import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.step.PatchEncode;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.models.VisionTower;
import io.souffleur.scheduler.CacheSettings;
import io.souffleur.scheduler.EngineLoop;
import io.souffleur.scheduler.EngineSettings;
import io.souffleur.scheduler.EngineSnapshot;
import io.souffleur.scheduler.Eyes;
import io.souffleur.scheduler.SchedulingSettings;
import io.souffleur.scheduler.Tiering;
import io.souffleur.tensor.Tensor;
import io.souffleur.testkit.GoldenPicturePrompts;
import io.souffleur.transport.PictureCells;
import io.souffleur.transport.SlotArena;
import io.souffleur.transport.TransportCounters;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * The production engine loop over a rank that sees, in this thread, which may die. Shelves start full of
 * NaN, so that whatever is read without having been written shows.
 */
final class PictureEngine implements AutoCloseable {
  private static final int CONTEXT = 160;
  private static final int RUNNING = 3;

  /**
   * @param chunk as the engine's settings have it
   * @param featureRows rows of the feature store
   * @param stepPatches patches that a step encodes
   * @param deathOneIn one step in so many is fatal for the rank, 0 none
   */
  record Setting(
      int chunk, int featureRows, int stepPatches, int deathOneIn, CacheSettings cache) {}

  private final KvStore kv;
  private final StateStore states;
  private final FeatureStore features;
  private final SlotArena arena;
  private final PictureCells cells;
  private final MortalExecutor executor;
  private final EngineLoop loop;
  private Answers answers = new Answers();
  private int imagesEncoded;

  PictureEngine(TinyModel model, VisionTower tower, Setting setting) throws IOException {
    CacheLayout layout = model.layout();
    var capacity = new CacheCapacity(64, 24);
    var settings = new EngineSettings(
        CONTEXT,
        RUNNING,
        setting.chunk(),
        64,
        10_000,
        SchedulingSettings.DEFAULT.conservativeness(0),
        setting.cache());
    kv = KvStore.inMemory(layout, capacity);
    states = StateStore.inMemory(layout, capacity);
    features = FeatureStore.inMemory(setting.featureRows(), GoldenPicturePrompts.FEATURE_COLUMNS);
    kv.pool().fill((byte) 0xFF);
    states.pool().fill((byte) 0xFF);
    features.rows(0, setting.featureRows()).memory().fill((byte) 0xFF);
    Path file = Files.createTempDirectory("picture-cells").resolve("cells");
    long cellBytes =
        Math.ceilDiv(setting.stepPatches() * GoldenPicturePrompts.PATCH_BYTES, 64) * 64L;
    arena = SlotArena.create(file, PictureCells.ARENA, 1, cellBytes, 1);
    cells = PictureCells.open(file, new TransportCounters());
    var limits = ShardLimits.of(RUNNING, settings.stepRowsMax(), CONTEXT, layout.pageTokens());
    executor = new MortalExecutor(
        () -> {
          var rank = new ShardRuntime(model.decoder, model.kernels, kv, states, layout, limits);
          rank.see(tower, features, cells, setting.stepPatches());
          Map<Integer, Long> seedBySeat = new HashMap<>();
          rank.tap((plan, logits, count) -> note(plan, logits, seedBySeat));
          return rank;
        },
        kv,
        states,
        new Random(setting.hashCode()),
        setting.deathOneIn());
    executor.spoilsMore(this::spoil);
    loop = new EngineLoop(
        1,
        settings,
        new CacheBook(layout, capacity, settings.cache().rules(), () -> false),
        Tiering.NONE,
        new Eyes(
            setting.featureRows(),
            setting.stepPatches(),
            GoldenPicturePrompts.PATCH_BYTES,
            Optional.of(arena)),
        executor,
        () -> 0);
  }

  private void note(StepPlan plan, Tensor logits, Map<Integer, Long> seedBySeat) {
    imagesEncoded += plan.pictures().imageCount();
    for (int i = 0; i < plan.admitCount(); i++) {
      seedBySeat.put(plan.admittedSeat(i), plan.admittedSampling(i).seed());
    }
    int row = 0;
    for (int run = 0; run < plan.runCount(); run++) {
      if (plan.runDraws(run)) {
        int position = plan.runFirstPosition(run) + plan.tokenEnd(run) - plan.tokenStart(run);
        float[] bits = logits.rows(row++, 1).memory().toArray(ValueLayout.JAVA_FLOAT);
        answers.onLogits(seedBySeat.get(plan.runSeat(run)), position, bits);
      }
    }
  }

  private void spoil(StepPlan plan) {
    for (int i = 0; i < plan.pictures().encodeCount(); i++) {
      PatchEncode encode = plan.pictures().encode(i);
      features.rows(encode.featureRow(), (int) encode.tokens()).memory().fill((byte) 0xFF);
    }
  }

  /** Runs requests to their ends, one coming every few cycles. */
  Answers run(List<GenerationRequest> requests, int arriveEvery) {
    answers = new Answers();
    int submitted = 0;
    for (int cycle = 0; submitted < requests.size() || !answers.allEnded(); cycle++) {
      assertTrue(cycle < 20_000, "stuck");
      while (submitted < requests.size() && submitted * arriveEvery <= cycle) {
        GenerationRequest request = requests.get(submitted++);
        var refusal = loop.inbox().submit(request, answers.sink(request.id().value()));
        assertTrue(refusal.isEmpty(), refusal.toString());
      }
      loop.doWork();
      loop.checkIntegrity();
    }
    loop.doWork();
    assertTrue(arena.freeSlots() == arena.slots(), "a cell is still claimed");
    return answers;
  }

  EngineSnapshot counters() {
    return loop.counters().snapshot();
  }

  /** Patch images that went through the tower, those of repeated steps again. */
  int imagesEncoded() {
    return imagesEncoded;
  }

  int deaths() {
    return executor.deaths();
  }

  @Override
  public void close() throws IOException {
    executor.close();
    cells.close();
    arena.close();
    features.close();
    states.close();
    kv.close();
  }
}
