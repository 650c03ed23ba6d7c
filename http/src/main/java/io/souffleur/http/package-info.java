/**
 * The HTTP server: connections, routes, and one actor per request.
 *
 * <p>{@link io.souffleur.http.IngressServer} is the way in; it needs an {@code EngineClient} and
 * {@link io.souffleur.http.HttpSettings}. The wire format is in {@code .openai}, the text stages
 * in {@code .stage}.
 */
package io.souffleur.http;
