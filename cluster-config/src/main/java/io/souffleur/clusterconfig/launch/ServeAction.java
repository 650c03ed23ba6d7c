package io.souffleur.clusterconfig.launch;

import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.LaunchOptions;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Serves until a signal comes or the node ends by itself. */
public final class ServeAction {
  /** How long running streams may go on after a signal. */
  private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(30);

  /** The engine has failed and only a new process helps. */
  private static final int ENDED = 1;

  private ServeAction() {}

  public static int run(LaunchOptions options, PrintStream err)
      throws LaunchError, InterruptedException {
    AtomicBoolean signalled = new AtomicBoolean();
    RunningNode node = RunningNode.serve(options, err);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> drainAndHalt(node, signalled), "drain"));
    err.println(readyLine(node));
    node.awaitEnd();
    if (signalled.get()) {
      // The hook ends the process with its own code.
      Thread.currentThread().join();
    }
    err.println(
        "souffleur serve: the engine has ended: " + node.client().status().detail());
    Runtime.getRuntime().halt(ENDED);
    return ENDED;
  }

  private static String readyLine(RunningNode node) {
    InetSocketAddress address = node.address().orElseThrow();
    String host = address.getHostString();
    return "ready: " + node.client().model().servedName() + " on http://"
        + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort()
        + "  (OpenAI API under /v1)";
  }

  private static void drainAndHalt(RunningNode node, AtomicBoolean signalled) {
    signalled.set(true);
    node.drain(DRAIN_PATIENCE);
    node.close();
    Runtime.getRuntime().halt(0);
  }
}
