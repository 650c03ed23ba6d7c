package io.souffleur.actors;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;

/** Actor systems and settings for tests: production values, with short patience. */
final class TestKits {
  private TestKits() {}

  static ActorTestKit create(String name) {
    return ActorTestKit.create(
        name,
        ActorsSettings.systemConfig(
            ConfigFactory.parseString("pekko.actor.testkit.typed.single-expect-default = 20s")));
  }

  static ActorsSettings settings() {
    return settings(Duration.ofSeconds(20), 3);
  }

  static ActorsSettings settings(Duration stepDeadline, int deathsMax) {
    return new ActorsSettings(
        new ActorsSettings.Prompt(1, 8),
        new ActorsSettings.Rank(
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            stepDeadline,
            deathsMax,
            Duration.ofSeconds(60),
            Duration.ofMillis(10),
            Duration.ofMillis(100)),
        new ActorsSettings.Replica(
            Duration.ofMillis(20),
            Duration.ofMillis(200),
            3,
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5)),
        new ActorsSettings.Router(8, Duration.ofSeconds(20)));
  }
}
