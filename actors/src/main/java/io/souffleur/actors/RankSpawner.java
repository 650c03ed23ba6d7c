package io.souffleur.actors;

import io.souffleur.shard.RankSeat;
import io.souffleur.transport.RankNotes;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts ranks as processes of the operating system.
 *
 * <p>Standard input stays open: its end tells the rank that its front is gone, however that died. What
 * the rank writes goes to the log line by line, under the rank's name.
 */
final class RankSpawner implements RankLauncher {
  /** Longer lines are cut. */
  static final int LINE_CHARS_MAX = 4_000;

  private static final Logger LOG = LoggerFactory.getLogger(RankSpawner.class);
  private static final Duration LAST_LINES_PATIENCE = Duration.ofMillis(200);

  private final Function<RankSeat, List<String>> command;

  RankSpawner(Function<RankSeat, List<String>> command) {
    this.command = command;
  }

  @Override
  public RankLink launch(RankSeat seat, Consumer<RankExit> onExit) throws IOException {
    long oomKillsBefore = OomKills.count();
    Process process =
        new ProcessBuilder(command.apply(seat)).redirectErrorStream(true).start();
    note(seat, process);
    ProcessLink link = new ProcessLink(process, LoggerFactory.getLogger(seat.name()));
    Thread lines =
        Thread.ofPlatform().daemon().name(seat.name() + "-log").start(link::forwardLines);
    process.onExit().thenAccept(dead -> {
      awaitLastLines(lines);
      forget(seat, dead);
      onExit.accept(new RankExit(dead.exitValue(), OomKills.count() > oomKillsBefore));
    });
    return link;
  }

  /** Whoever finds the run directory after our own death ends the rank as well. */
  private static void note(RankSeat seat, Process process) throws IOException {
    try {
      RankNotes.add(seat.runDirectory(), process.pid());
    } catch (IOException refused) {
      process.destroyForcibly();
      throw refused;
    }
  }

  private static void forget(RankSeat seat, Process dead) {
    try {
      RankNotes.remove(seat.runDirectory(), dead.pid());
    } catch (IOException left) {
      LOG.debug("the note of process {} is left: {}", dead.pid(), left.getMessage());
    }
  }

  /** The pipe of a dead process ends at once, unless somebody inherited it. */
  private static void awaitLastLines(Thread lines) {
    try {
      lines.join(LAST_LINES_PATIENCE);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class ProcessLink implements RankLink {
    private final Process process;
    private final Logger log;
    private volatile String lastWords = "";

    ProcessLink(Process process, Logger log) {
      this.process = process;
      this.log = log;
    }

    void forwardLines() {
      try (BufferedReader reader = process.inputReader()) {
        StringBuilder line = new StringBuilder();
        for (int next = reader.read(); next >= 0; next = reader.read()) {
          if (next == '\n') {
            emit(line);
          } else if (line.length() < LINE_CHARS_MAX) {
            line.append((char) next);
          }
        }
        emit(line);
      } catch (IOException pipeClosed) {
        log.debug("output ended: {}", pipeClosed.getMessage());
      }
    }

    private void emit(StringBuilder line) {
      if (line.isEmpty()) {
        return;
      }
      String text = line.toString();
      line.setLength(0);
      if (!Character.isWhitespace(text.charAt(0)) && text.charAt(0) != '#') {
        lastWords = text;
      }
      log.info(text);
    }

    @Override
    public long pid() {
      return process.pid();
    }

    @Override
    public void kill() {
      process.destroyForcibly();
    }

    @Override
    public boolean awaitExit(Duration timeout) {
      try {
        return process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return !process.isAlive();
      }
    }

    @Override
    public String lastWords() {
      return lastWords;
    }
  }
}
