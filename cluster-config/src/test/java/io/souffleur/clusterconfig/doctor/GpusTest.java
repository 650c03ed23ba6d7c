package io.souffleur.clusterconfig.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class GpusTest {
  @Test
  void findsNoneWhereTheToolIsAbsent() {
    assertEquals(
        new Finding("GPU", "none found"), new Gpus(List.of("no-such-tool-here")).finding());
  }

  @Test
  void repeatsWhatTheDriverSaysWhenItFails() {
    assertEquals(
        new Finding("GPU", "none usable: no driver"),
        new Gpus(List.of("sh", "-c", "echo no driver; exit 9")).finding());
  }

  @Test
  void listsWhatTheToolAnswers() {
    assertEquals(
        new Finding("GPU", "One, 80 GB; Two, 80 GB (not used: this build computes on the CPU)"),
        new Gpus(List.of("printf", "One, 80 GB\\nTwo, 80 GB\\n")).finding());
  }
}
