package io.souffleur.scheduler.sim;

import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.StepResult;

/**
 * A model in integers: one recurrent layer, one attention layer and a head, each a hash.
 *
 * <pre>
 *   salt      what a namespace stands for: the same tokens mean something else in another one
 *   state(p)  = mix(state(p−1), token(p), p)                state(−1) = salt; absent without recurrent layers
 *   cell(p)   = mix(token(p), p, state(p), salt)            what a page keeps of a position
 *   seen(p)   = fold of cell(0) … cell(p)                   what attention reads back from the pages
 *   told(p)   = fold of the tokens up to p and where the output began, for requests with penalties
 *   next(p+1) = hash of state(p), seen(p), told(p), seed, choice, p+1
 * </pre>
 *
 * <p>Any wrong page, stale state, swapped or lost step changes the next token with near certainty, and
 * every token after it.
 */
final class HashModel {
  static final int VOCABULARY = 97;

  /** Tokens below this stop a stream when a request asks for stops. */
  static final int STOP_TOKENS = 3;

  /** Choice of requests that crash their rank. */
  static final int POISON = 7;

  private static final int NAMESPACES = 3;
  private static final int POISON_POSITIONS = 32;
  private static final int NOT_FINITE_ONE_IN = 600;

  private HashModel() {}

  static long mix(long a, long b) {
    long z = (a ^ Long.rotateLeft(b, 29)) * 0x9E3779B97F4A7C15L + b;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Number of the namespace that a request with this seed belongs to. */
  static int namespace(SamplingSpec sampling) {
    return (int) Long.remainderUnsigned(sampling.seed(), NAMESPACES);
  }

  /** The nearest seed of the first namespace. */
  static long seedOfEverybody(long seed) {
    return seed - Long.remainderUnsigned(seed, NAMESPACES);
  }

  static long salt(SamplingSpec sampling) {
    return namespace(sampling) * 0x1234567L;
  }

  /** Whether a rank that computes these positions of the request crashes. */
  static boolean crashes(SamplingSpec sampling, int first, int end) {
    long position = Long.remainderUnsigned(sampling.seed() >>> 5, POISON_POSITIONS);
    return sampling.choice() == POISON && first <= position && position < end;
  }

  static long state(long before, int token, int position) {
    return mix(mix(before, token), position);
  }

  static long cell(int token, int position, long state, long salt) {
    return mix(mix(token, position) + salt, state);
  }

  static long see(long seen, long cell) {
    return mix(seen, cell);
  }

  /** What penalties look at; 0 without penalties. */
  static long told(SamplingSpec sampling, int[] known, int count, int promptTokens, int heldBack) {
    if (!sampling.rules().needHistory()) {
      return 0;
    }
    boolean early = count - promptTokens < sampling.rules().minTokens();
    long told = mix(promptTokens, early ? heldBack : 0);
    for (int i = 0; i < count; i++) {
      told = mix(told, known[i]);
    }
    return told;
  }

  /** A token, or {@link StepResult#NOT_FINITE} now and then. */
  static int next(long state, long seen, long told, SamplingSpec sampling, int position) {
    long heard = mix(mix(state, seen), told);
    long hash = mix(mix(heard, sampling.seed()), mix(sampling.choice(), position));
    if (Long.remainderUnsigned(hash >>> 8, NOT_FINITE_ONE_IN) == 0) {
      return StepResult.NOT_FINITE;
    }
    return (int) Long.remainderUnsigned(hash, VOCABULARY);
  }
}
