package io.souffleur.clusterconfig.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.actors.ModelCard.SamplingDefaults;
import io.souffleur.clusterconfig.cli.LaunchError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerationDefaultsTest {
  @TempDir
  private Path folder;

  private SamplingDefaults read(String json) throws IOException, LaunchError {
    Files.writeString(folder.resolve("generation_config.json"), json);
    return GenerationDefaults.read(folder);
  }

  @Test
  void takesEveryValueOfTheFile() throws Exception {
    assertEquals(
        new SamplingDefaults(0.7f, 0.8f, 20, 0.05f, 1.05f),
        read("{\"do_sample\": true, \"temperature\": 0.7, \"top_p\": 0.8, \"top_k\": 20,"
            + " \"min_p\": 0.05, \"repetition_penalty\": 1.05, \"eos_token_id\": [1, 2]}"));
  }

  @Test
  void whatTheFileDoesNotSayIsAsTheApiHasIt() throws Exception {
    assertEquals(SamplingDefaults.OPENAI, GenerationDefaults.read(folder));
    assertEquals(SamplingDefaults.OPENAI, read("{}"));
    assertEquals(
        new SamplingDefaults(1, 0.9f, 0, 0, 1),
        read("{\"temperature\": null, \"top_p\": 0.9, \"top_k\": -1}"));
  }

  @Test
  void aModelThatDoesNotSampleIsGreedy() throws Exception {
    assertEquals(0, read("{\"do_sample\": false, \"temperature\": 0.7}").temperature());
  }

  @ParameterizedTest
  @CsvSource({
    "temperature, -0.5",
    "temperature, '\"hot\"'",
    "top_p, 0",
    "top_p, 1.5",
    "top_k, -2",
    "min_p, 2",
    "repetition_penalty, 0",
    "repetition_penalty, 2.5"
  })
  void refusesWhatNoRequestCouldAskFor(String name, String value) {
    LaunchError refused =
        assertThrows(LaunchError.class, () -> read("{\"" + name + "\": " + value + "}"));
    assertTrue(
        refused.getMessage().contains("generation_config.json: " + name), refused.getMessage());
  }

  @Test
  void refusesWhatIsNoJson() {
    assertTrue(assertThrows(LaunchError.class, () -> read("{"))
        .getMessage()
        .contains("not readable JSON"));
  }
}
