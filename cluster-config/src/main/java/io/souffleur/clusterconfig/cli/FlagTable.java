package io.souffleur.clusterconfig.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Every flag of one command, by name and by prefix. Immutable. */
public final class FlagTable {
  /** What {@code serve} takes. */
  public static final FlagTable SERVE = new FlagTable(List.of(
      ModelFlags.SECTION,
      EngineFlags.SECTION,
      TextFlags.SECTION,
      ServerFlags.SECTION,
      OwnFlags.SECTION,
      ParallelFlags.SECTION,
      DeviceFlags.SECTION,
      LaterFlags.SECTION));

  private final List<FlagSection> sections;
  private final SortedMap<String, Flag> byName = new TreeMap<>();

  FlagTable(List<FlagSection> sections) {
    this.sections = List.copyOf(sections);
    for (FlagSection section : sections) {
      for (Flag flag : section.flags()) {
        flag.names().forEach(name -> add(name, flag));
        flag.deprecated().forEach(name -> add(name, flag));
      }
    }
  }

  private void add(String name, Flag flag) {
    Flag other = byName.put(name, flag);
    if (other != null) {
      throw new IllegalStateException(name + " belongs to two flags");
    }
  }

  /** The same flags and one section more, in front. */
  FlagTable with(FlagSection first) {
    List<FlagSection> all = new ArrayList<>(sections);
    all.addFirst(first);
    return new FlagTable(all);
  }

  public List<FlagSection> sections() {
    return sections;
  }

  /** The flag with exactly this name, alias or deprecated name. */
  Optional<Flag> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** The flag for a name that the table itself uses in code. */
  Flag require(String name) {
    return named(name).orElseThrow(() -> new IllegalStateException("no flag " + name));
  }

  /** All flags with a name that starts so, each under the first such name. */
  Map<Flag, String> startingWith(String prefix) {
    Map<Flag, String> found = new LinkedHashMap<>();
    // The last character of a prefix range: every name that starts with the prefix sorts below it.
    byName
        .subMap(prefix, prefix + Character.MAX_VALUE)
        .forEach((name, flag) -> found.putIfAbsent(flag, name));
    return found;
  }

  /** The known name with the fewest edits, if that is close enough to be a slip. */
  Optional<String> nearest(String name) {
    int limit = Math.min(4, name.length() / 3);
    Set<String> names = byName.keySet();
    String best = null;
    int fewest = limit + 1;
    for (String candidate : names) {
      int edits = edits(name, candidate);
      if (edits < fewest) {
        fewest = edits;
        best = candidate;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Levenshtein distance, one row at a time. */
  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int swap = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(swap, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
