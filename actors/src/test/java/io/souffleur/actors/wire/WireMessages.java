package io.souffleur.actors.wire;

import io.souffleur.actors.EngineStatus;
import io.souffleur.actors.PromptJob;
import io.souffleur.actors.PromptReply;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.Picture;
import io.souffleur.contracts.request.RejectReason;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import io.souffleur.contracts.request.TokenScore;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** One or more full messages of every class that crosses nodes. */
final class WireMessages {
  private static final RequestId ID = new RequestId("chatcmpl-ümläut-1");

  private WireMessages() {}

  static List<Record> all() {
    var rules = new LogitRules(
        0.5f,
        -2,
        1.25f,
        3,
        List.of(new LogitRules.Bias(7, -100), new LogitRules.Bias(151_935, 0.25f)));
    var score = new TokenScore(
        4, -0.5f, new int[] {4, 9}, new float[] {-0.5f, Float.NEGATIVE_INFINITY}, new float[] {-3});
    var scores = new ScoreSpec(5, List.of(0, 151_935), 17);
    var tree = new LinkedHashMap<String, Object>();
    tree.put("role", "user");
    tree.put("none", null);
    tree.put("flags", List.of(true, false));
    tree.put("numbers", List.of(1, -2L, 0.1, new BigInteger("9".repeat(40))));
    tree.put("price", new BigDecimal("-12.30e-4"));
    tree.put("nested", Map.of("a", List.of(Map.of("b", List.of()))));
    return List.of(
        new GenerationRequest(
            ID,
            new int[] {1, 2, Integer.MAX_VALUE},
            new int[] {5},
            new SamplingSpec(0.7f, 0.95f, 0.05f, 20, Long.MIN_VALUE, 3, rules, scores),
            4096,
            new int[] {151_645, 151_643},
            OptionalInt.of(-7),
            "tenant/salt",
            new int[] {1, 2},
            List.of(new Picture(
                new byte[32], 16, new int[] {4, 4, 8, 4}, new int[] {0, 1}, new byte[48 * 3]))),
        new GenerationRequest(ID, new int[100_000], new int[0], SamplingSpec.GREEDY, 1, new int[0]),
        ID,
        new GenerationEvent.Accepted(ID, 9),
        new GenerationEvent.Tokens(
            ID,
            Long.MAX_VALUE,
            new int[] {4},
            List.of(score),
            new GenerationEvent.Start(7, 1_000_000_000_000L)),
        new GenerationEvent.PromptScores(ID, 3, 17, List.of(score, score)),
        new GenerationEvent.Finished(ID, 2, FinishReason.NOT_FINITE, -1, 10, 20, 5),
        new GenerationEvent.Rejected(ID, 1, RejectReason.NOT_READY, "the engine is starting 🎭"),
        new GenerationEvent.EngineLost(ID, 3),
        new PromptJob.Chat(List.of(tree), List.of(), Map.of("enable_thinking", true), false),
        new PromptJob.Text(""),
        new PromptJob.Ids(new int[] {3, 1}),
        new PromptReply.Prepared(new int[] {8, 9}, "<think>\n", new int[] {1}),
        new PromptReply.TemplateRejected("no"),
        new PromptReply.Malformed("token 9 lies outside"),
        new PromptReply.TooLong(40_961, 40_960),
        new PromptReply.Busy(256),
        new PromptReply.WorkerFailed("stack"),
        new EngineStatus(
            EngineStatus.Phase.DRAINING, "", true, 12, 3, 4, 5, 6, Map.of("steps-total", 99L)));
  }

  /** A record's components to any depth, arrays and records inside included. */
  static String shown(Object value) {
    return switch (value) {
      case null -> "null";
      case byte[] bytes -> Arrays.toString(bytes);
      case int[] ints -> Arrays.toString(ints);
      case float[] floats -> Arrays.toString(floats);
      case List<?> list -> list.stream().map(WireMessages::shown).toList().toString();
      case Map<?, ?> map -> {
        var shown = new java.util.TreeMap<String, String>();
        map.forEach((key, of) -> shown.put((String) key, shown(of)));
        yield shown.toString();
      }
      case Record fields -> fields.getClass().getSimpleName() + parts(fields);
      default -> value.getClass().getSimpleName() + ":" + value;
    };
  }

  private static List<String> parts(Record value) {
    return Arrays.stream(value.getClass().getRecordComponents())
        .map(component -> {
          try {
            return shown(component.getAccessor().invoke(value));
          } catch (ReflectiveOperationException failure) {
            throw new AssertionError(failure);
          }
        })
        .toList();
  }
}
