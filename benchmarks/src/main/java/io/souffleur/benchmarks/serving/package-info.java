/** Measurements of a running server, over HTTP as clients see it. */
package io.souffleur.benchmarks.serving;
