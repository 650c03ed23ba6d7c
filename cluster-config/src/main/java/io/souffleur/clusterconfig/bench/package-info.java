/**
 * Measures: {@code bench latency} one engine in this process without HTTP, {@code bench serving} any
 * server over HTTP, as its clients see it.
 *
 * <p>Figures are computed by plain classes from recorded times, so that tests check them by hand; what
 * sends and waits knows nothing of how a figure is defined.
 */
package io.souffleur.clusterconfig.bench;
