package io.souffleur.actors;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;

/**
 * Limits and patience of the control plane, from {@code io.souffleur.actors}; each key is explained in
 * {@code reference.conf}.
 */
public record ActorsSettings(Prompt prompt, Rank rank, Replica replica, Router router) {
  static final String ROOT = "io.souffleur.actors";

  /** For actors that wait for the operating system: hosts of loops, ranks and files. */
  public static final String HOST_DISPATCHER = ROOT + ".host-dispatcher";

  public static final String PROMPT_DISPATCHER = ROOT + ".prompt-dispatcher";

  private static final String PEKKO_RESOURCE = "io/souffleur/actors/pekko.conf";

  /** Workers that render and tokenize. */
  public record Prompt(int workers, int waitingMax) {
    public Prompt {
      require("prompt.workers", workers, 1, 64);
      require("prompt.waiting-max", waitingMax, 1, Integer.MAX_VALUE);
    }
  }

  /** Life of a rank's process. */
  public record Rank(
      Duration startTimeout,
      Duration restartTimeoutMin,
      Duration stepDeadline,
      int deathsMax,
      Duration deathsWindow,
      Duration backoffMin,
      Duration backoffMax) {
    public Rank {
      requirePositive("rank.start-timeout", startTimeout);
      requirePositive("rank.restart-timeout-min", restartTimeoutMin);
      requirePositive("rank.step-deadline", stepDeadline);
      require("rank.deaths-max", deathsMax, 0, Integer.MAX_VALUE);
      requirePositive("rank.deaths-window", deathsWindow);
      requireOrdered("rank.backoff", backoffMin, backoffMax);
    }
  }

  /** Rebuilding a replica, and the thread of its loop. */
  public record Replica(
      Duration backoffMin,
      Duration backoffMax,
      int rebuildsMax,
      Duration rebuildWindow,
      Duration stallTimeout,
      Duration closeTimeout) {
    public Replica {
      requireOrdered("replica.backoff", backoffMin, backoffMax);
      require("replica.rebuilds-max", rebuildsMax, 0, Integer.MAX_VALUE);
      requirePositive("replica.rebuild-window", rebuildWindow);
      requirePositive("replica.stall-timeout", stallTimeout);
      requirePositive("replica.close-timeout", closeTimeout);
    }
  }

  /** Requests that arrive while no replica serves. */
  public record Router(int waitingMax, Duration patience) {
    public Router {
      require("router.waiting-max", waitingMax, 0, Integer.MAX_VALUE);
      requirePositive("router.patience", patience);
    }
  }

  /** @param config the whole configuration */
  public static ActorsSettings from(Config config) {
    Config own = config.getConfig(ROOT);
    return new ActorsSettings(
        new Prompt(own.getInt("prompt.workers"), own.getInt("prompt.waiting-max")),
        rank(own.getConfig("rank")),
        replica(own.getConfig("replica")),
        new Router(own.getInt("router.waiting-max"), own.getDuration("router.patience")));
  }

  private static Rank rank(Config rank) {
    return new Rank(
        rank.getDuration("start-timeout"),
        rank.getDuration("restart-timeout-min"),
        rank.getDuration("step-deadline"),
        rank.getInt("deaths-max"),
        rank.getDuration("deaths-window"),
        rank.getDuration("backoff-min"),
        rank.getDuration("backoff-max"));
  }

  private static Replica replica(Config replica) {
    return new Replica(
        replica.getDuration("backoff-min"),
        replica.getDuration("backoff-max"),
        replica.getInt("rebuilds-max"),
        replica.getDuration("rebuild-window"),
        replica.getDuration("stall-timeout"),
        replica.getDuration("close-timeout"));
  }

  /**
   * The configuration for an actor system: {@code own} first, then system properties and the user's file,
   * our values for Pekko, every {@code reference.conf}.
   */
  public static Config systemConfig(Config own) {
    return own.withFallback(ConfigFactory.defaultOverrides())
        .withFallback(ConfigFactory.defaultApplication())
        .withFallback(
            ConfigFactory.parseResources(ActorsSettings.class.getClassLoader(), PEKKO_RESOURCE))
        .withFallback(ConfigFactory.defaultReferenceUnresolved())
        .resolve();
  }

  private static void require(String key, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          key + " must be from " + least + " to " + most + ", got " + value);
    }
  }

  private static void requirePositive(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(key + " must be longer than 0, got " + value);
    }
  }

  private static void requireOrdered(String key, Duration least, Duration most) {
    requirePositive(key + "-min", least);
    if (most.compareTo(least) < 0) {
      throw new IllegalArgumentException(
          key + "-max must be at least " + key + "-min, got " + most + " and " + least);
    }
  }
}
