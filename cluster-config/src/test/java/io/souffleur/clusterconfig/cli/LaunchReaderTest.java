package io.souffleur.clusterconfig.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.cli.ModelOptions.Dtype;
import io.souffleur.clusterconfig.cli.ModelOptions.Source;
import io.souffleur.clusterconfig.cli.ProcessOptions.Isolation;
import io.souffleur.clusterconfig.cli.TextOptions.SamplingDefaults;
import io.souffleur.http.HttpSettings;
import io.souffleur.scheduler.PrioritySettings;
import io.souffleur.scheduler.RetractionPolicy;
import io.souffleur.scheduler.SchedulePolicy;
import io.souffleur.scheduler.SchedulingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchReaderTest {
  private static Launch read(String... arguments) throws UsageError, LaunchError {
    return LaunchReader.read(FlagParser.parse(FlagTable.SERVE, List.of(arguments)));
  }

  private static String refusal(String... arguments) {
    return assertThrows(LaunchError.class, () -> read(arguments)).getMessage();
  }

  private static final HttpSettings.Keys NO_KEYS =
      new HttpSettings.Keys(Optional.empty(), Optional.empty());

  @Test
  void keepsKeysOutOfEverythingThatIsShown() throws UsageError, LaunchError {
    Launch launch = read("--api-key", "secret-user", "--admin-api-key=secret-root");
    assertEquals(
        Optional.of(new HttpSettings.ApiKey("secret-user")),
        launch.options().server().keys().user());
    assertEquals(
        Optional.of(new HttpSettings.ApiKey("secret-root")),
        launch.options().server().keys().admin());
    assertFalse(launch.toString().contains("secret"), launch::toString);
    assertEquals("127.0.0.1", launch.options().shown().get("host"));
    assertTrue(refusal("--api-key", " ").contains("must not be blank"));
  }

  @Test
  void servesTheEmbeddedModelWithoutFlags() throws UsageError, LaunchError {
    Launch launch = read();
    LaunchOptions options = launch.options();
    assertEquals(List.of(), launch.notices());
    assertTrue(options.model().embedded());
    assertEquals(
        new EngineOptions(
            OptionalDouble.empty(),
            OptionalInt.empty(),
            256,
            OptionalLong.empty(),
            OptionalInt.empty(),
            64,
            new CacheOptions(true, false, OptionalInt.empty(), 0.9, 256),
            SchedulingSettings.DEFAULT.retraction(RetractionPolicy.LENGTH)),
        options.engine());
    assertEquals(
        new ServerOptions("127.0.0.1", 30000, Optional.empty(), 1, false, false, NO_KEYS, "INFO"),
        options.server());
    assertEquals(
        new ProcessOptions(Isolation.PROCESS, "auto", OptionalInt.empty(), Optional.empty()),
        options.process());
  }

  @Test
  void handsOverEveryValueThatWorks(@TempDir Path folder)
      throws IOException, UsageError, LaunchError {
    Path template = Files.writeString(folder.resolve("t.jinja"), "x");
    LaunchOptions options = read(
            "--model=" + folder,
            "--tokenizer-path=" + folder,
            "--dtype=float",
            "--load-format=dummy",
            "--context-length=4Ki",
            "--mem-fraction-static=0.5",
            "--max-running-requests=8",
            "--max-queued-requests=9",
            "--max-total-tokens=25.6k",
            "--chunked-prefill-size=128",
            "--page-size=32",
            "--schedule-policy=lof",
            "--random-seed=7",
            "--schedule-conservativeness=0.5",
            "--max-prefill-tokens=2k",
            "--enable-priority-scheduling",
            "--schedule-low-priority-values-first",
            "--priority-scheduling-preemption-threshold=3",
            "--default-priority-value=-4",
            "--abort-on-priority-when-disabled",
            "--reasoning-parser=qwen3",
            "--tool-call-parser=qwen3_coder",
            "--chat-template=" + template,
            "--default-chat-template-kwargs={\"enable_thinking\": false}",
            "--sampling-defaults=openai",
            "--host=0.0.0.0",
            "--port=0",
            "--served-model-name=me",
            "--stream-interval=8",
            "--incremental-streaming-output",
            "--enable-cache-report",
            "--mamba-scheduler-strategy=no_buffer",
            "--max-mamba-cache-size=40",
            "--mamba-full-memory-ratio=2",
            "--mamba-track-interval=128",
            "--log-level=warning",
            "--isolation=thread",
            "--backend=reference",
            "--cpu-threads=3")
        .options();
    assertEquals(
        new ModelOptions(
            Optional.of(folder),
            Optional.of(folder),
            Dtype.FLOAT32,
            Source.DUMMY,
            OptionalInt.of(4096)),
        options.model());
    assertEquals(
        new EngineOptions(
            OptionalDouble.of(0.5),
            OptionalInt.of(8),
            9,
            OptionalLong.of(25_600),
            OptionalInt.of(128),
            32,
            new CacheOptions(true, true, OptionalInt.of(40), 2, 128),
            new SchedulingSettings(
                SchedulePolicy.LOF,
                7,
                0.5,
                2_000,
                new PrioritySettings(true, true, OptionalInt.of(3), OptionalInt.of(-4), true),
                RetractionPolicy.LENGTH)),
        options.engine());
    assertEquals(
        new TextOptions(
            Optional.of("qwen3"),
            Optional.of("qwen3_coder"),
            Optional.of(template),
            Map.of("enable_thinking", false),
            SamplingDefaults.OPENAI),
        options.text());
    assertEquals(
        new ServerOptions("0.0.0.0", 0, Optional.of("me"), 8, true, true, NO_KEYS, "WARN"),
        options.server());
    assertEquals(
        new ProcessOptions(Isolation.THREAD, "reference", OptionalInt.of(3), Optional.empty()),
        options.process());
  }

  @Test
  void theWatchdogIsTheDeadlineOfAStep() throws UsageError, LaunchError {
    assertEquals(
        Optional.of(Duration.ofMillis(2_500)),
        read("--watchdog-timeout", "2.5").options().process().stepDeadline());
  }

  @Test
  void refusesAModelThatIsNoLocalFolder(@TempDir Path folder) throws IOException {
    assertEquals(
        "--model-path openbmb/MiniCPM-V-4.6: there is no such folder; name a local folder in"
            + " Hugging Face layout, nothing is downloaded",
        refusal("--model-path", "openbmb/MiniCPM-V-4.6"));
    Path file = Files.writeString(folder.resolve("model"), "");
    assertTrue(refusal("--model-path", file.toString()).contains("this is a file"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--served-model-name=a:b|must not be empty nor contain a colon",
        "--chat-template=chatml|no template has this name built in",
        "--chat-template=nowhere.jinja|there is no such file",
        "--chunked-prefill-size=100|must be a multiple of the page size, 64",
        "--default-chat-template-kwargs={\"tools\":[]}|tools cannot be set by a variable",
        "--max-total-tokens=63|must hold at least one page of 64 tokens",
        "--page-size=48|must divide 64 or be a multiple of it",
        "--page-size=96|must divide 64 or be a multiple of it",
        "--page-size=512|--mamba-track-interval 256: must be a multiple of the page size, 512",
        "--model-loader-extra-config={\"threads\":1}|unknown key 'threads'",
        "--model-loader-extra-config={\"num_threads\":0}|num_threads takes 1…9999, not 0"
      })
  void refusesWhatDoesNotGoTogether(String argument, String clause) {
    String message = refusal(argument);
    assertTrue(message.contains(clause), message);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16, 32, 64, 128, 256})
  void takesPageSizesThatGoWithAStateChunk(int page) throws UsageError, LaunchError {
    assertEquals(page, read("--page-size", "" + page).options().engine().pageTokens());
  }

  @Test
  void keepsThePageSizeWithoutAnExtraBufferAndSaysSo() throws UsageError, LaunchError {
    Launch launch = read("--mamba-scheduler-strategy=no_buffer", "--page-size=48");

    assertEquals(48, launch.options().engine().pageTokens());
    assertTrue(launch.options().engine().cache().prefixes());
    assertTrue(launch.options().engine().cache().inPlace());
    assertTrue(launch
        .notices()
        .contains("--page-size 48 stays with --mamba-scheduler-strategy no_buffer: a state is kept"
            + " after any token of a page (SGLang would take 1)"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "extra_buffer", "extra_buffer_lazy"})
  void buffersUnlessToldOtherwise(String strategy) throws UsageError, LaunchError {
    Launch launch = read("--mamba-radix-cache-strategy", strategy);

    assertEquals(
        new CacheOptions(true, false, OptionalInt.empty(), 0.9, 256),
        launch.options().engine().cache());
    assertEquals(List.of(), launch.notices());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--disable-radix-cache", "--attention-backend=trtllm_mha"})
  void keepsNoPrefixesInPlaceAtAnyPageSize(String flag) throws UsageError, LaunchError {
    EngineOptions engine = read("--mamba-scheduler-strategy=no_buffer", "--page-size=48", flag)
        .options()
        .engine();

    assertEquals(48, engine.pageTokens());
    assertEquals(new CacheOptions(false, true, OptionalInt.empty(), 0.9, 256), engine.cache());
  }

  @Test
  void saysThatTheAttentionBackendTurnsPrefixesOff() throws UsageError, LaunchError {
    Launch launch = read("--mamba-scheduler-strategy=no_buffer", "--attention-backend=trtllm_mha");

    assertTrue(launch.notices().stream().anyMatch(line -> line.startsWith("no prefix is kept: ")));
    assertTrue(read("--attention-backend=trtllm_mha").options().engine().cache().prefixes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"extra_buffer", "extra_buffer_lazy"})
  void refusesAnExtraBufferWithoutPrefixes(String strategy) {
    assertTrue(refusal("--mamba-scheduler-strategy", strategy, "--disable-radix-cache")
        .contains("use no_buffer"));
  }

  @Test
  void keepsNothingForOthersWhenTold() throws UsageError, LaunchError {
    assertEquals(
        new CacheOptions(false, false, OptionalInt.empty(), 0.9, 256),
        read("--disable-radix-cache").options().engine().cache());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bfloat16", "float16"})
  void statesAreFloat32(String dtype) {
    UsageError refused = assertThrows(UsageError.class, () -> read("--mamba-ssm-dtype", dtype));
    assertTrue(refused.getMessage().contains("the only form in which an answer does not depend"));
  }

  @Test
  void retractionByPriorityNeedsPriorities() {
    assertEquals(
        "--retraction-policy priority: needs --enable-priority-scheduling",
        refusal("--retraction-policy=priority"));
  }

  @Test
  void refusesPrioritiesWithAPolicyThatIgnoresThem() {
    assertTrue(refusal("--enable-priority-scheduling", "--schedule-policy=random")
        .contains("--schedule-policy must be fcfs or lof then, got random"));
  }

  @Test
  void servesInOrderOfArrivalWhereAWalkThroughTheTreeIsWanted() throws UsageError, LaunchError {
    assertEquals(
        SchedulePolicy.LPM,
        read("--schedule-policy=lpm").options().engine().scheduling().policy());
    Launch launch = read("--schedule-policy=dfs-weight", "--disable-priority-preemption");
    SchedulingSettings scheduling = launch.options().engine().scheduling();
    assertEquals(SchedulePolicy.FCFS, scheduling.policy());
    assertEquals(OptionalInt.empty(), scheduling.priority().preemptionThreshold());
    assertTrue(
        launch.notices().stream().anyMatch(line -> line.contains("as fcfs")),
        launch.notices().toString());
  }

  @Test
  void computesPromptsWholeForAnyChunkBelowOne() throws UsageError, LaunchError {
    assertEquals(
        OptionalInt.of(0),
        read("--chunked-prefill-size", "-1").options().engine().prefillChunkTokens());
  }

  @Test
  void takesTrueAsTextInTheLoaderConfig() throws UsageError, LaunchError {
    Launch launch = read(
        "--model-loader-extra-config",
        "{\"enable_multithread_load\": \"true\",\"num_threads\": 64}");
    assertEquals(1, launch.notices().size());
  }
}
