/**
 * The wire API: request bodies to checked records, answers to JSON and server-sent events.
 *
 * <p>Nothing here knows of actors or sockets. Every refusal is an {@link
 * io.souffleur.http.openai.ApiException} whose message names the field, the value and what is
 * allowed.
 */
package io.souffleur.http.openai;
