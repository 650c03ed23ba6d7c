package io.souffleur.clusterconfig.rank;

import io.souffleur.shard.RankSeat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line that starts a rank of a recipe on this machine. */
public final class RankCommand {
  /** A rank's heap holds plans and page lists; weights and caches are mapped. */
  private static final int HEAP_MEBIBYTES = 256;

  private static final String JVM_OPTIONS = "/io/souffleur/jvm.options";

  private RankCommand() {}

  /** Most bytes of a rank's heap. */
  public static long heapBytes() {
    return (long) HEAP_MEBIBYTES << 20;
  }

  public static List<String> of(RankSeat seat, RankRecipe recipe) {
    List<String> words = new ArrayList<>(jvm());
    words.addAll(List.of("-cp", System.getProperty("java.class.path")));
    words.add(RankMain.class.getName());
    words.addAll(seat.toArguments());
    words.addAll(recipe.toArguments());
    return words;
  }

  /** This JVM's launcher with the flags of a rank: all that stands before the class path. */
  public static List<String> jvm() {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(jvmOptions());
    // One thread allocates, and next to nothing: the smallest collector starts fastest.
    words.addAll(
        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx" + HEAP_MEBIBYTES + "m"));
    return words;
  }

  /** The one file of JVM flags, without comments. */
  private static List<String> jvmOptions() {
    try (InputStream in = RankCommand.class.getResourceAsStream(JVM_OPTIONS)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(JVM_OPTIONS + " cannot be read", unreadable);
    }
  }
}
