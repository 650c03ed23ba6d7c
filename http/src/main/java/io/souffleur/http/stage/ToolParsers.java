package io.souffleur.http.stage;

import io.souffleur.http.stage.argument.ToolSchemas;
import java.util.Set;
import java.util.TreeSet;

/** The tool-call parsers by the names that clients and launch flags use. */
public final class ToolParsers {
  /** Names that {@link #stage} knows. */
  public static final Set<String> NAMES = names();

  private ToolParsers() {}

  private static Set<String> names() {
    Set<String> names = new TreeSet<>(ToolCallStage.PARSERS);
    for (JsonCallStage.Form form : JsonCallStage.Form.values()) {
      names.addAll(form.parsers());
    }
    return Set.copyOf(names);
  }

  /** A fresh stage for one answer. */
  static ToolStage stage(String parser, ToolSchemas tools) {
    if (ToolCallStage.PARSERS.contains(parser)) {
      return new ToolCallStage(tools);
    }
    for (JsonCallStage.Form form : JsonCallStage.Form.values()) {
      if (form.parsers().contains(parser)) {
        return new JsonCallStage(form, tools);
      }
    }
    throw new IllegalArgumentException("no tool parser '" + parser + "'; known are " + NAMES);
  }
}
