package io.souffleur.clusterconfig.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BytesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1000, 0.98 KiB",
    "10240, 10.0 KiB",
    "1048576, 1.00 MiB",
    "524288000, 500 MiB",
    "25769803776, 24.0 GiB"
  })
  void showsThreeFigures(long bytes, String expected) {
    assertEquals(expected, Bytes.text(bytes));
  }
}
