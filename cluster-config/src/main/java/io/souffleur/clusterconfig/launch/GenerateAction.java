package io.souffleur.clusterconfig.launch;

import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.LaunchOptions;
import io.souffleur.clusterconfig.cli.Prompt;
import java.io.PrintStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.pekko.actor.typed.Props;

/** Answers one prompt on the terminal and ends. */
public final class GenerateAction {
  private GenerateAction() {}

  public static int run(LaunchOptions options, Prompt prompt, PrintStream out, PrintStream err)
      throws LaunchError, InterruptedException {
    try (RunningNode node = RunningNode.quiet(options, err)) {
      CompletableFuture<Void> end = new CompletableFuture<>();
      node.system()
          .systemActorOf(
              TerminalSession.create(node.client(), prompt, out, end), "terminal", Props.empty());
      end.get();
      return 0;
    } catch (ExecutionException failed) {
      throw new LaunchError(failed.getCause().getMessage());
    }
  }
}
