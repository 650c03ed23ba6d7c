package io.souffleur.http;

import io.souffleur.actors.EngineStatus;
import io.souffleur.actors.PromptJob;
import io.souffleur.actors.PromptReply;
import io.souffleur.actors.wire.WireCodec;
import io.souffleur.actors.wire.WireFormatException;
import io.souffleur.actors.wire.WireLimits;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.RejectReason;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import io.souffleur.contracts.request.TokenScore;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Messages between nodes: bytes are a message, which comes back the same when it is sent on, or are refused.
 * The fuzzer's input lacks the fingerprint of the build, which it would never guess.
 */
public final class MessagesFuzz {
  private static final int FINGERPRINT_BYTES = 4;
  private static final WireCodec CODEC = new WireCodec(WireLimits.DEFAULT);
  private static final byte[] HEAD =
      Arrays.copyOf(CODEC.write(new RequestId("a")), FINGERPRINT_BYTES);

  private MessagesFuzz() {}

  /** Called by the fuzzer before all, by this name: classes are slow when they are loaded. */
  public static void fuzzerInitialize() {
    seeds().forEach(MessagesFuzz::fuzzerTestOneInput);
  }

  /** Called by the fuzzer, by this name. */
  public static void fuzzerTestOneInput(byte[] data) {
    byte[] bytes = Arrays.copyOf(HEAD, HEAD.length + data.length);
    System.arraycopy(data, 0, bytes, HEAD.length, data.length);
    Object message;
    try {
      message = CODEC.read(bytes);
    } catch (WireFormatException refused) {
      return;
    }
    String again = shown(CODEC.read(CODEC.write(message)));
    if (!again.equals(shown(message))) {
      throw new AssertionError(shown(message) + " came back as " + again);
    }
  }

  /** A value to any depth; the entries of a map have no order, so two texts of it are compared sorted. */
  private static String shown(Object value) {
    return switch (value) {
      case null -> "null";
      case int[] ints -> Arrays.toString(ints);
      case float[] floats -> Arrays.toString(floats);
      case List<?> list -> list.stream().map(MessagesFuzz::shown).toList().toString();
      case Map<?, ?> map ->
        map.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + shown(entry.getValue()))
            .sorted()
            .toList()
            .toString();
      case Record fields -> fields.getClass().getSimpleName() + parts(fields);
      default -> value.getClass().getSimpleName() + ":" + value;
    };
  }

  private static List<String> parts(Record fields) {
    return Arrays.stream(fields.getClass().getRecordComponents())
        .map(component -> {
          try {
            return shown(component.getAccessor().invoke(fields));
          } catch (ReflectiveOperationException failure) {
            throw new AssertionError(failure);
          }
        })
        .toList();
  }

  static List<byte[]> seeds() {
    RequestId id = new RequestId("chatcmpl-ü");
    LogitRules rules = new LogitRules(0.5f, -2, 1.25f, 3, List.of(new LogitRules.Bias(7, -100)));
    ScoreSpec scores = new ScoreSpec(5, List.of(7, 8), 1);
    TokenScore score = new TokenScore(4, -0.5f, new int[] {4, 9}, new float[] {-0.5f, -1});
    List<Record> messages = List.of(
        new GenerationRequest(
            id,
            new int[] {1, 2},
            new int[] {5},
            new SamplingSpec(0.7f, 0.95f, 0.05f, 20, 5, 3, rules, scores),
            4096,
            new int[] {6}),
        new GenerationEvent.Accepted(id, 9),
        new GenerationEvent.Tokens(id, 1, new int[] {4}, List.of(score)),
        new GenerationEvent.Finished(id, 2, FinishReason.NOT_FINITE, -1, 10, 20, 5),
        new GenerationEvent.Rejected(id, 1, RejectReason.NOT_READY, "starting"),
        new PromptJob.Chat(
            List.of(Map.of("role", "user", "n", List.of(1, 2.5, true))),
            List.of(),
            Map.of("enable_thinking", true),
            false),
        new PromptJob.Ids(new int[] {3, 1}),
        new PromptReply.Prepared(new int[] {8, 9}, "<think>\n"),
        new PromptReply.TooLong(5, 4),
        new EngineStatus(
            EngineStatus.Phase.DRAINING, "", true, 1, 3, 4, 5, 6, Map.of("a", 9L, "b", 10L)));
    return messages.stream()
        .map(CODEC::write)
        .map(bytes -> Arrays.copyOfRange(bytes, FINGERPRINT_BYTES, bytes.length))
        .toList();
  }
}
