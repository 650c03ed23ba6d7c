package io.souffleur.clusterconfig.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every launch command that the two cookbook pages print, with all their options. */
class LaunchCommandsTest {
  private static final List<List<String>> STARTS =
      List.of(List.of("sglang", "serve"), List.of("python", "-m", "sglang.launch_server"));

  static Stream<String> minicpm() throws IOException {
    return commands("minicpm_v_4_6");
  }

  static Stream<String> internOnOneRank() throws IOException {
    return commands("intern_s1").filter(command -> !command.contains("--tp"));
  }

  static Stream<String> internOnEightRanks() throws IOException {
    return commands("intern_s1").filter(command -> command.contains("--tp"));
  }

  private static Stream<String> commands(String family) throws IOException {
    return all(family).distinct();
  }

  private static Stream<String> all(String family) throws IOException {
    try (InputStream in = LaunchCommandsTest.class.getResourceAsStream(
        "/io/souffleur/clusterconfig/launch-commands.json")) {
      JsonNode all = new ObjectMapper().readTree(in).required(family);
      return StreamSupport.stream(all.spliterator(), false)
          .map(one -> one.required("command").asText());
    }
  }

  /** The words behind the name of the program. No printed command has quotes. */
  private static List<String> flags(String command) {
    List<String> words = Arrays.asList(command.replace("\\\n", " ").trim().split("\\s+"));
    for (List<String> start : STARTS) {
      if (words.subList(0, start.size()).equals(start)) {
        return words.subList(start.size(), words.size());
      }
    }
    throw new IllegalArgumentException("unknown program in " + command);
  }

  @ParameterizedTest
  @MethodSource({"minicpm", "internOnOneRank"})
  void parsesWithOneLineForEachFlagWithoutEffect(String command) throws UsageError {
    ParsedFlags parsed = FlagParser.parse(FlagTable.SERVE, flags(command));
    TreeSet<String> silent = new TreeSet<>();
    parsed.values().forEach((flag, values) -> {
      boolean works = values.isEmpty()
          ? flag.effect().on("") instanceof Effect.Works
          : values.stream().allMatch(v -> flag.effect().on(v) instanceof Effect.Works);
      boolean noted =
          parsed.notices().stream().anyMatch(line -> line.startsWith(flag.name() + " "));
      if (works == noted) {
        silent.add(flag.name());
      }
    });
    assertEquals(new TreeSet<String>(), silent, "flags that neither work nor have their one line");
  }

  @ParameterizedTest
  @MethodSource("internOnEightRanks")
  void refusesEightRanksInOneLine(String command) {
    UsageError refusal =
        assertThrows(UsageError.class, () -> FlagParser.parse(FlagTable.SERVE, flags(command)));
    assertTrue(refusal.getMessage().startsWith("argument --tp-size"), refusal.getMessage());
    assertEquals(1, refusal.getMessage().lines().count());
  }

  @Test
  void countsAreThoseOfTheDocument() throws IOException {
    assertEquals(64, printed("minicpm_v_4_6", "--trust-remote-code"));
    assertEquals(112, printed("intern_s1", "--trust-remote-code"));
    assertEquals(56, printed("intern_s1", "--tp 8"));
  }

  /** How many printed commands hold these words; some are printed for several choices. */
  private static long printed(String family, String words) throws IOException {
    return all(family).filter(command -> command.contains(words)).count();
  }
}
