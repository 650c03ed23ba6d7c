package io.souffleur.clusterconfig.cli;

import io.souffleur.http.HttpSettings;
import java.util.Optional;

/**
 * The HTTP side.
 *
 * @param host address to listen on
 * @param port 0 for a free one
 * @param servedName model name in answers, without a colon; empty for the model path or, without
 *     one, the embedded model's own name
 * @param streamInterval tokens from one event of a stream to the next, at least 1
 * @param incrementalOutput whether {@code /generate} streams what is new instead of the text so far
 * @param cacheReport whether answers say how much of their prompt was cached
 * @param keys keys that requests must bring; never printed
 * @param logLevel least level that is logged, as Logback names it
 */
public record ServerOptions(
    String host,
    int port,
    Optional<String> servedName,
    int streamInterval,
    boolean incrementalOutput,
    boolean cacheReport,
    HttpSettings.Keys keys,
    String logLevel) {}
