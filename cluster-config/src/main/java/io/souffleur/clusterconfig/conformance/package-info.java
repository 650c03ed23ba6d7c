/**
 * Golden data against this build: models, single operations, chat templates and parsers.
 *
 * <p>The command {@code souffleur conformance} and the project's tests run the same code.
 */
package io.souffleur.clusterconfig.conformance;
