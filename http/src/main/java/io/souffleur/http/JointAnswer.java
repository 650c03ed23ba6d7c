package io.souffleur.http;

import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.ChunkWriter;
import io.souffleur.http.openai.ErrorWriter;
import io.souffleur.http.openai.Usage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The one response of several sessions: events of all of them interleave, bodies wait for the last.
 *
 * <p>The first part that fails ends the whole answer, and the other sessions with it. Safe for the
 * threads of all its sessions.
 */
final class JointAnswer {
  /** What is written when all parts have ended. */
  interface Tail {
    /** Events before {@code [DONE]}, or none. */
    String events(Usage total);

    /** The body that holds all parts, which are in the order of the prompts. */
    String body(List<String> parts, Usage total);
  }

  private final boolean stream;
  private final ErrorWriter errors;
  private final Tail tail;
  private final List<String> bodies;
  private Usage total = Usage.NONE;
  private int open;
  private Exchange exchange;
  private boolean over;

  JointAnswer(int parts, boolean stream, ErrorWriter errors, Tail tail) {
    this.open = parts;
    this.stream = stream;
    this.errors = errors;
    this.tail = tail;
    this.bodies = new ArrayList<>(Collections.nCopies(parts, ""));
  }

  boolean stream() {
    return stream;
  }

  /** The engine took a part; the first one begins the stream. */
  synchronized void begin(Exchange begun) {
    if (exchange == null && !over) {
      exchange = begun;
      if (stream) {
        begun.startStream();
      }
    }
  }

  /** Sends events of a part; false when the client does not keep up. */
  synchronized boolean emit(String events) {
    return over || exchange.emit(events);
  }

  /**
   * A part is complete.
   *
   * @param events its last ones, for a stream
   * @param body its share of the body, otherwise
   */
  synchronized void end(int part, String events, String body, Usage usage) {
    if (over) {
      return;
    }
    total = total.plus(usage);
    bodies.set(part, body);
    open--;
    over = open == 0;
    if (stream) {
      exchange.emit(over ? events + tail.events(total) + ChunkWriter.DONE : events);
      if (over) {
        exchange.endStream();
      }
    } else if (over) {
      exchange.whole(Responses.json(200, tail.body(bodies, total)));
    }
  }

  /** A part cannot be given: neither can the whole. */
  synchronized void fail(Exchange failed, ApiException error) {
    if (over) {
      return;
    }
    over = true;
    if (failed.streaming()) {
      failed.emit(errors.event(error) + ChunkWriter.DONE);
      failed.endStream();
    } else {
      failed.whole(Responses.error(error, errors));
    }
    if (bodies.size() > 1) {
      failed.abandon();
    }
  }
}
