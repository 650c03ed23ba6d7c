package io.souffleur.clusterconfig.cli;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a command line by the rules of Python's argparse, on which the flags of the table were
 * first declared.
 *
 * <ul>
 *   <li>{@code --flag value} and {@code --flag=value}; bare flags take none;
 *   <li>any unambiguous prefix of a name is that name; an exact name is never a prefix;
 *   <li>a value does not start with a dash, unless it is a negative number;
 *   <li>of a flag given twice the last one counts.
 * </ul>
 *
 * <p>Beyond argparse: {@code --config} puts the flags of a file in front of the others, values are
 * checked against ranges, and a flag or value that this build cannot honour is refused or noted.
 * Used once, by one thread.
 */
public final class FlagParser {
  private static final Pattern NEGATIVE_NUMBER = Pattern.compile("-\\d+(\\.\\d*)?|-\\.\\d+");

  private final FlagTable table;
  private final boolean takesWords;
  private final Map<Flag, List<String>> values = new LinkedHashMap<>();
  private final List<String> words = new ArrayList<>();
  private final Set<String> notices = new LinkedHashSet<>();

  private FlagParser(FlagTable table, boolean takesWords) {
    this.table = table;
    this.takesWords = takesWords;
  }

  /** Reads a command line that has flags only. */
  public static ParsedFlags parse(FlagTable table, List<String> arguments) throws UsageError {
    return new FlagParser(table, false).run(arguments);
  }

  /** Reads a command line with flags, and words between them. */
  public static ParsedFlags parseWithWords(FlagTable table, List<String> arguments)
      throws UsageError {
    return new FlagParser(table, true).run(arguments);
  }

  private ParsedFlags run(List<String> arguments) throws UsageError {
    read(arguments);
    List<String> file = table.named("--config").map(values::get).orElse(null);
    if (file != null) {
      Map<Flag, List<String>> line = new LinkedHashMap<>(values);
      values.clear();
      read(ConfigFile.arguments(Path.of(file.getLast()), table));
      values.putAll(line);
    }
    for (Map.Entry<Flag, List<String>> entry : values.entrySet()) {
      judge(entry.getKey(), entry.getValue());
    }
    return new ParsedFlags(table, values, words, List.copyOf(notices));
  }

  private void read(List<String> arguments) throws UsageError {
    Deque<String> rest = new ArrayDeque<>(arguments);
    List<String> strangers = new ArrayList<>();
    while (!rest.isEmpty()) {
      String argument = rest.poll();
      if (argument.equals("--")) {
        words.addAll(rest);
        rest.clear();
      } else if (looksLikeFlag(argument)) {
        readFlag(argument, rest, strangers);
      } else {
        words.add(argument);
      }
    }
    if (!takesWords) {
      strangers.addAll(words);
    }
    if (!strangers.isEmpty()) {
      throw new UsageError(unrecognized(strangers));
    }
  }

  private void readFlag(String argument, Deque<String> rest, List<String> strangers)
      throws UsageError {
    int equals = argument.indexOf('=');
    String name = equals < 0 ? argument : argument.substring(0, equals);
    Flag flag = find(name);
    if (flag == null) {
      strangers.add(argument);
      return;
    }
    List<String> given = new ArrayList<>();
    if (equals >= 0) {
      given.add(argument.substring(equals + 1));
    } else if (flag.kind() instanceof ValueKind.Several) {
      while (!rest.isEmpty() && !looksLikeFlag(rest.peek())) {
        given.add(rest.poll());
      }
    } else if (!flag.bare() && !rest.isEmpty() && !looksLikeFlag(rest.peek())) {
      given.add(rest.poll());
    }
    if (given.isEmpty() && !flag.bare()) {
      throw new UsageError("argument " + shown(flag) + ": expected "
          + (flag.kind() instanceof ValueKind.Several ? "at least one argument" : "one argument"));
    }
    for (String value : given) {
      var fault = flag.kind().fault(value);
      if (fault.isPresent()) {
        throw new UsageError("argument " + shown(flag) + ": " + fault.get());
      }
    }
    values.put(flag, List.copyOf(given));
  }

  private Flag find(String name) throws UsageError {
    Flag exact = table.named(name).orElse(null);
    if (exact != null) {
      noteDeprecated(exact, name);
      return exact;
    }
    Map<Flag, String> candidates = name.startsWith("--") ? table.startingWith(name) : Map.of();
    if (candidates.size() > 1) {
      throw new UsageError(
          "ambiguous option: " + name + " could match " + String.join(", ", candidates.values()));
    }
    if (candidates.isEmpty()) {
      return null;
    }
    Map.Entry<Flag, String> only = candidates.entrySet().iterator().next();
    noteDeprecated(only.getKey(), only.getValue());
    return only.getKey();
  }

  private void noteDeprecated(Flag flag, String name) {
    if (flag.deprecated().contains(name)) {
      notices.add(name + " is deprecated and will go; use " + flag.name());
    }
  }

  /** Refuses or notes what this build does not honour. */
  private void judge(Flag flag, List<String> given) throws UsageError {
    for (String value : given.isEmpty() ? List.of("") : given) {
      switch (flag.effect().on(value)) {
        case Effect.Refused refused ->
          throw new UsageError("argument " + shown(flag) + ": " + quoted(flag, value)
              + "is refused: " + refused.reason());
        case Effect.Ignored ignored ->
          notices.add(flag.name() + (value.isEmpty() ? "" : " " + value) + " has no effect: "
              + ignored.reason());
        case Effect.Works works -> {}
        case Effect.WorksFor some ->
          throw new IllegalStateException(flag.name() + " nests WorksFor: " + some);
      }
    }
  }

  /** Free text may be a secret, and is not repeated. */
  private static String quoted(Flag flag, String value) {
    return value.isEmpty() || flag.kind() instanceof ValueKind.Text ? "" : "'" + value + "' ";
  }

  private String unrecognized(List<String> strangers) {
    String message = "unrecognized arguments: " + String.join(" ", strangers);
    String first = strangers.getFirst();
    int equals = first.indexOf('=');
    String name = equals < 0 ? first : first.substring(0, equals);
    return message
        + table.nearest(name).map(near -> " (did you mean " + near + "?)").orElse("");
  }

  private static String shown(Flag flag) {
    return String.join("/", flag.names());
  }

  /** A blank makes it a sentence, unless the blank stands behind {@code --flag=}. */
  private static boolean looksLikeFlag(String argument) {
    int equals = argument.indexOf('=');
    String name = equals < 0 ? argument : argument.substring(0, equals);
    return argument.length() > 1
        && argument.startsWith("-")
        && !NEGATIVE_NUMBER.matcher(argument).matches()
        && name.indexOf(' ') < 0;
  }
}
