package io.souffleur.clusterconfig.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HumanNumberTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "4096, 4096",
    "-1, -1",
    "1k, 1000",
    "25.6k, 25600",
    "1M, 1000000",
    "2.5G, 2500000000",
    "1T, 1000000000000",
    "1Ki, 1024",
    "4Mi, 4194304",
    "1Gi, 1073741824",
    "2Ti, 2199023255552"
  })
  void readsSuffixes(String text, long expected) {
    assertEquals(OptionalLong.of(expected), HumanNumber.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "k", "1.5", "1.5Ki", "1.2345k", "1m", "1K", "1g", "1ki", "1kib", "1 k", "0x10"
      })
  void refusesEverythingElse(String text) {
    assertEquals(OptionalLong.empty(), HumanNumber.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"9223372036854775808", "9999999T"})
  void refusesWhatDoesNotFit(String text) {
    assertEquals(OptionalLong.empty(), HumanNumber.parse(text));
  }
}
