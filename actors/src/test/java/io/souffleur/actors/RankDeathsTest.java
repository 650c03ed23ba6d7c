package io.souffleur.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.souffleur.shard.RankExitCode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RankDeathsTest {
  private static final long SECOND = 1_000_000_000L;

  private final RankDeaths deaths = new RankDeaths(TestKits.settings().rank());

  @Test
  void countsWithinTheWindowOnly() {
    for (int i = 0; i < 20; i++) {
      assertFalse(deaths.exhausted(true, i * 21L * SECOND), "death " + i);
    }
    assertTrue(deaths.exhausted(true, 19 * 21L * SECOND));
  }

  @Test
  void pausesDoubleUntilARankGetsReady() {
    assertEquals(Duration.ofMillis(10), deaths.pause(false));
    assertEquals(Duration.ofMillis(20), deaths.pause(false));
    assertEquals(Duration.ofMillis(40), deaths.pause(false));
    assertEquals(Duration.ofMillis(80), deaths.pause(false));
    assertEquals(Duration.ofMillis(100), deaths.pause(false));
    assertEquals(Duration.ZERO, deaths.pause(true));
    assertEquals(Duration.ofMillis(10), deaths.pause(false));
  }

  @Test
  void onlyWhatARankDidToItselfCountsAgainstIt() {
    assertFalse(new RankExit(137, false).selfInflicted());
    assertFalse(new RankExit(143, false).selfInflicted());
    assertFalse(new RankExit(RankExitCode.NO_FRONT, false).selfInflicted());
    assertTrue(new RankExit(137, true).selfInflicted());
    assertTrue(new RankExit(134, false).selfInflicted());
    assertTrue(new RankExit(139, false).selfInflicted());
    assertTrue(new RankExit(RankExitCode.FAILED, false).selfInflicted());
    assertTrue(new RankExit(1, false).selfInflicted());
    assertEquals("signal 9, out of memory", new RankExit(137, true).toString());
  }

  @Test
  void theShippedSettingsAreValidAndPekkoIsSetForThisJdk() {
    Config config = ActorsSettings.systemConfig(ConfigFactory.empty());

    assertEquals(Duration.ofSeconds(300), ActorsSettings.from(config).rank().stepDeadline());
    assertEquals(
        -1, config.getInt("pekko.actor.default-dispatcher.fork-join-executor.minimum-runnable"));
  }

  @Test
  void theOperatorsValuesWinAndWrongOnesAreNamed() {
    Config own = ConfigFactory.parseString("io.souffleur.actors.prompt.workers = 65");
    var refused = assertThrows(
        IllegalArgumentException.class,
        () -> ActorsSettings.from(ActorsSettings.systemConfig(own)));
    assertEquals("prompt.workers must be from 1 to 64, got 65", refused.getMessage());
  }
}
