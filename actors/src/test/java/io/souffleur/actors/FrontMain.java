package io.souffleur.actors;

import com.typesafe.config.ConfigFactory;
import io.souffleur.actors.HashRankMain.Mode;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** A front process that prints the process id of its rank when it is ready, and waits to be killed. */
final class FrontMain {
  private FrontMain() {}

  public static void main(String[] arguments) throws IOException {
    ReplicaParts parts = new ReplicaParts(
        TestEngine.LIMITS,
        HashModel.LAYOUT,
        TestEngine.CAPACITY,
        HashRankMain.supply(Path.of(arguments[0]), Mode.WELL));
    ActorSystem.create(
        Behaviors.<Void>setup(context -> {
          EngineNode.spawn(context, TestKits.settings(), FakeText.CARD, FakeText.assets(), parts)
              .whenStarted()
              .thenAccept(status -> System.out.println(
                  ProcessHandle.current().children().findFirst().orElseThrow().pid()));
          return Behaviors.empty();
        }),
        "front",
        ActorsSettings.systemConfig(ConfigFactory.empty()));
    while (System.in.read() >= 0) {}
  }
}
