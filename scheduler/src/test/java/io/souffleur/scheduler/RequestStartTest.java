package io.souffleur.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.request.GenerationEvent.EngineLost;
import io.souffleur.contracts.request.GenerationEvent.Finished;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.TokenScore;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RequestStartTest {
  private static final int STOP = 99;

  /** Writes down starts and tokens. */
  private static final class StartSink implements TokenSink {
    final List<String> events = new ArrayList<>();

    @Override
    public void onAccepted(RequestId id, long epoch) {}

    @Override
    public void onStarted(RequestId id, long epoch, int cachedTokens) {
      events.add("started with " + cachedTokens + " in epoch " + epoch);
    }

    @Override
    public void onToken(RequestId id, long epoch, int token) {
      events.add("token");
    }

    @Override
    public void onToken(RequestId id, long epoch, int token, TokenScore score) {
      events.add("scored token");
    }

    @Override
    public void onFinished(Finished finished) {
      events.add("finished with " + finished.cachedTokens());
    }

    @Override
    public void onLost(EngineLost lost) {}
  }

  private static StartSink submit(EngineFixture engine, String id) {
    var sink = new StartSink();
    int[] prompt = IntStream.range(100, 110).toArray();
    var request = new GenerationRequest(
        new RequestId(id), prompt, new int[0], SamplingSpec.GREEDY, 4, new int[] {STOP});
    assertTrue(engine.loop.inbox().submit(request, sink).isEmpty());
    return sink;
  }

  @Test
  void aRequestHearsOnceWhatItFoundCachedBeforeItsFirstToken() {
    var engine = new EngineFixture(
        EngineFixture.settings(64, 2, 16)
            .cache(new CacheSettings(true, StateStrategy.EXTRA_BUFFER, 8)),
        16,
        12);
    StartSink first = submit(engine, "a");
    engine.step();
    engine.finish(110);
    engine.step();
    engine.finish(STOP);
    StartSink second = submit(engine, "b");
    engine.step();
    engine.finish(STOP);

    assertEquals(List.of("started with 0 in epoch 7", "token", "finished with 0"), first.events);
    assertEquals(List.of("started with 8 in epoch 7", "finished with 8"), second.events);
  }

  @Test
  void rowsOfAnswersAreCountedApartFromPrompts() {
    var engine = new EngineFixture(EngineFixture.settings(64, 2, 16), 16, 12);
    submit(engine, "a");
    engine.step();
    engine.finish(110);
    engine.step();
    engine.finish(111);
    engine.step();
    engine.finish(STOP);

    assertEquals(12, engine.counters().rowsPlanned());
    assertEquals(2, engine.counters().load().rowsDecoded());
    assertEquals(0, engine.counters().load().promptTokensRetracted());
  }
}
