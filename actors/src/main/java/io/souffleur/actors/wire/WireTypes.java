package io.souffleur.actors.wire;

import io.souffleur.actors.EngineStatus;
import io.souffleur.actors.NodeMessages;
import io.souffleur.actors.PromptJob;
import io.souffleur.actors.PromptReply;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Every class that crosses nodes, with its number. Numbers are never given to another class; a new class
 * takes the next one.
 */
final class WireTypes {
  /** @param number from 1 to 127 */
  record Entry(int number, Class<? extends Record> type) {}

  static final List<Entry> ALL = List.of(
      new Entry(16, GenerationRequest.class),
      new Entry(17, RequestId.class),
      new Entry(18, GenerationEvent.Accepted.class),
      new Entry(19, GenerationEvent.Tokens.class),
      new Entry(20, GenerationEvent.Finished.class),
      new Entry(21, GenerationEvent.Rejected.class),
      new Entry(22, GenerationEvent.EngineLost.class),
      new Entry(23, PromptJob.Chat.class),
      new Entry(24, PromptJob.Text.class),
      new Entry(25, PromptJob.Ids.class),
      new Entry(26, PromptReply.Prepared.class),
      new Entry(27, PromptReply.TemplateRejected.class),
      new Entry(28, PromptReply.Malformed.class),
      new Entry(29, PromptReply.TooLong.class),
      new Entry(30, PromptReply.Busy.class),
      new Entry(31, PromptReply.WorkerFailed.class),
      new Entry(32, EngineStatus.class),
      new Entry(33, GenerationEvent.PromptScores.class));

  /** Known only where references can be resolved; their numbers follow each other from here. */
  private static final int FIRST_ENVELOPE = 64;

  private WireTypes() {}

  /** Messages that carry references to actors. */
  static List<Entry> envelopes() {
    List<Entry> entries = new ArrayList<>();
    for (Class<? extends Record> type : NodeMessages.envelopes()) {
      entries.add(new Entry(FIRST_ENVELOPE + entries.size(), type));
    }
    return entries;
  }

  /**
   * A number of the shape of all classes: names and types of components, constants of enums. It starts
   * every message, so that nodes of different builds refuse each other's bytes.
   */
  static int fingerprint() {
    var shapes = new TreeMap<String, String>();
    for (Entry entry : Stream.concat(ALL.stream(), envelopes().stream()).toList()) {
      shapes.put("%03d".formatted(entry.number()), entry.type().getName());
      describe(entry.type(), shapes);
    }
    return shapes.toString().hashCode();
  }

  private static void describe(Type type, TreeMap<String, String> shapes) {
    if (type instanceof ParameterizedType generic) {
      Arrays.stream(generic.getActualTypeArguments()).forEach(inner -> describe(inner, shapes));
    }
    if (!(type instanceof Class<?> plain) || shapes.containsKey(plain.getName())) {
      return;
    }
    if (plain.isSealed()) {
      shapes.put(plain.getName(), Arrays.toString(plain.getPermittedSubclasses()));
      Arrays.stream(plain.getPermittedSubclasses()).forEach(inner -> describe(inner, shapes));
    }
    if (plain.isEnum()) {
      shapes.put(plain.getName(), Arrays.toString(plain.getEnumConstants()));
    }
    if (plain.isRecord()) {
      RecordComponent[] components = plain.getRecordComponents();
      shapes.put(
          plain.getName(),
          Arrays.stream(components)
              .map(c -> c.getName() + ":" + c.getGenericType().getTypeName())
              .toList()
              .toString());
      for (RecordComponent component : components) {
        describe(component.getGenericType(), shapes);
      }
    }
  }
}
