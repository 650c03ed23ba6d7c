package io.souffleur.actors;

import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.tokenizer.TextAssets;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * All that HTTP, the command line and tests know of an engine: prompts in, token events out.
 *
 * <p>Safe for use by any number of threads. No method blocks; every answer to {@link #prompt} and
 * {@link #submit} is a message, so callers are actors.
 */
public interface EngineClient {
  /**
   * Turns a conversation, a text or ids into the tokens of a prompt, on the prompt dispatcher.
   *
   * @param replyTo hears exactly one {@link PromptReply}
   */
  void prompt(PromptJob job, ActorRef<PromptReply> replyTo);

  /**
   * Asks for a stream of tokens.
   *
   * @param replyTo the owner: hears {@code Accepted} or {@code Rejected}, then one {@code Tokens} per
   *     step, then one {@code Finished}. After {@code EngineLost} nothing more comes; the owner may
   *     submit the same id again with its tokens as {@code generatedPrefix}. When the owner stops, the
   *     request is aborted.
   */
  void submit(GenerationRequest request, ActorRef<GenerationEvent> replyTo);

  /**
   * Ends a request; its owner hears {@code Finished(ABORT)}. Idempotent, and unknown ids are ignored,
   * because an abort races with the natural end.
   */
  void abort(RequestId id);

  /** Forgets all cached prefixes: whoever is submitted after this finds none of them. */
  void flushCache();

  /** What the engine looks like now; an immutable snapshot, cheap enough for every health check. */
  EngineStatus status();

  /** The model that is served; known before the engine is ready. */
  ModelCard model();

  /** Tokenizer and template of the served model, for detokenizers and token counts. */
  TextAssets text();

  /** Completes with the first status whose phase is no longer {@code STARTING}. */
  CompletionStage<EngineStatus> whenStarted();

  /** Completes with the reason when the engine has given up, and only a new process helps. */
  CompletionStage<String> whenFailed();

  /**
   * Refuses new requests from now on and lets the running ones end. Idempotent.
   *
   * @return completes when no request is left
   */
  CompletionStage<Void> drain();
}
